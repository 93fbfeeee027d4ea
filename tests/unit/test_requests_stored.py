"""What is kept of this site's own requests: failures and their count, values, and the exchange."""

import sqlite3

import pytest
from unit.lists import NOW
from unit.requests_noted import LATER, LATEST, act, begins, fails, moves_primary, satellite_in, stands, succeeds

from sync_panel.store.database import Database
from sync_panel.store.own_requests import Exchange, ExchangeOutcome, Request, ask_at_once, exchange_ended


@pytest.fixture
def satellite(database: Database) -> Database:
    """Return the database of a satellite that lists its primary."""
    return satellite_in(database)


def test_failures_are_counted_and_a_success_resets_the_count_but_keeps_the_last(satellite: Database) -> None:
    act(satellite, begins(), fails(), begins(LATER), fails(LATER, "TIMED_OUT", address="10.0.0.1"))
    request = stands(satellite)
    assert (request.failures, request.failed_at, request.asking) == (2, LATER, False)
    assert request.succeeded_at is None
    act(satellite, begins(LATEST), succeeds(LATEST))
    request = stands(satellite)
    assert (request.failures, request.succeeded_at, request.asking) == (0, LATEST, False)
    assert (request.failure, request.failed_at) == ("TIMED_OUT", LATER)
    assert request.failure_values == {"address": "10.0.0.1"}


def test_values_survive_as_json(satellite: Database) -> None:
    values = {"host": "Größe “x” \u2028 %s", "port": 443, "listed": None, "there": ["a", 1.5, True], "here": {"a": "b"}}
    act(satellite, begins(), fails(NOW, "OTHER_VALUES", **values))
    assert stands(satellite).failure_values == values


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(ExchangeOutcome.DONE, 0, "12 records"),
        Exchange(ExchangeOutcome.FAILED, -9, "Größe"),
        Exchange(ExchangeOutcome.TOO_SLOW),
        Exchange(ExchangeOutcome.NOT_STARTED, line="No such file"),
    ],
)
def test_an_exchange_is_kept_through_the_requests_that_follow(satellite: Database, exchange: Exchange) -> None:
    act(satellite, begins(), succeeds(), lambda db: exchange_ended(db, NOW, exchange, LATER))
    act(satellite, begins(LATEST), fails(LATEST), moves_primary)
    request = stands(satellite)
    assert (request.exchange, request.exchanged_at) == (exchange, LATER)


def test_asking_at_once_keeps_all_else(satellite: Database) -> None:
    act(satellite, begins(), fails())
    before = stands(satellite)
    act(satellite, ask_at_once)
    assert stands(satellite) == Request(**(vars(before) | {"asking": True}))


@pytest.mark.parametrize(
    "assignment", ["asking = 2", "exchange_outcome = 'lost'", "id = 2", "failures = NULL", "untold = 2"]
)
def test_sqlite_refuses_what_no_request_can_be(raw: sqlite3.Connection, satellite: Database, assignment: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(f"UPDATE request SET {assignment}")
