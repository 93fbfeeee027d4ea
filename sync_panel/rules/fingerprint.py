"""The SHA-256 fingerprint of a certificate that no authority vouches for, and that people compare by eye."""

import hashlib
import re

from .problems import RefusedError

HEX_DIGITS = 64  # 256 bits

FIRST = "2.25.109623087641238417735027168120347520961"  # a random number under 2.25 is anybody's (ITU-T X.667)


def parse_fingerprint(typed: str) -> str | None:
    """Return a fingerprint as 64 small hexadecimal digits, None for an empty field; colons and spaces do not count."""
    digits = re.sub(r"[\s:]", "", typed).lower()
    if not digits:
        return None
    if not re.fullmatch(r"[0-9a-f]*", digits) or len(digits) != HEX_DIGITS:
        raise RefusedError(
            "This is no SHA-256 fingerprint. It has 32 pairs of the digits 0 to 9 and A to F, as in 3F:A0:…"
        )
    return digits


def in_pairs(fingerprint: str) -> str:
    """Return a fingerprint as other programs show it: capitals, in pairs with colons between."""
    return ":".join(re.findall("..", fingerprint.upper()))


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER), as 64 hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def first_certificate(certificate: bytes) -> bytes:
    """Return the certificate that was first made for this one's key, where this one carries it; otherwise itself.

    One that was made anew for more names holds the first in an extension of ours. It counts only with the very same
    key: the handshake proves that the other end holds that key, and so it is who showed the first one.
    """
    from cryptography import x509  # noqa: PLC0415  # slow to import, and only needed here
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # likewise

    try:
        shown = x509.load_der_x509_certificate(certificate)
        carried = shown.extensions.get_extension_for_oid(x509.ObjectIdentifier(FIRST)).value.public_bytes()
        is_same_key = x509.load_der_x509_certificate(carried).public_key() == shown.public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.ExtensionNotFound, x509.DuplicateExtension):
        return certificate  # somebody else's, of whatever kind
    return carried if is_same_key else certificate
