"""What the page says of the link: this site's requests, and each partner's last contact, in words."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from sync_panel.link.failures import Failure
from sync_panel.link.messages import CALLED_AT, LISTED_AT, other_url
from sync_panel.link.schedule import next_request
from sync_panel.rules.interval import is_overdue, next_requests, requests_from
from sync_panel.rules.partner import Identity, Partner
from sync_panel.rules.problems import Sentence, say
from sync_panel.rules.sync_id import Role
from sync_panel.rules.sync_with import differences, in_sentences
from sync_panel.store.contacts import Caller, Contact, contacts_of
from sync_panel.store.database import Connection
from sync_panel.store.own_requests import Exchange, ExchangeOutcome, Request, load_request
from sync_panel.store.partners import Listed, all_partners
from sync_panel.store.refusals import refusals_of, refused_logins_of
from sync_panel.store.site import Interval, Site

from .refusal_words import Beside, Joiner, joiners_of, sort_out
from .words import ago, counted, when

GOOD, BAD, IDLE = "good", "bad", "idle"
ON_TIME, OVERDUE, PAUSED = say("On time"), say("Overdue"), say("Paused there")
NEVER, REFUSED, TWO = say("No contact yet"), say("Refused"), say("Two servers")
FAILED_THERE, EXCHANGE_FAILED = say("Failed there"), say("Exchange failed")
COUNTED = (
    (ON_TIME, say("%(count)s on time")),
    (OVERDUE, say("%(count)s overdue")),
    (FAILED_THERE, say("%(count)s failed there")),
    (EXCHANGE_FAILED, say("%(count)s with a failed exchange")),
    (NEVER, say("%(count)s without contact yet")),
    (PAUSED, say("%(count)s paused there")),
    (REFUSED, say("%(count)s refused")),
    (TWO, say("%(count)s with two servers under one Sync ID")),
)
ENDED = {
    ExchangeOutcome.DONE: say("done"),
    ExchangeOutcome.FAILED: say("failed"),
    ExchangeOutcome.TOO_SLOW: say("took too long and was ended"),
    ExchangeOutcome.NOT_STARTED: say("could not be started"),
}


@dataclass(frozen=True)
class Moment:
    """A time as it is written: the clock's, and how long ago that is."""

    clock: Markup
    age: Sentence


@dataclass(frozen=True)
class State:
    """The link to one partner: in one word, since when, what there is to say, and what is worth knowing beside."""

    kind: str
    word: Sentence
    at: Moment | None = None
    detail: Sentence | None = None
    remarks: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Side:
    """One of two servers under one Sync ID: when it asked last, from where, and its how manieth request that was."""

    at: Moment
    address: str
    counter: int


@dataclass(frozen=True)
class Second:
    partner: Listed
    known: Side
    rival: Side
    is_other_installation: bool


@dataclass(frozen=True)
class Link:
    """What the page shows; `states` by the partner's row, `requests` are the times of the next ones."""

    role: Role
    has_primary: bool
    has_schedule: bool
    paused: bool
    asking: bool
    succeeded: Moment | None
    failed: Moment | None
    failure: Sentence | None
    is_failing: bool
    next: Moment | None
    exchanged: Moment | None
    exchange: Sentence | None
    has_exchange_failed: bool
    counts: tuple[tuple[str, Sentence], ...]
    seconds: tuple[Second, ...]
    joiners: tuple[Joiner, ...]
    states: Mapping[int, State]
    requests: tuple[Markup, ...]

    @property
    def digest(self) -> str:
        """Return what stands for all of it, so that a page which shows it already is not sent it again."""
        return in_short(self)

    @property
    def outcome(self) -> str:
        """Return what stands for how the requests ended so far, and for what decides whether any is made."""
        moments = [moment and moment.clock for moment in (self.succeeded, self.failed)]
        return in_short((self.role, self.has_primary, self.has_schedule, self.paused, self.is_failing, moments))


