"""The server's own certificate: made here and trusted by its fingerprint, or given."""

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sync_panel.files import write_private
from sync_panel.names import Address

CERTIFICATE_FILE, KEY_FILE = "tls.crt", "tls.key"
VALID_FOR = timedelta(days=820)  # phones of one maker accept no more than 825
RENEWED_BEFORE = timedelta(days=90)  # the end
SET_BACK = timedelta(days=1)  # for partners whose clocks are behind


class WrongCertificateError(Exception):
    """A certificate or a key that cannot be used; the text says why and what would be right."""


@dataclass(frozen=True)
class Certificate:
    """Where a certificate and its key are, the certificate's SHA-256, and whether an authority may vouch for it."""

    path: Path
    key_path: Path
    fingerprint: str
    is_self_signed: bool


def own_certificate(folder: Path, names: Sequence[str], addresses: Sequence[Address], now: datetime) -> Certificate:
    """Return the self-signed certificate of a data folder, made when it is missing or near its end."""
    path, key_path = folder / CERTIFICATE_FILE, folder / KEY_FILE
    if not is_still_good(path, key_path, now):
        certificate, key = make_certificate(names, addresses, now)
        write_private(key_path, key)
        write_private(path, certificate)
    return given_certificate(path, key_path)


def given_certificate(path: Path, key_path: Path) -> Certificate:
    """Return a certificate that fits its key. Raise WrongCertificateError when they cannot be used."""
    from cryptography import x509  # noqa: PLC0415  # slow to import, and only needed here
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415  # likewise

    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(path, key_path, password=lambda: b"")
        certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except OSError as error:  # ssl.SSLError is one
        is_ssl = isinstance(error, ssl.SSLError)
        reason = "the two do not fit, or are no PEM files" if is_ssl else error.strerror
        raise WrongCertificateError(
            f"The certificate {path} with the key {key_path} cannot be used: {reason}. Name a certificate and its own "
            "key, without a passphrase, with --tls-cert and --tls-key."
        ) from None
    except ValueError:
        raise WrongCertificateError(
            f"{path} is no certificate in PEM form. Name another one with --tls-cert."
        ) from None
    fingerprint = certificate.fingerprint(SHA256()).hex()
    return Certificate(path, key_path, fingerprint, certificate.issuer == certificate.subject)


def is_still_good(path: Path, key_path: Path, now: datetime) -> bool:
    """Tell whether there is a certificate that lasts for a while yet."""
    from cryptography import x509  # noqa: PLC0415  # slow to import, and only needed here

    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    return key_path.exists() and certificate.not_valid_after_utc - now > RENEWED_BEFORE


def make_certificate(names: Sequence[str], addresses: Sequence[Address], now: datetime) -> tuple[str, str]:
    """Return a self-signed certificate for these names and addresses, and its key, both in PEM form."""
    from cryptography import x509  # noqa: PLC0415  # slow to import, and only needed here
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415  # likewise
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # likewise

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, names[-1][:64])])
    alternatives = [
        *(x509.DNSName(name) for name in names),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SET_BACK)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"), private.decode("ascii")
