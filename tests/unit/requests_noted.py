"""Requests of a satellite as they begin and end, and what changes them, for tests of how they are kept."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from unit.lists import NOW, become, partner

from sync_panel.rules.site import Parameters
from sync_panel.store.database import Database
from sync_panel.store.own_requests import Request, load_request, request_begins, request_failed, request_succeeded
from sync_panel.store.partners import add_partner, all_partners, remove_partners, save_parameters, save_partner
from sync_panel.store.site import load_interval, load_site, save_interval

LATER, LATEST = NOW + timedelta(minutes=15), NOW + timedelta(minutes=30)
NEVER = Request(
    asking=False,
    last_at=None,
    succeeded_at=None,
    failed_at=None,
    failure=None,
    failure_values={},
    failures=0,
    exchanged_at=None,
    exchange=None,
)
Change = Callable[[sqlite3.Connection], object]


def satellite_in(database: Database) -> Database:
    """Make the site a satellite that lists its primary and has its interval for long, and return its database."""
    with database.writing() as db:
        save_interval(db, load_interval(db).minutes, version=load_interval(db).version, now=NOW - timedelta(days=99))
        become(db, 2)
        add_partner(db, partner(1))
    return database


def stands(database: Database) -> Request:
    """Return how the requests stand."""
    with database.reading() as db:
        return load_request(db)


def act(database: Database, *changes: Change) -> None:
    """Change something."""
    for change in changes:
        with database.writing() as db:
            change(db)


def begins(at: datetime = NOW) -> Change:
    """Let a request go out."""
    return lambda db: request_begins(db, at)


def succeeds(at: datetime = NOW) -> Change:
    """Let the request that began then be answered at once."""
    return lambda db: request_succeeded(db, at, at)


def fails(at: datetime = NOW, failure: str = "REFUSED", **values: object) -> Change:
    """Let the request that began then fail at once."""
    return lambda db: request_failed(db, at, failure, values, at)


def moves_primary(db: sqlite3.Connection) -> None:
    """Change the primary's address."""
    (listed,) = all_partners(db)
    save_partner(db, listed.id, partner(1, url="https://moved"), version=listed.version)


def removes_all(db: sqlite3.Connection) -> None:
    """Remove every partner."""
    remove_partners(db, [(listed.id, listed.version) for listed in all_partners(db)])


def sets_password(db: sqlite3.Connection) -> None:
    """Save a new password, and all else as it is."""
    site = load_site(db)
    save_parameters(db, site.parameters, sealed_password=b"sealed anew", version=site.version, now=NOW)


def renames_site(db: sqlite3.Connection) -> None:
    """Save another name, and keep the password."""
    new = Parameters(2, "Renamed", "Store of here", "https://here", "sync")
    save_parameters(db, new, sealed_password=None, version=load_site(db).version, now=NOW)


def pauses(db: sqlite3.Connection) -> None:
    """Save the interval 0."""
    save_interval(db, 0, version=load_interval(db).version, now=NOW)


def sets_interval(db: sqlite3.Connection) -> None:
    """Save another interval."""
    interval = load_interval(db)
    save_interval(db, interval.minutes + 45, version=interval.version, now=NOW)
