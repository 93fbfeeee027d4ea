"""A link in some state, and what the page says of it, for tests of the words."""

from datetime import UTC, datetime, timedelta

from sync_panel.store.contacts import Caller
from sync_panel.store.database import Database
from sync_panel.store.own_requests import (
    Exchange,
    exchange_ended,
    request_begins,
    request_failed,
    request_succeeded,
)
from sync_panel.store.partners import all_partners
from sync_panel.store.site import load_interval, load_site
from sync_panel.web.link_words import Link, State, link_state

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def asked(minutes_ago: float, interval: int = 15, installation: str = "one") -> Caller:
    """Return who asked so long ago."""
    return Caller(NOW - minutes_ago * MINUTE, "10.0.0.7", interval, installation, 5)


def state(database: Database) -> Link:
    """Return what the page says, of all rows."""
    with database.reading() as db:
        return link_state(db, load_site(db), load_interval(db), all_partners(db), NOW, has_schedule=True)


def said(state: State) -> tuple[str, str, str, str]:
    """Return what a row says: its kind, its word, since when, and the detail."""
    return state.kind, str(state.word), str(state.at.age) if state.at else "", str(state.detail or "")


def ends(database: Database, minutes_ago: int, failure: str = "", **values: object) -> None:
    """Note a request that ended so long ago."""
    at = NOW - minutes_ago * MINUTE
    with database.writing() as db:
        request_begins(db, at)
        if failure:
            request_failed(db, at, failure, values, at)
        else:
            request_succeeded(db, at, at)


def exchanges(database: Database, minutes_ago: int, exchange: Exchange) -> None:
    """Note how the exchange after the last request ended, so long ago."""
    with database.writing() as db:
        exchange_ended(db, 2, all_partners(db)[0].partner.url, exchange, NOW - minutes_ago * MINUTE)


def row(database: Database) -> tuple[str, str, str, str]:
    """Return what the row of a satellite's primary says."""
    (only,) = state(database).states.values()
    return said(only)
