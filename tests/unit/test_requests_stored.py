"""What is kept of this site's own requests: failures and their count, values, and the exchange."""

import sqlite3

import pytest
from unit.lists import NOW, become
from unit.requests_noted import (
    LATER,
    LATEST,
    Change,
    act,
    begins,
    fails,
    moves_primary,
    removes_all,
    renames_site,
    satellite_in,
    sets_interval,
    sets_password,
    stands,
    succeeds,
)

from sync_panel.store.database import Database
from sync_panel.store.own_requests import (
    Exchange,
    ExchangeOutcome,
    Request,
    ask_at_once,
    exchange_ended,
    request_succeeded,
)

FAILED = Exchange(ExchangeOutcome.FAILED, 7, "disk full")
ANOTHER: dict[str, Change] = {"primary": moves_primary, "site": lambda db: become(db, 3)}
THE_SAME: dict[str, Change] = {"interval": sets_interval, "name": renames_site, "password": sets_password}


def exchanges(exchange: Exchange, primary_url: str = "https://host-1") -> Change:
    """Let an exchange of satellite 2 with its primary end."""
    return lambda db: exchange_ended(db, 2, primary_url, exchange, LATER)


def hears(*urls: str) -> Change:
    """Let the request that began first be answered with the URLs of primary and satellite."""
    return lambda db: request_succeeded(db, NOW, NOW, (urls[0], urls[1]))


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
    act(satellite, begins(), succeeds(), exchanges(exchange))
    act(satellite, begins(LATEST), fails(LATEST), ask_at_once, *THE_SAME.values())
    request = stands(satellite)
    assert (request.exchange, request.exchanged_at) == (exchange, LATER)


@pytest.mark.parametrize("change", THE_SAME.values(), ids=THE_SAME)
def test_an_exchange_counts_whatever_is_changed_of_the_same_two_servers_meanwhile(
    satellite: Database, change: Change
) -> None:
    act(satellite, begins(), succeeds(), change, exchanges(FAILED))
    assert (stands(satellite).exchange, stands(satellite).exchanged_at) == (FAILED, LATER)


@pytest.mark.parametrize("change", [*ANOTHER.values(), removes_all], ids=[*ANOTHER, "nobody"])
def test_an_exchange_with_another_server_than_now_does_not_count(satellite: Database, change: Change) -> None:
    act(satellite, begins(), succeeds(), change, exchanges(FAILED))
    assert (stands(satellite).exchange, stands(satellite).exchanged_at) == (None, None)


@pytest.mark.parametrize("change", ANOTHER.values(), ids=ANOTHER)
def test_what_an_earlier_server_told_and_exchanged_is_forgotten(satellite: Database, change: Change) -> None:
    act(satellite, begins(), hears("https://one", "https://two"), exchanges(FAILED), change)
    request = stands(satellite)
    assert (request.urls, request.exchange, request.exchanged_at) == ((None, None), None, None)
    assert request.succeeded_at == NOW


def test_the_urls_that_the_primary_told_last_are_kept_while_it_is_the_same(satellite: Database) -> None:
    act(satellite, begins(), hears("https://one", "https://two"), *THE_SAME.values())
    assert stands(satellite).urls == ("https://one", "https://two")
    act(satellite, begins(LATEST), succeeds(LATEST))
    assert stands(satellite).urls == (None, None)


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
