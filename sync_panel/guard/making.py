"""Making keys and certificates that nobody vouches for, in PEM form, and reading them again."""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync_panel.names import Address
from sync_panel.rules.partner import FIRST

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

# Partners trust the own certificate by its fingerprint and look at no date, so a clock must never be a reason to
# make another: it begins where a clock without a battery starts, and has "no well-defined expiration date" (RFC 5280,
# 4.1.2.5). Browsers ask before they take any certificate that nobody vouches for. Apple's limit of 825 days would be
# kept only by a new certificate every two years, which cuts every partner off: whoever needs it there gives one.
BEGINNING, NO_END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def new_key() -> str:
    """Return a new private key in PEM form."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # slow to import, and only needed here
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # likewise

    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def read_key(path: Path) -> "EllipticCurvePrivateKey":
    """Read the key of the own certificate. Raise ValueError when it is none that was made here."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # slow to import, only needed here
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey  # noqa: PLC0415  # likewise
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415  # likewise

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePrivateKey):
        raise ValueError(path)  # noqa: TRY004  # of a wrong value, in a file
    return key


def read_certificate(path: Path) -> bytes:
    """Return the first certificate in a file, in DER form."""
    from cryptography import x509  # noqa: PLC0415  # slow to import, and only needed here
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415  # likewise

    return x509.load_pem_x509_certificates(path.read_bytes())[0].public_bytes(Encoding.DER)


def names_in(path: Path) -> tuple[list[str], list[Address]]:
    """Return the names and the addresses that the own certificate is for."""
    from cryptography import x509  # noqa: PLC0415  # slow to import, and only needed here

    certificate = x509.load_der_x509_certificate(read_certificate(path))
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [], []
    addresses = [ipaddress.ip_address(str(address)) for address in named.get_values_for_type(x509.IPAddress)]
    return named.get_values_for_type(x509.DNSName), addresses


def make_certificate(
    names: Sequence[str], addresses: Sequence[Address], key: "EllipticCurvePrivateKey", first: bytes | None = None
) -> str:
    """Return a self-signed certificate, in PEM form, valid whatever a clock says; it may carry its key's first one."""
    from cryptography import x509  # noqa: PLC0415  # slow to import, and only needed here
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415  # likewise

    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, names[-1][:64])])
    alternatives = [
        *(x509.DNSName(name) for name in names),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses),
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINNING)
        .not_valid_after(NO_END)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    if first:
        carried = x509.UnrecognizedExtension(x509.ObjectIdentifier(FIRST), first)
        builder = builder.add_extension(carried, critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
