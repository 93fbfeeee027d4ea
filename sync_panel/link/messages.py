"""What two panels tell each other, and whether that agrees: JSON under /link/v1, which openapi.json describes.

Everything that comes in is put through the rules of the forms before anything looks at it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sync_panel.rules.interval import parse_interval
from sync_panel.rules.partner import Identity
from sync_panel.rules.problems import InvalidError, Problem, RefusedError, Sentence, parse_each, say
from sync_panel.rules.sync_id import parse_sync_id, role_of
from sync_panel.rules.sync_with import differences
from sync_panel.rules.text import parse_name, refuse_invisible
from sync_panel.rules.url import parse_url
from sync_panel.store.own_requests import ExchangeOutcome
from sync_panel.version import __version__

from .failures import Compared, Failure, LinkError, Rung

PRODUCT = "sync-panel"
PROTOCOL = 1
SITE_PATH, CONTACT_PATH = "/link/v1/site", "/link/v1/contact"
LONGEST_INSTALLATION = 64
HIGHEST_COUNTER = 2**53  # beyond it JSON's numbers lose digits in many languages
CLOCKS_APART = timedelta(minutes=5)

SAME_BUT_URL = say("Lists this site, with the same Sync ID, name and store")
LISTED_AT = say(
    "That server lists this site with the URL %(there)s; here it is %(here)s. Both may stay so: a URL need not match."
)
CALLED_AT = say(
    "That server has the URL %(there)s on its own page; here it is %(here)s. Both may stay so: a URL need not match."
)


@dataclass(frozen=True)
class SiteAnswer:
    """Who a server is, what its clock says, and how it lists the site that asked; None when it does not."""

    site: Identity
    time: datetime
    listed: Identity | None

    @property
    def urls(self) -> tuple[str | None, str | None]:
        """Return the server's own URL, and the one by which it lists the site that asked."""
        return self.site.url, self.listed.url if self.listed else None


@dataclass(frozen=True)
class ContactMessage(Identity):
    """A satellite's request: who it is, its interval in minutes, its installation and the request's number.

    `listed` is how it lists the site that it asks, `exchange` how its last exchange of data ended. Without one, and
    from panels that do not tell these yet, they are None.
    """

    interval_minutes: int
    installation: str
    counter: int
    listed: Identity | None = None
    exchange: ExchangeOutcome | None = None


def signature() -> dict[str, object]:
    """Return what every answer carries, so that it is known for this product's."""
    return {"product": PRODUCT, "version": __version__, "protocol": PROTOCOL}


def site_json(answer: SiteAnswer) -> dict[str, object]:
    site = answer.site
    return signature() | {
        "time": answer.time.isoformat(),
        "site": identity_json(site) | {"role": str(role_of(site.sync_id))},
        "listed": identity_json(answer.listed) if answer.listed else None,
    }


def contact_json(message: ContactMessage) -> dict[str, object]:
    return asdict(message) | {"listed": identity_json(message.listed) if message.listed else None}


def identity_json(who: Identity) -> dict[str, object]:
    """Return who a server is in the types of JSON; nothing else of a partner is told to anybody."""
    return {"sync_id": who.sync_id, "name": who.name, "store": who.store, "url": who.url}


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
        site = parse_identity(read.get("site"))
        listed = None if read.get("listed") is None else parse_identity(read["listed"])
    except (InvalidError, ValueError, OverflowError):
        return None
    return SiteAnswer(site, moment, listed) if moment.tzinfo else None


def parse_identity(read: Any) -> Identity:
    """Return who a server is. Raise InvalidError."""
    return Identity(**parse_typed(read, IDENTITY))


def parse_contact(read: Any) -> ContactMessage:
    """Return a contact message. Raise InvalidError with a problem for each member that is wrong."""
    rules = {
        **IDENTITY,
        "interval_minutes": number(parse_interval),
        "installation": text(parse_installation),
        "counter": number(parse_counter),
        "listed": optional(parse_listed),
        "exchange": optional(text(parse_outcome)),
    }
    return ContactMessage(**parse_typed(read, rules))


