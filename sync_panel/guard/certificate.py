"""The server's own certificate: made here and trusted by its fingerprint, or given.

Import it where TLS is needed only: cryptography takes its time and memory.
"""

import ipaddress
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync_panel.files import begin_private, finish_private, sync_folder, write_private_beside
from sync_panel.machine import Address
from sync_panel.rules.partner import FIRST, fingerprint, first_certificate
from sync_panel.rules.problems import PlainError

# Partners trust the own certificate by its fingerprint and look at no date, so a clock must never be a reason to
# make another: it begins where a clock without a battery starts, and has "no well-defined expiration date" (RFC 5280,
# 4.1.2.5). Browsers ask before they take any certificate that nobody vouches for. Apple's limit of 825 days would be
# kept only by a new certificate every two years, which cuts every partner off: whoever needs it there gives one.
BEGINNING, NO_END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
CERTIFICATE_FILE, KEY_FILE = "tls.crt", "tls.key"
NEAR_ITS_END = timedelta(days=30)  # or a quarter of its time, for those that are renewed every few weeks
REMEDY = (
    "Put copies of both back, or make new ones with the command new-certificate: every partner that trusts the present "
    "one must then accept the new fingerprint."
)
KEY_ALONE = (
    "The certificate %s is missing, and is made anew with the key that is there. If partners trusted it, put a copy of "
    "it back, or let them accept the new fingerprint."
)


class WrongCertificateError(PlainError):
    """A certificate or a key that cannot be used; the text says why and what would be right."""


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key: where they are, its fingerprint as partners trust it, and when it is valid.

    `begins` and `ends` matter for a given one. The own is trusted by its fingerprint alone, also one with an end, as
    older versions made it: it is served on for ever.
    """

    path: Path
    key_path: Path
    fingerprint: str
    is_self_signed: bool
    begins: datetime
    ends: datetime
    is_own: bool = False

    def is_near_its_end(self, now: datetime) -> bool:
        """Tell whether a given certificate ends soon or has ended; a clock before its beginning tells nothing."""
        near = min(NEAR_ITS_END, (self.ends - self.begins) / 4)
        return not self.is_own and now >= self.begins and self.ends - now < near

    def has_ended(self, now: datetime) -> bool:
        """Tell whether a given certificate is valid no more."""
        return self.is_near_its_end(now) and now > self.ends

    def missing_names(self, names: Sequence[str]) -> list[str]:
        """Return those of the names that the own certificate is not for."""
        return [name for name in names if self.is_own and name not in names_in(self.path)[0]]


def own_certificate(folder: Path, names: Sequence[str], addresses: Sequence[Address]) -> Certificate:
    """Return the self-signed certificate of a data folder, made at the first call and by no later one changed.

    Raise WrongCertificateError when one is there that cannot be used: another would cut off those who trust it.
    Two processes, or a start after a power cut, find one key: the first that is there, and a certificate for it.
    """
    path, key_path = folder / CERTIFICATE_FILE, folder / KEY_FILE
    if path.exists() and not key_path.exists():
        raise WrongCertificateError(f"The key {key_path} of the certificate {path} is missing. {REMEDY}")
    if not path.exists():
        if key_path.exists():
            logging.getLogger(__name__).warning(KEY_ALONE, path)
        write_private_beside(key_path, new_key(), replaces=False)
        made = make_certificate(names, addresses, own_key(key_path))
        write_private_beside(path, made, replaces=False)
    return as_own(path, key_path)


def certificate_with_new_key(folder: Path, names: Sequence[str], addresses: Sequence[Address]) -> Certificate:
    """Put another certificate in the place of a data folder's own: whoever trusts that one must accept this one.

    The old one goes before the new key comes: a power cut leaves a key alone, for which a start makes a certificate.
    """
    path, key_path = folder / CERTIFICATE_FILE, folder / KEY_FILE
    unfinished_key, unfinished = begin_private(key_path), begin_private(path)
    unfinished_key.write_text(new_key(), encoding="ascii")
    unfinished.write_text(make_certificate(names, addresses, own_key(unfinished_key)), encoding="ascii")
    path.unlink(missing_ok=True)
    sync_folder(folder)
    finish_private(unfinished_key, key_path)
    finish_private(unfinished, path)
    return as_own(path, key_path)


def certificate_with_new_names(folder: Path, names: Sequence[str], addresses: Sequence[Address]) -> Certificate:
    """Make a data folder's own certificate anew for more names, with its key; partners trust it as they did."""
    own = own_certificate(folder, names, addresses)
    present, (old_names, old_addresses) = read_certificate(own.path), names_in(own.path)
    if {*names} <= {*old_names} and {*addresses} <= {*old_addresses}:
        return own
    made = make_certificate(
        list(dict.fromkeys([*old_names, *names])),
        list(dict.fromkeys([*old_addresses, *addresses])),
        own_key(own.key_path),
        first_certificate(present),
    )
    write_private_beside(own.path, made)
    return as_own(own.path, own.key_path)


def as_own(path: Path, key_path: Path) -> Certificate:
    """Return the own certificate as it is. Raise WrongCertificateError when it cannot be used."""
    try:
        return replace(given_certificate(path, key_path), is_own=True)
    except WrongCertificateError:
        raise WrongCertificateError(
            f"The certificate {path} and the key {key_path} cannot be used: damaged, or not for each other. {REMEDY}"
        ) from None


def given_certificate(path: Path, key_path: Path) -> Certificate:
    """Return a certificate that fits its key. Raise WrongCertificateError when they cannot be used."""
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
    return Certificate(
        path,
        key_path,
        fingerprint=fingerprint(first_certificate(read_certificate(path))),
        is_self_signed=certificate.issuer == certificate.subject,
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
    )


def new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def own_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read the key of the own certificate. Raise WrongCertificateError when it is none that was made here."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise WrongCertificateError(f"The key {path} is damaged. {REMEDY}")
    return key


def read_certificate(path: Path) -> bytes:
    return x509.load_pem_x509_certificates(path.read_bytes())[0].public_bytes(serialization.Encoding.DER)


def names_in(path: Path) -> tuple[list[str], list[Address]]:
    """Return the names and the addresses that the own certificate is for."""
    certificate = x509.load_der_x509_certificate(read_certificate(path))
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [], []
    addresses = [ipaddress.ip_address(str(address)) for address in named.get_values_for_type(x509.IPAddress)]
    return named.get_values_for_type(x509.DNSName), addresses


def make_certificate(
    names: Sequence[str], addresses: Sequence[Address], key: ec.EllipticCurvePrivateKey, first: bytes | None = None
) -> str:
    """Return a self-signed certificate, in PEM form, valid whatever a clock says; it may carry its key's first one."""
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
