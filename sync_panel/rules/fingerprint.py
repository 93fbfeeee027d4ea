"""The SHA-256 fingerprint of a certificate that no authority vouches for, and that people compare by eye."""

import re

from .problems import RefusedError

HEX_DIGITS = 64  # 256 bits


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
