"""A partner, a server in the "Sync with" list: who it is, and the way to it."""

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
class Identity:
    """Who a server is: what both sides' pages must say alike. A satellite may be without a URL."""

    sync_id: int
    name: str
    store: str
    url: str | None

    def __str__(self) -> str:
        return f"{self.sync_id} {self.name}"

    def is_called_as(self, other: "Identity") -> bool:
        """Tell whether Sync ID, name and store are the same; the URL is told apart by who knows it."""
        return (self.sync_id, self.name, self.store) == (other.sync_id, other.name, other.store)

    def in_words(self, *, with_url: bool = False) -> str:
        """Return all of it in one line."""
        parts = [str(self), self.store, (self.url if with_url else None)]
        return ", ".join(part for part in parts if part)


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
        """Tell whether HTTPS is spoken there."""
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


RULES: dict[str, Callable[[str], Any]] = {
    "sync_id": parse_sync_id,
    "name": parse_name,
    "store": parse_name,
    "url": parse_url,
    "fingerprint": parse_fingerprint,
    "plain_http": bool,  # a box without its tick sends nothing
    "hardware_id": parse_hardware_id,
}
