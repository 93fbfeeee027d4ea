"""A partner: a server in the "Sync with" list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .fingerprint import parse_fingerprint
from .hardware_id import parse_hardware_id
from .problems import parse_each
from .sync_id import parse_sync_id
from .text import parse_name
from .url import parse_url


@dataclass(frozen=True)
class Partner:
    """What must agree with the other server's own page, and how that server is reached.

    `fingerprint` is the SHA-256 of a certificate that is trusted for this partner although no
    authority vouches for it; `plain_http` lets the password go there unencrypted. `hardware_id` is that
    of mSupply's own engine, without which an mSupply server gets no login.
    """

    sync_id: int
    name: str
    store: str
    url: str
    fingerprint: str | None = None
    plain_http: bool = False
    hardware_id: str | None = None

    def __str__(self) -> str:
        return f"{self.sync_id} {self.name}"


def parse_partner(values: Mapping[str, str]) -> Partner:
    """Return the partner, or raise InvalidError with one problem a field."""
    return Partner(**parse_each(values, RULES))


def parse_way(values: Mapping[str, str]) -> Partner:
    """Return only the way to a partner, of which nothing else is known yet. Raise InvalidError."""
    return Partner(0, "", "", **parse_each(values, {name: RULES[name] for name in WAY}))


def is_ticked(sent: str) -> bool:
    """Tell whether a tick was sent: a box without one sends nothing."""
    return bool(sent)


RULES: dict[str, Callable[[str], Any]] = {
    "sync_id": parse_sync_id,
    "name": parse_name,
    "store": parse_name,
    "url": parse_url,
    "fingerprint": parse_fingerprint,
    "plain_http": is_ticked,
    "hardware_id": parse_hardware_id,
}
WAY = ("url", "fingerprint", "plain_http")
