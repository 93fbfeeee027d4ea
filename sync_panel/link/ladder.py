"""The check: a ladder of steps, each told as it is reached, each failure with its remedy. It changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sync_panel.rules.partner import Partner
from sync_panel.rules.problems import Sentence, say

from . import agreement, msupply
from .failures import NOT_CHECKED, Compared, Failure, LinkError, Rung
from .messages import Listing, SiteAnswer
from .probe import Asked, Probe, Product, Us
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
ANSWERS = {
    Product.PANEL: PASSED[Rung.PRODUCT],
    Product.MSUPPLY: say("mSupply answers"),
    Product.PERHAPS_MSUPPLY: say("Perhaps mSupply answers: a login is asked for where mSupply asks for it"),
    Product.OPEN_MSUPPLY: say("Open mSupply answers, as a central server"),
}
NO_ANSWER = {Failure.TOO_SLOW, Failure.BROKEN_OFF}  # which leave open what a plain connection would have told


@dataclass(frozen=True)
class Step:
    """One rung of a check: what was found, for a failure its remedy, and what is worth knowing of one that passed.

    `fingerprint` is that of a certificate which is not trusted yet, and may be.
    """

    rung: Rung
    passed: bool
    title: Sentence
    remedy: Sentence | None = None
    fingerprint: str | None = None
    remark: Sentence | None = None

    @property
    def is_last(self) -> bool:
        """Tell whether everything was compared before this step."""
        return self.rung is Rung.CLOCK

    @property
    def is_last_of_msupply(self) -> bool:
        """Tell whether this step ends what mSupply lets be compared."""
        return self.rung is Rung.LISTED


class Ladder:
    """A check of one server, as entered, in the name of this site."""

    def __init__(self, asked: Asked, entered: Partner, us: Us, network: Network, now: datetime) -> None:
        self._asked, self._entered, self._us, self._now = asked, entered, us, now
        self._probe = Probe(asked, us, network)
        self._next = Rung.ADDRESS
        self._product = Product.PANEL
        self._answer: SiteAnswer | None = None
        self._reply: msupply.Reply | None = None

    def climb(self) -> Iterator[Step]:
        """Yield each step as it is reached: up to the first that fails, or through all comparisons of values."""
        yield from self._reach(self._reach_login())
        for compared in self._compare():
            yield failed(compared.error, compared.rung) if compared.error else agreed(compared)

    def look_up(self) -> Iterator[Step]:
        """Yield the steps to what the server says of itself; mSupply says nothing, and so gets no login."""
        yield from self._reach(self._reach_site())

    def _reach(self, rungs: Iterator[Rung]) -> Iterator[Step]:
        try:
            for reached in rungs:
                yield from self._passed_up_to(reached)
        except LinkError as error:
            if error.failure not in NO_ANSWER:
                yield from self._passed_up_to(error.failure.rung - 1)
            yield failed(error, max(self._next, error.failure.rung))
        finally:
            self._probe.close()

    @property
    def found(self) -> Listing | None:
        """Return what the server says of itself, after its login."""
        return self._answer.site if self._answer else None

    def _reach_site(self) -> Iterator[Rung]:
        yield from self._probe.reach()
        self._product = self._probe.recognise()
        yield Rung.PRODUCT
        if self._product is Product.PANEL:
            self._answer = self._probe.look_at_site()
            yield Rung.LOGIN

    def _reach_login(self) -> Iterator[Rung]:
        yield from self._reach_site()
        if self._product is not Product.PANEL:
            self._reply = self._probe.look_at_msupply(self._product)
            yield Rung.LOGIN

    def _compare(self) -> Iterator[Compared]:
        if self._answer:
            return agreement.compare(self._answer, self._entered, self._us.listing, self._now)
        return msupply.compare(self._reply, self._entered, self._us.site) if self._reply else iter(())

    def _passed_up_to(self, last: int) -> Iterator[Step]:
        while self._next <= last:
            yield Step(self._next, passed=True, title=self._title(self._next))
            self._next = Rung(self._next + 1)

    def _title(self, rung: Rung) -> Sentence:
        if rung is Rung.CERTIFICATE and not self._asked.url.startswith("https:"):
            return NO_CERTIFICATE
        if rung is Rung.CERTIFICATE and self._asked.fingerprint:
            return TRUSTED_BY_FINGERPRINT
        return ANSWERS[self._product] if rung is Rung.PRODUCT else PASSED[rung]


def failed(error: LinkError, rung: Rung) -> Step:
    """Return a step that was not reached, and why."""
    title = LOGIN_NOT_CHECKED if error.failure in NOT_CHECKED else FAILED[rung]
    return Step(rung, False, title, error.failure.told(error.values), error.fingerprint)  # noqa: FBT003


def agreed(compared: Compared) -> Step:
    """Return a step at which both sides' values agreed: its title says which of them were compared."""
    return Step(compared.rung, passed=True, title=compared.title or PASSED[compared.rung], remark=compared.remark)
