"""What comes in from partners and goes out to the primary, written as the link writes it."""

from datetime import datetime

from panels import TestPanel

from sync_panel.link.failures import Failure
from sync_panel.rules.partner import Identity
from sync_panel.store.contacts import Caller, note_caller, note_rival
from sync_panel.store.own_requests import request_begins, request_failed, request_succeeded
from sync_panel.store.refusals import note_refused

FIRST, SECOND = "10.20.1.10", "10.20.7.77"


def comes_in(on: TestPanel, sync_id: int, *, counter: int = 1, minutes: int = 15, address: str = FIRST) -> None:
    """Note a satellite's request."""
    with on.panel.database.writing() as db:
        note_caller(db, sync_id, Caller(on.clock.now(), address, minutes, "one", counter))


def two_come_in(on: TestPanel, sync_id: int, *, counter: int = 7) -> None:
    """Note a request, and one of a second server under the same Sync ID."""
    comes_in(on, sync_id, counter=counter)
    with on.panel.database.writing() as db:
        note_rival(db, sync_id, Caller(on.clock.now(), SECOND, 15, "one", 3))


def is_refused(on: TestPanel, sync_id: int) -> None:
    """Note a request under another name than listed."""
    with on.panel.database.writing() as db:
        asked = Caller(on.clock.now(), FIRST, 15, "one", 2)
        note_refused(db, asked, Identity(sync_id, "Another name", "Another store", None))


def asks_to_join(on: TestPanel, sync_id: int, name: str, *, address: str = SECOND) -> None:
    """Note a request of a site that is not listed."""
    with on.panel.database.writing() as db:
        asked = Caller(on.clock.now(), address, 15, f"of {name}"[:64], 1)
        note_refused(db, asked, Identity(sync_id, name, "Clinic", f"https://host-{sync_id}.example.org"))


def succeeds(on: TestPanel) -> None:
    """Note that this satellite's request was answered."""
    began = begins(on)
    with on.panel.database.writing() as db:
        request_succeeded(db, began, on.clock.now())


def fails(on: TestPanel) -> None:
    """Note that this satellite's request failed."""
    began = begins(on)
    with on.panel.database.writing() as db:
        request_failed(db, began, Failure.REFUSED.name, {"address": FIRST, "port": 443}, on.clock.now())


def begins(on: TestPanel) -> datetime:
    began = on.clock.now()
    with on.panel.database.writing() as db:
        request_begins(db, began)
    return began
