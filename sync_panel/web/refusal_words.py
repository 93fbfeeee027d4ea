"""What the page says of who asked and was refused: beside the rows of the list, and of sites that are not listed.

Which of the two a caller is, is told by the list as it is now.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from markupsafe import Markup

from sync_panel.rules.interval import MISSED_BEFORE_OVERDUE
from sync_panel.rules.partner import Identity, Partner
from sync_panel.rules.problems import Sentence, say
from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_id import Role, role_of
from sync_panel.rules.sync_with import differences, in_sentences, wrong_sync_id
from sync_panel.rules.text import fold
from sync_panel.store.contacts import Caller, Contact
from sync_panel.store.partners import Listed
from sync_panel.store.refusals import Refusal, RefusedLogin

from .words import ago, when

TOLD_FOR = timedelta(days=7)  # after the last time
TOLD_AT_MOST = 3  # callers at one row, beside the partner itself


@dataclass(frozen=True)
class Joiner:
    """A site with the right login that is not listed; `trouble` is why no list of this site can hold it."""

    token: str
    who: Identity
    address: str
    clock: Markup
    age: Sentence
    trouble: Sentence | None
    remarks: tuple[Sentence, ...]


@dataclass
class Beside:
    """Who was refused at one row of the list, the last first, and the last wrong login from the partner's address."""

    partner: Partner
    login: RefusedLogin | None
    refused: list[Refusal] = field(default_factory=list)

    def of_itself(self, contact: Contact) -> Refusal | None:
        """Return the last refusal of the partner itself, and of nobody else under its Sync ID.

        That is the known server further on; while none is known, whoever asks.
        """
        known = contact.known
        own = (each for each in self.refused if known is None or is_further_on(each.caller, known))
        return None if contact.rival else next(own, None)

    def remarks(self, own: Refusal | None, now: datetime) -> Iterator[Sentence]:
        """Yield what is said beside the row, of all but the partner's own refusal."""
        for each in [each for each in self.refused if each is not own][:TOLD_AT_MOST]:
            yield say(
                "Refused: a request from %(address)s at %(time)s (%(age)s). %(differences)s",
                address=each.caller.address,
                time=when(each.caller.at, now),
                age=ago(each.caller.at, now),
                differences=in_sentences(differences(each.who, self.partner)),
            )
        if self.login and now - self.login.at <= TOLD_FOR:
            yield say(
                "Refused login from %(address)s at %(time)s (%(age)s).",
                address=self.login.address,
                time=when(self.login.at, now),
                age=ago(self.login.at, now),
            )


def is_further_on(asked: Caller, known: Caller) -> bool:
    return asked.is_where(known) and asked.is_after(known)


def is_told(asked: Caller, now: datetime) -> bool:
    """Tell whether a caller is still worth a word: not for ever after it stopped asking."""
    return now - asked.at <= max(TOLD_FOR, MISSED_BEFORE_OVERDUE * timedelta(minutes=asked.minutes))


def sort_out(
    refusals: Iterable[Refusal], logins: Mapping[int, RefusedLogin], partners: Iterable[Listed], now: datetime
) -> tuple[dict[int, Beside], list[Refusal]]:
    """Return who was refused by the row of the list that it concerns, and those whom no row concerns.

    That is the row with the caller's Sync ID, otherwise with its URL, as when it asked. Whom it fits by now is neither.
    """
    at_rows = {listed.id: Beside(listed.partner, logins.get(listed.partner.sync_id)) for listed in partners}
    with_id = {beside.partner.sync_id: beside for beside in at_rows.values()}
    with_url = {beside.partner.url: beside for beside in at_rows.values()}
    unlisted = []
    for each in refusals:
        if not is_told(each.caller, now):
            continue
        if (beside := with_id.get(each.who.sync_id) or with_url.get(each.who.url or "")) is None:
            unlisted.append(each)
        elif differences(each.who, beside.partner):
            beside.refused.append(each)
    return at_rows, unlisted


def joiners_of(
    unlisted: Iterable[Refusal], partners: Sequence[Listed], site: Parameters, now: datetime
) -> tuple[Joiner, ...]:
    """Return who asks to join and was not dismissed, by Sync ID; a stand-alone site is asked by nobody."""
    if role_of(site.sync_id) is Role.STAND_ALONE:
        return ()
    asking = sorted(
        (each for each in unlisted if not each.is_dismissed), key=lambda each: (each.who.sync_id, each.token)
    )
    with_id = Counter(each.who.sync_id for each in asking)
    with_name = {fold(listed.partner.name): listed.partner for listed in partners}
    return tuple(
        Joiner(
            each.token,
            each.who,
            each.caller.address,
            when(each.caller.at, now),
            ago(each.caller.at, now),
            trouble_with(each.who, site),
            tuple(remarks_on_joiner(each.who, with_id[each.who.sync_id], with_name.get(fold(each.who.name)))),
        )
        for each in asking
    )


def trouble_with(who: Identity, site: Parameters) -> Sentence | None:
    if wrong_sync_id(who, site) is None:
        return None
    if who.sync_id == site.sync_id:
        return say(
            "It cannot be added: %(sync_id)s is this site's own Sync ID. Give that site one of its own.",
            sync_id=who.sync_id,
        )
    return say(
        "It cannot be added: this site is a satellite, which syncs with the primary only. "
        "Perhaps that site has this site's address where the primary's belongs."
    )


def remarks_on_joiner(who: Identity, same_id: int, same_name: Partner | None) -> Iterator[Sentence]:
    if same_id > 1:
        yield say(
            "%(count)s servers ask under Sync ID %(sync_id)s. Each site needs one of its own.",
            count=same_id,
            sync_id=who.sync_id,
        )
    if same_name:
        yield say(
            "%(other)s in the list has the same name. Perhaps it is that site, with another Sync ID.", other=same_name
        )
