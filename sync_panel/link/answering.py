"""Answering partners: who this site is, how it lists them, what is noted of their requests, and what is refused."""

from datetime import datetime

from sync_panel.rules.sync_with import differences
from sync_panel.store.contacts import (
    Caller,
    Contact,
    contact_of,
    note_caller,
    note_overtaken,
    note_rival,
)
from sync_panel.store.database import Connection
from sync_panel.store.partners import Listed, find_partner, find_partner_at
from sync_panel.store.refusals import forget_refused, note_refused
from sync_panel.store.site import load_site

from .messages import ContactMessage, SiteAnswer, identity_json


class ProblemError(Exception):
    """A request that is refused: the status of HTTP, a code for programs, a detail for people, and more members."""

    def __init__(self, status: int, code: str, detail: str, **members: object) -> None:
        self.status, self.code, self.members = status, code, members
        self.headers: dict[str, str] = {}
        super().__init__(detail)


def answer_site(db: Connection, sync_id: int, now: datetime) -> SiteAnswer:
    """Return who this site is and how it lists that one. It must not be stand-alone."""
    listed = find_partner(db, sync_id)
    return SiteAnswer(load_site(db).parameters.identity, now, listed.partner if listed else None)


def answer_contact(db: Connection, message: ContactMessage, address: str, now: datetime) -> SiteAnswer | ProblemError:
    """Note a request and return the answer to it, or why it is refused: not raised, since what was noted stays."""
    asked = caller_of(message, address, now)
    listed = find_listed(db, message)
    if listed is None:
        note_refused(db, asked, message)
        return ProblemError(403, "not-listed", "This site does not list the one that asks.")
    partner = listed.partner
    before = contact_of(db, partner.sync_id)
    if differences(message, partner):
        if not before.is_overtaken(asked):  # else these are the values of before
            note_refused(db, asked, message)
        detail = "The site that asks is listed with other values."
        return ProblemError(409, "other-values", detail, sent=identity_json(message), listed=identity_json(partner))
    if before.is_overtaken(asked):
        note_overtaken(db, partner.sync_id, asked)
    elif before.rival or (before.known and not asked.is_after(before.known)):
        note_second(db, partner.sync_id, asked, before)
        return ProblemError(409, "copied", "Two servers ask under this Sync ID. An editor must choose which goes on.")
    else:
        note_caller(db, partner.sync_id, asked, before.missed_before(asked))
        forget_refused(db, partner.sync_id, asked)
    return answer_site(db, message.sync_id, now)


def caller_of(message: ContactMessage, address: str, now: datetime) -> Caller:
    return Caller(
        now,
        address,
        message.interval_minutes,
        message.installation,
        message.counter,
        message.url,
        message.listed,
        message.exchange,
    )


def note_second(db: Connection, sync_id: int, asked: Caller, before: Contact) -> None:
    """Note who asks while it is not decided which of two servers goes on; each keeps its place.

    One that asks from the address of one of the two only is that one, whatever it counts. Two at one
    address, as behind a router, are told apart by the count alone.
    """
    known, rival = before.known, before.rival
    if known and rival and asked.is_where(known) is not asked.is_where(rival):
        (note_caller if asked.is_where(known) else note_rival)(db, sync_id, asked)
    elif known and not asked.is_after(known):
        note_rival(db, sync_id, asked)


def find_listed(db: Connection, message: ContactMessage) -> Listed | None:
    """Return the partner that asks: by its Sync ID, otherwise by its URL, since it then has another Sync ID."""
    by_id = find_partner(db, message.sync_id)
    return by_id or (find_partner_at(db, message.url) if message.url else None)
