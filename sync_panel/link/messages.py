"""What two panels tell each other: JSON under /link/v1, described in openapi.json beside this file.

Everything that comes in is put through the rules of the forms before anything looks at it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sync_panel.rules.interval import parse_interval
from sync_panel.rules.problems import InvalidError, Problem, RefusedError, parse_each
from sync_panel.rules.sync_id import parse_sync_id, role_of
from sync_panel.rules.text import parse_name, refuse_invisible
from sync_panel.rules.url import parse_url
from sync_panel.version import __version__

PRODUCT = "sync-panel"
PROTOCOL = 1
SITE_PATH, CONTACT_PATH = "/link/v1/site", "/link/v1/contact"
LONGEST_INSTALLATION = 64
HIGHEST_COUNTER = 2**53  # beyond it JSON's numbers lose digits in many languages


@dataclass(frozen=True)
class Listing:
    """How a server lists a site."""

    sync_id: int
    name: str
    store: str
    url: str | None = None


@dataclass(frozen=True)
class SiteAnswer:
    """Who a server is, what its clock says, and how it lists the site that asked; None when it does not."""

    site: Listing
    time: datetime
    listed: Listing | None
    protocol: int = PROTOCOL


@dataclass(frozen=True)
class ContactMessage:
    """A satellite's request: its own values, its interval in minutes, its installation and the request's number."""

    sync_id: int
    name: str
    store: str
    url: str | None
    interval_minutes: int
    installation: str
    counter: int


def signature() -> dict[str, object]:
    """Return what every answer carries, so that it is known for this product's."""
    return {"product": PRODUCT, "version": __version__, "protocol": PROTOCOL}


def site_json(answer: SiteAnswer) -> dict[str, object]:
    """Return an answer in the types of JSON."""
    site = {"sync_id": answer.site.sync_id, "name": answer.site.name, "store": answer.site.store}
    return signature() | {
        "time": answer.time.isoformat(),
        "site": site | {"role": str(role_of(answer.site.sync_id))},
        "listed": asdict(answer.listed) if answer.listed else None,
    }


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds, empty when it holds none. Depth and size are the other side's choice."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def parse_site(read: Mapping[str, Any]) -> SiteAnswer | None:
    """Return the answer, or None when it is not one of this product."""
    try:
        moment = datetime.fromisoformat(str(read.get("time")))
        site = parse_listing(read.get("site"))
        listed = None if read.get("listed") is None else parse_listing(read["listed"])
    except (InvalidError, ValueError, OverflowError):
        return None
    return SiteAnswer(site, moment, listed) if moment.tzinfo else None


def parse_listing(read: Any) -> Listing:
    """Return a listing. Raise InvalidError."""
    return Listing(**parse_typed(read, {**IDENTITY, "url": optional(text(parse_url))}))


def parse_contact(read: Any) -> ContactMessage:
    """Return a contact message. Raise InvalidError with a problem for each member that is wrong."""
    rules = {
        **IDENTITY,
        "url": optional(text(parse_url)),
        "interval_minutes": number(parse_interval),
        "installation": text(parse_installation),
        "counter": number(parse_counter),
    }
    return ContactMessage(**parse_typed(read, rules))


def parse_typed(read: Any, rules: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Put each member of a JSON object through its rule. Raise InvalidError."""
    if not isinstance(read, dict):
        raise InvalidError(Problem("", RefusedError("This is not a JSON object.").sentence))
    return parse_each({name: read.get(name) for name in rules}, rules)  # type: ignore[misc]  # the rules take any type


def text(rule: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return the rule for a JSON string."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            raise RefusedError("This is not a string.")
        return rule(value)

    return check


def number(rule: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return the rule for a whole JSON number, 1.0 among them; True is none in JSON, and NaN compares as false."""

    def check(value: Any) -> Any:
        if type(value) not in {int, float} or not abs(value) <= HIGHEST_COUNTER or value != int(value):
            raise RefusedError("This is not a whole number in range.")
        return rule(str(int(value)))

    return check


def optional(rule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the rule, with None for null."""
    return lambda value: None if value is None else rule(value)


def parse_installation(typed: str) -> str:
    """Return an installation's number: any short, visible text."""
    refuse_invisible(typed)
    return parse_name(typed, LONGEST_INSTALLATION)


def parse_counter(typed: str) -> int:
    """Return how many requests an installation has made."""
    if (counter := int(typed)) < 1:
        raise RefusedError("This is not a number of requests.")
    return counter


IDENTITY = {"sync_id": number(parse_sync_id), "name": text(parse_name), "store": text(parse_name)}
