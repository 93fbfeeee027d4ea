"""The order of the questions to another server: a ladder of steps, each told as it is reached.

The check climbs it and changes nothing. A request for news is the same climb, whose login brings the message.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sync_panel.rules.partner import Identity, Partner, Way
from sync_panel.rules.problems import Sentence, say
from sync_panel.rules.sync_id import Role, role_of

from . import messages, msupply
from .failures import NO_KEYS, NOT_CHECKED, WAY_ONLY, Compared, Failure, LinkError, Rung
from .messages import ContactMessage, SiteAnswer
from .probe import OwnSite, Probe, Product
from .wire import Network

PASSED = {
    Rung.ADDRESS: say("Address found"),
    Rung.CONNECTION: say("Connected"),
    Rung.SCHEME: say("http and https the right way round"),
    Rung.CERTIFICATE: say("Certificate trusted"),
    Rung.PRODUCT: say("Sync Panel answers"),
    Rung.LOGIN: say("Login accepted"),
    Rung.VALUES: say("Sync ID, name and store as entered"),
    Rung.LISTED: say("Lists this site, with the same values"),
    Rung.CLOCK: say("Clocks agree"),
}
FAILED = {
    Rung.ADDRESS: say("Address not found"),
    Rung.CONNECTION: say("No connection"),
    Rung.SCHEME: say("http and https the wrong way round"),
    Rung.CERTIFICATE: say("Certificate not trusted"),
    Rung.PRODUCT: say("No right answer"),
    Rung.LOGIN: say("No login"),
    Rung.VALUES: say("Another server than entered"),
    Rung.LISTED: say("This site is not listed there with the same values"),
    Rung.CLOCK: say("Clocks differ"),
}
NO_CERTIFICATE = say("No certificate: plain HTTP")
TRUSTED_BY_FINGERPRINT = say("Certificate trusted by its fingerprint")
LOGIN_NOT_CHECKED = say("Login not checked")
FAILED_OTHERWISE = {  # than the title of their rung says
    **dict.fromkeys(NOT_CHECKED, LOGIN_NOT_CHECKED),
    **dict.fromkeys(NO_KEYS, say("No encrypted connection")),
    Failure.OTHER_PROTOCOL: say("Neither http nor https"),
}
ANSWERS = {
    Product.PANEL: PASSED[Rung.PRODUCT],
    Product.MSUPPLY: say("mSupply answers"),
    Product.PERHAPS_MSUPPLY: say("Perhaps mSupply answers: a login is asked for where mSupply asks for it"),
    Product.OPEN_MSUPPLY: say("Open mSupply answers, as a central server"),
}
NO_ANSWER = {Failure.TOO_SLOW, Failure.BROKEN_OFF, Failure.HUNG_UP}  # which leave open what lies between
NOT_NEEDED = say(
    "This is no fault: a primary never calls its satellites, and a router often bars the way. A satellite calls "
    "this server, by its URL, and needs the same Sync IDs, names, stores, user name and password. Only a check "
    "needs the way."
)


@dataclass(frozen=True)
class Step:
    """One rung: what was found, what failed there, and what is worth knowing all the same.

    What failed may be something that the link does not need: the check ends there, and nothing is wrong.
    """

    rung: Rung
    title: Sentence
    error: LinkError | None = None
    remark: Sentence | None = None
    is_needed: bool = True

    @property
    def passed(self) -> bool:
        return self.error is None

    @property
    def is_fault(self) -> bool:
        return self.is_needed and not self.passed

    @property
    def remedy(self) -> Sentence | None:
        return self.error.failure.told(self.error.values) if self.error else None

    @property
    def fingerprint(self) -> str | None:
        """Return that of a certificate which is not trusted yet, and may be."""
        return self.error.fingerprint if self.error else None

    @property
    def is_last(self) -> bool:
        return self.rung is Rung.CLOCK

    @property
    def is_last_of_msupply(self) -> bool:
        """Tell whether this step ends what mSupply lets be compared."""
        return self.rung is Rung.LISTED


class Ladder:
    """The questions to one server in the name of this site; `withheld` is why it gets no credentials, if anything."""

    def __init__(self, way: Way, us: OwnSite, network: Network, now: datetime, withheld: Failure | None = None) -> None:
        self._way, self._us, self._now = way, us, now
        self._probe = Probe(way, us, network, withheld)
        self._next = Rung.ADDRESS
        self._product = Product.PANEL
        self.answer: SiteAnswer | None = None
        self._reply: msupply.Reply | None = None

    def climb(self, entered: Identity, message: ContactMessage | None = None) -> Iterator[Step]:
        """Yield each step as it is reached: up to the first that fails, or through all comparisons of values.

        A panel is logged in to with this site's request for news, where there is one. mSupply takes no such request:
        it is asked for its site all the same.
        """
        yield from self._reach(self._reach_login(message))
        for compared in self._compare(entered):
            yield told(compared)

    def look_up(self) -> Iterator[Step]:
        """Yield the steps to what the server says of itself; mSupply says nothing, and so gets no login."""
        yield from self._reach(self._reach_site())

    def _reach(self, rungs: Iterator[Rung]) -> Iterator[Step]:
        try:
            for reached in rungs:
                yield from self._passed_up_to(reached)
        except LinkError as error:
            is_open = error.failure in NO_ANSWER
            yield from self._passed_up_to(Rung.CONNECTION if is_open else error.failure.rung - 1)
            yield self._told(failed(error, max(self._next, error.failure.rung)), error.failure)
        finally:
            self._probe.close()

    def _told(self, step: Step, failure: Failure) -> Step:
        """Return a step that failed for what it means here: a primary needs no way to its satellites."""
        if role_of(self._us.site.sync_id) is Role.PRIMARY and failure in WAY_ONLY:
            return replace(step, remark=NOT_NEEDED, is_needed=False)
        return step

    @property
    def found(self) -> Identity | None:
        """Return what the server says of itself, after its login."""
        return self.answer.site if self.answer else None

    def _reach_site(self, message: ContactMessage | None = None) -> Iterator[Rung]:
        yield from self._probe.reach()
        self._product = self._probe.recognise()
        yield Rung.PRODUCT
        if self._product is Product.PANEL:
            self.answer = self._probe.send_contact(message) if message else self._probe.look_at_site()
            yield Rung.LOGIN

    def _reach_login(self, message: ContactMessage | None) -> Iterator[Rung]:
        yield from self._reach_site(message)
        if self._product is not Product.PANEL:
            self._reply = self._probe.look_at_msupply(self._product)
            yield Rung.LOGIN

    def _compare(self, entered: Identity) -> Iterator[Compared]:
        if self.answer:
            return messages.compare(self.answer, entered, self._us.site.identity, self._now)
        return msupply.compare(self._reply, entered, self._us.site) if self._reply else iter(())

    def _passed_up_to(self, last: int) -> Iterator[Step]:
        while self._next <= last:
            yield Step(self._next, self._title(self._next))
            self._next = Rung(self._next + 1)

    def _title(self, rung: Rung) -> Sentence:
        if rung is Rung.CERTIFICATE and not self._way.is_encrypted:
            return NO_CERTIFICATE
        if rung is Rung.CERTIFICATE and self._way.fingerprint:
            return TRUSTED_BY_FINGERPRINT
        return ANSWERS[self._product] if rung is Rung.PRODUCT else PASSED[rung]


def failed(error: LinkError, rung: Rung) -> Step:
    return Step(rung, title_of(error.failure, rung), error)


def title_of(failure: Failure, rung: Rung) -> Sentence:
    """Return what is said first of a failure that showed at this rung."""
    return FAILED_OTHERWISE.get(failure, FAILED[rung])


def told(compared: Compared) -> Step:
    """Return the step of a comparison: where both sides' values agreed, its title says which of them were compared."""
    if compared.error:
        return replace(failed(compared.error, compared.rung), remark=compared.remark)
    return Step(compared.rung, compared.title or PASSED[compared.rung], remark=compared.remark)


