"""Answering partners: who this site is, how it lists them, and what is noted of their requests."""

from dataclasses import asdict
from datetime import datetime

from sync_panel.rules.partner import Partner
from sync_panel.store.contacts import (
    Caller,
    Contact,
    Refused,
    contact_of,
    note_caller,
    note_refused,
    note_rival,
)
from sync_panel.store.database import Connection
from sync_panel.store.partners import Listed, find_partner, find_partner_at
from sync_panel.store.site import load_site

from .messages import ContactMessage, Listing, SiteAnswer


class NotListedError(Exception):
    """The site that asks is not in this site's list."""


class OtherValuesError(Exception):
    """The site that asks is listed with other values: those it sent, and those in the list."""

    def __init__(self, sent: Listing, listed: Listing) -> None:
        self.sent, self.listed = asdict(sent), asdict(listed)
        super().__init__("other values than listed")


class CopiedError(Exception):
    """Two servers ask under one Sync ID: one is a copy, or was restored from a backup."""


def answer_site(db: Connection, sync_id: int, now: datetime) -> SiteAnswer:
    """Return who this site is and how it lists that one. It must not be stand-alone."""
    own = load_site(db).parameters
    listed = find_partner(db, sync_id)
    return SiteAnswer(
        Listing(own.sync_id or 0, own.name or "", own.store or ""), now, listing_of(listed.partner) if listed else None
    )


def answer_contact(db: Connection, message: ContactMessage, address: str, now: datetime) -> SiteAnswer:
    """Note a request and return the answer to it.

    Raise NotListedError, OtherValuesError or CopiedError; what was noted up to there is to be kept.
    """
    listed = find_listed(db, message)
    if listed is None:
        raise NotListedError
    sent = Listing(message.sync_id, message.name, message.store, message.url)
    partner = listed.partner
    if (sent.sync_id, sent.name, sent.store) != (partner.sync_id, partner.name, partner.store):
        note_refused(db, partner.sync_id, Refused(now, sent.sync_id, sent.name, sent.store))
        raise OtherValuesError(sent, listing_of(partner))
    asked = Caller(now, address, message.interval_minutes, message.installation, message.counter)
    before = contact_of(db, partner.sync_id)
    if before.rival or (before.known and not asked.is_after(before.known)):
        note_second(db, partner.sync_id, asked, before)
        raise CopiedError
    note_caller(db, partner.sync_id, asked)
    return answer_site(db, message.sync_id, now)


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


def listing_of(partner: Partner) -> Listing:
    """Return a partner as it is listed."""
    return Listing(partner.sync_id, partner.name, partner.store, partner.url)
