"""A partner: a server in the "Sync with" list."""

from collections.abc import Mapping
from dataclasses import dataclass

from .problems import parse_each
from .sync_id import parse_sync_id
from .text import parse_name
from .url import parse_url


@dataclass(frozen=True)
class Partner:
    """What must agree with the other server's own page, and the address it is reached at."""

    sync_id: int
    name: str
    store: str
    url: str

    def __str__(self) -> str:
        return f"{self.sync_id} {self.name}"


def parse_partner(values: Mapping[str, str]) -> Partner:
    """Return the partner, or raise InvalidError with one problem a field."""
    return Partner(
        **parse_each(values, {"sync_id": parse_sync_id, "name": parse_name, "store": parse_name, "url": parse_url})
    )
