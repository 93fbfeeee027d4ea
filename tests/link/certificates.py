"""Certificates made for a test: by themselves, by an authority of its own, expired, for another name."""

import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sync_panel.guard.certificate import Certificate as OwnCertificate
from sync_panel.guard.certificate import given_certificate

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key, and the two as files."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    certificate_file: Path
    key_file: Path

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 as 64 hexadecimal digits."""
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).hexdigest()

    @property
    def served(self) -> OwnCertificate:
        """Return it as a panel serves it."""
        return given_certificate(self.certificate_file, self.key_file)

    @property
    def context(self) -> ssl.SSLContext:
        """Return what a server needs to show it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context


def issue(
    folder: Path,
    *names: str,
    by: Certificate | None = None,
    expired: bool = False,
    not_yet: bool = False,
    authority: bool = False,
    ends_in: int = 0,  # days; a year when it is not said
) -> Certificate:
    """Make a certificate for these names, by an authority or by itself; keep it in a new folder beside the others."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    start = datetime.now(UTC) - (2 * YEAR if expired else -YEAR if not_yet else YEAR)
    end = datetime.now(UTC) + timedelta(days=ends_in) if ends_in else start + (YEAR if expired else 2 * YEAR)
    signing, signer = (by.key, by.certificate.subject) if by else (key, subject)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | dict.fromkeys(("encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder(signer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([as_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=authority, crl_sign=authority, **usage), critical=True
        )
    )
    made = builder.sign(signing, hashes.SHA256())
    place = folder / f"{made.serial_number:x}"
    place.mkdir()
    (place / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (place / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return Certificate(made, key, place / "certificate.pem", place / "key.pem")


def as_name(name: str) -> x509.GeneralName:
    """Return a host as certificates write it: a name, or an address."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