def request_news(
    partner: Partner, us: OwnSite, message: ContactMessage, network: Network, now: datetime
) -> SiteAnswer | None:
    """Ask the primary, and return what it told of both sites, which mSupply does not.

    Raise LinkError when that fails, or when the two sides' values do not agree.

    Without the hardware ID of its own engine mSupply gets no login, and the request counts as failed: nobody knows
    whether it would have been let in. Clocks that differ are told by the check, and stop nothing.
    """
    ladder = Ladder(partner, us, network, now)
    for step in list(ladder.climb(partner, message)):
        if step.error and step.rung is not Rung.CLOCK:
            raise step.error
    return ladder.answer


class BusyError(Exception):
    """Another check is under way."""


class Checks:
    """Runs checks, one at a time, and tells who asked for one how far it has come."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._owner = ""
        self._steps: list[Step] = []

    def run(self, owner: str, steps: Iterable[Step]) -> list[Step]:
        """Take each step, and return them all. Raise BusyError when another check is under way."""
        if not self._one_at_a_time.acquire(blocking=False):
            raise BusyError
        try:
            self._owner, self._steps = owner, []
            for step in steps:
                self._steps = [*self._steps, step]
            return self._steps
        finally:
            self._owner = ""
            self._one_at_a_time.release()

    def so_far(self, owner: str) -> list[Step] | None:
        """Return the steps of this owner's check, or None when they have none under way."""
        return self._steps if owner and owner == self._owner else None