def in_short(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def link_state(
    db: Connection, site: Site, interval: Interval, shown: Iterable[Listed], now: datetime, *, has_schedule: bool
) -> Link:
    """Return the state of the link of this site, with the states of the partners that are `shown`.

    Without a schedule in this process nothing is told of when requests are made.
    """
    request, partners, own = load_request(db), all_partners(db), site.parameters.identity
    contacts = contacts_of(db) if site.role is Role.PRIMARY else {}
    states = {
        listed.id: state_of_satellite(listed.partner, contacts.get(listed.partner.sync_id, Contact()), own, now)
        if site.role is Role.PRIMARY
        else replace(
            state_of_primary(interval, request, now),
            remarks=remarks_on(request.urls, listed.partner.url, own.url),
        )
        for listed in partners
    }
    beside, unlisted = sort_out(refusals_of(db), refused_logins_of(db), partners, now)
    for listed in partners:
        contact = contacts.get(listed.partner.sync_id, Contact()) if site.role is Role.PRIMARY else None
        states[listed.id] = with_refused(states[listed.id], beside[listed.id], contact, now)
    is_asking = has_schedule and site.role is Role.SATELLITE and bool(partners)
    first = next_request(interval, request, now) if is_asking else None
    return Link(
        role=site.role,
        has_primary=bool(partners),
        has_schedule=has_schedule,
        paused=not interval.minutes,
        asking=request.asking and first is not None,
        succeeded=moment(request.succeeded_at, now),
        failed=moment(request.failed_at, now),
        failure=failure_of(request),
        is_failing=bool(request.failures),
        next=moment(first, now),
        exchanged=moment(request.exchanged_at, now),
        exchange=exchange_in_words(request.exchange) if request.exchange else None,
        has_exchange_failed=bool(request.exchange and request.exchange.has_failed),
        counts=tuple(count(states.values())) if site.role is Role.PRIMARY else (),
        seconds=tuple(seconds_of(partners, contacts, now)),
        joiners=joiners_of(unlisted, partners, site.parameters, now),
        states={listed.id: states[listed.id] for listed in shown},
        requests=requests_in_words(interval, first, now),
    )


def written(at: datetime, now: datetime) -> Moment:
    return Moment(when(at, now), ago(at, now))


def moment(at: datetime | None, now: datetime) -> Moment | None:
    return None if at is None else written(at, now)


def state_of_primary(interval: Interval, request: Request, now: datetime) -> State:
    """Return the link of a satellite to the primary, which it asks."""
    if not interval.minutes:
        return State(IDLE, say("Paused"), moment(request.succeeded_at, now))
    if request.failures:
        return State(BAD, say("Failed"), moment(request.failed_at, now))
    if request.succeeded_at is None:
        return State(IDLE, say("Not asked yet"))
    is_new = request.succeeded_at < interval.counted_from <= now  # nothing was missed by it before it was saved
    if is_overdue(interval.counted_from if is_new else request.succeeded_at, interval.minutes, now):
        return State(BAD, OVERDUE, moment(request.succeeded_at, now))
    if request.exchange and request.exchange.has_failed:
        return State(BAD, EXCHANGE_FAILED, moment(request.exchanged_at, now), exchange_in_words(request.exchange))
    return State(GOOD, say("Works"), moment(request.succeeded_at, now))


def state_of_satellite(partner: Partner, contact: Contact, own: Identity, now: datetime) -> State:
    """Return the link of a primary to one of the satellites, for which it waits."""
    if contact.rival:
        return State(BAD, TWO, moment(contact.rival.at, now), say("An editor chooses above which of them goes on."))
    if not (known := contact.known):
        return State(IDLE, NEVER)
    urls = known.url, known.listed.url if known.listed else None
    return replace(state_by_contact(known, own, now), remarks=remarks_on(urls, partner.url, own.url))


def state_by_contact(known: Caller, own: Identity, now: datetime) -> State:
    """Return the link to a satellite by its last contact: when that was, and what it told."""
    if not known.minutes:
        return State(IDLE, PAUSED, moment(known.at, now))
    if is_overdue(known.at, known.minutes, now):
        detail = say("It should ask every %(time)s.", time=counted(known.minutes, "minute"))
        return State(BAD, OVERDUE, moment(known.at, now), detail)
    if found := known.listed and differences(known.listed, own):
        return State(BAD, FAILED_THERE, moment(known.at, now), Failure.LISTED_OTHERWISE.told({"differences": found}))
    if known.exchange and known.exchange.has_failed:
        detail = say(
            "Before this contact its exchange of data %(ended)s. Its own page says more.", ended=ENDED[known.exchange]
        )
        return State(BAD, EXCHANGE_FAILED, moment(known.at, now), detail)
    return State(GOOD, ON_TIME, moment(known.at, now))


def remarks_on(told: tuple[str | None, str | None], entered: str, own: str | None) -> tuple[Sentence, ...]:
    """Return what is worth knowing of the URLs that a partner told, its own and that of this site: none need match."""
    found = other_url(CALLED_AT, told[0], entered), other_url(LISTED_AT, told[1], own)
    return tuple(remark for remark in found if remark)


def with_refused(state: State, beside: Beside, contact: Contact | None, now: datetime) -> State:
    """Return the state of a row with who was refused beside it; of a satellite that is refused itself, that it is.

    Its last contact is told all the same. Without a `contact` the row is the primary's, which is asked.
    """
    own = beside.of_itself(contact) if contact else None
    if own:
        state = State(BAD, REFUSED, moment(own.caller.at, now), in_sentences(differences(own.who, beside.partner)))
        if contact and contact.known:
            at = contact.known.at
            last = say("Its last contact was at %(time)s (%(age)s).", time=when(at, now), age=ago(at, now))
            state = replace(state, remarks=(last,))
    return replace(state, remarks=(*state.remarks, *beside.remarks(own, now)))


def count(states: Iterable[State]) -> Iterable[tuple[str, Sentence]]:
    """Yield how many partners are in each state, with its kind."""
    kinds = [(state.word, state.kind) for state in states]
    for word, sentence in COUNTED:
        if alike := [kind for other, kind in kinds if other == word]:
            yield alike[0], say(sentence.template, count=len(alike))


def seconds_of(partners: Iterable[Listed], contacts: Mapping[int, Contact], now: datetime) -> Iterable[Second]:
    for listed in partners:
        contact = contacts.get(listed.partner.sync_id, Contact())
        if contact.known and contact.rival:
            is_other = contact.known.installation != contact.rival.installation
            yield Second(listed, side(contact.known, now), side(contact.rival, now), is_other)


def side(asked: Caller, now: datetime) -> Side:
    return Side(written(asked.at, now), asked.address, asked.counter)


def failure_of(request: Request) -> Sentence | None:
    """Return the last failure in words; one that another version of the panel noted is only said to be one."""
    if request.failure is None:
        return None
    try:
        sentence = Failure[request.failure].told(request.failure_values)
        str(sentence)  # which needs every value that its words name
    except (KeyError, TypeError, ValueError):
        return say("The request failed.")
    return sentence


def exchange_in_words(exchange: Exchange) -> Sentence:
    """Return how the host's exchange ended; a callable has no status, and not everything prints a line."""
    ended = ENDED[exchange.outcome]
    if exchange.outcome is ExchangeOutcome.FAILED and exchange.status is not None:
        ended = say("failed with status %(status)s", status=exchange.status)
    return say("%(ended)s: %(line)s", ended=ended, line=exchange.line) if exchange.line else ended


def requests_in_words(interval: Interval, first: datetime | None, now: datetime) -> tuple[Markup, ...]:
    """Return the next times: of this satellite's own requests, or such as any site with this interval would have."""
    if first and interval.minutes:
        times = requests_from(first, interval.minutes)
    else:
        times = next_requests(interval.minutes, interval.counted_from, now)
    return tuple(when(time, now) for time in times)
