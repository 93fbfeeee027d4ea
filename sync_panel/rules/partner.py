"""A partner, a server in the "Sync with" list: who it is, and the way to it.

The SHA-256 fingerprint is that of a certificate that no authority vouches for, and that people compare by eye. By the
hardware ID mSupply knows the machine of a site's engine, and no other login may come with that.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .problems import RefusedError, parse_each
from .sync_id import parse_sync_id
from .text import parse_name
from .url import parse_url

HEX_DIGITS = 64  # 256 bits
FIRST = "2.25.109623087641238417735027168120347520961"  # a random number under 2.25 is anybody's (ITU-T X.667)
# What Open mSupply takes: /etc/machine-id, ANDROID_ID, or the UUID that Windows tells of the machine.
SHORTEST_HARDWARE_ID, LONGEST_HARDWARE_ID = 8, 100


@dataclass(frozen=True)
class Identity:
    """Who a server is: what both sides' pages must say alike, the URL excepted. A satellite may be without one."""

    sync_id: int
    name: str
    store: str
    url: str | None

    def __str__(self) -> str:
        return f"{self.sync_id} {self.name}"


@dataclass(frozen=True)
class Way:
    """How a server is reached and logged in to, by its URL in the normal form.

    `fingerprint` is the SHA-256 of a certificate that is trusted there although no authority vouches for it;
    `plain_http` lets the password go there unencrypted. `hardware_id` is that of mSupply's own engine, without
    which an mSupply server gets no login.
    """

    url: str
    fingerprint: str | None = None
    plain_http: bool = False
    hardware_id: str | None = None

    @property
    def is_encrypted(self) -> bool:
        return self.url.startswith("https:")


@dataclass(frozen=True)
class Partner(Way, Identity):
    """Who a server is, as it is entered here, and the way to it. Its fields come in that order."""


def parse_partner(values: Mapping[str, str]) -> Partner:
    """Return the partner, or raise InvalidError with one problem a field."""
    return Partner(**parse_each(values, RULES))


def parse_way(values: Mapping[str, str]) -> Way:
    """Return the way to a server of which nothing else is known yet, and which gets no login. Raise InvalidError."""
    return Way(**parse_each(values, {name: RULES[name] for name in ("url", "fingerprint", "plain_http")}))


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


def parse_hardware_id(typed: str) -> str | None:
    """Return the ID as it was typed, None for an empty field; mSupply compares it sign by sign, so its case stays."""
    hardware_id = typed.strip()
    if not hardware_id:
        return None
    if not re.fullmatch(r"[!-~]*", hardware_id) or not SHORTEST_HARDWARE_ID <= len(hardware_id) <= LONGEST_HARDWARE_ID:
        raise RefusedError(
            "This is no hardware ID. It has %(shortest)s to %(longest)s signs: letters, digits and dashes, no spaces, "
            "as in 0f3c9a52d1b84e7796c1a5e2408bd731.",
            shortest=SHORTEST_HARDWARE_ID,
            longest=LONGEST_HARDWARE_ID,
        )
    return hardware_id


def is_installation(hardware_id: str, installation: str) -> bool:
    """Tell whether this is our own installation's number, however it is written; panels once sent it to mSupply."""
    return hardware_id.replace("-", "").lower() == installation.replace("-", "").lower()


RULES: dict[str, Callable[[str], Any]] = {
    "sync_id": parse_sync_id,
    "name": parse_name,
    "store": parse_name,
    "url": parse_url,
    "fingerprint": parse_fingerprint,
    "plain_http": bool,  # a box without its tick sends nothing
    "hardware_id": parse_hardware_id,
}