def parse_typed(read: Any, rules: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Put each member of a JSON object through its rule. Raise InvalidError."""
    if not isinstance(read, dict):
        raise InvalidError(Problem("", RefusedError("This is not a JSON object.").sentence))
    return parse_each({name: read.get(name) for name in rules}, rules)  # type: ignore[misc]  # the rules take any type


def text(rule: Callable[[str], Any]) -> Callable[[Any], Any]:
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
    return lambda value: None if value is None else rule(value)


def parse_installation(typed: str) -> str:
    refuse_invisible(typed)
    return parse_name(typed, LONGEST_INSTALLATION)


def parse_counter(typed: str) -> int:
    if (counter := int(typed)) < 1:
        raise RefusedError("This is not a number of requests.")
    return counter


def parse_listed(read: Any) -> Identity:
    """Return how another site lists this one, as one member of a message. Raise RefusedError."""
    try:
        return parse_identity(read)
    except InvalidError as error:
        raise RefusedError(error.problems[0].sentence.template, **error.problems[0].sentence.values) from None


def parse_outcome(typed: str) -> ExchangeOutcome:
    if typed not in set(ExchangeOutcome):
        raise RefusedError("This is no outcome of an exchange.")
    return ExchangeOutcome(typed)


IDENTITY: dict[str, Callable[[Any], Any]] = {
    "sync_id": number(parse_sync_id),
    "name": text(parse_name),
    "store": text(parse_name),
    "url": optional(text(parse_url)),
}


def compare(answer: SiteAnswer, entered: Identity, us: Identity, now: datetime) -> Iterator[Compared]:
    """Yield each of the last rungs with what is wrong there: what another server says beside what is entered here."""
    site, listed = answer.site, answer.listed
    yield Compared(Rung.VALUES, other_site(site, entered), remark=other_url(CALLED_AT, site.url, entered.url))
    remark = other_url(LISTED_AT, listed.url, us.url) if listed else None
    wrong = listed_otherwise(listed, us) if listed else not_listed(us)
    yield Compared(Rung.LISTED, wrong, SAME_BUT_URL if remark else None, remark)
    apart = abs(answer.time - now)
    is_apart = apart > CLOCKS_APART
    wrong = LinkError(Failure.OTHER_CLOCK, minutes=apart // timedelta(minutes=1)) if is_apart else None
    yield Compared(Rung.CLOCK, wrong)


def other_site(there: Identity, entered: Identity) -> LinkError | None:
    found = differences(there, entered)
    if [each.field for each in found] == ["sync_id"]:
        return LinkError(Failure.OTHER_SYNC_ID, there=there.sync_id, here=entered.sync_id)
    return LinkError(Failure.OTHER_VALUES, differences=found) if found else None


def not_listed(us: Identity) -> LinkError:
    return LinkError(Failure.NOT_LISTED, here=us.sync_id) if us.sync_id else LinkError(Failure.NO_SYNC_ID)


def other_url(remark: Sentence, there: str | None, here: str | None) -> Sentence | None:
    """Return the remark on two URLs that differ, which is no failure; a site may be without one of its own."""
    if None in {there, here} or there == here:
        return None
    return say(remark.template, there=there, here=here)


def listed_otherwise(listed: Identity, us: Identity) -> LinkError | None:
    """Return how a server lists this site with other values."""
    found = differences(listed, us)
    return LinkError(Failure.LISTED_OTHERWISE, differences=found) if found else None


def listed_as(read: Mapping[str, object], us: Identity) -> LinkError:
    """Return the failure of a contact that was refused with the values of both sides."""
    try:
        listed = parse_identity(read.get("listed"))
    except InvalidError:
        return LinkError(Failure.TROUBLE_THERE)
    return listed_otherwise(listed, us) or LinkError(Failure.TROUBLE_THERE)
