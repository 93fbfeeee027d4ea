"""What makes this site's next request due at once, and lets one that is under way count for nothing."""

import pytest
from unit.lists import NOW, become, fill, partner
from unit.requests_noted import (
    LATER,
    LATEST,
    NEVER,
    Change,
    act,
    begins,
    fails,
    moves_primary,
    pauses,
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
    exchange_ended,
    request_begins,
    request_succeeded,
)
from sync_panel.store.partners import all_partners, save_partner, undo_removal
from sync_panel.store.site import count_request

CHANGES = [moves_primary, sets_password, renames_site, sets_interval]


@pytest.fixture
def satellite(database: Database) -> Database:
    """Return the database of a satellite that lists its primary."""
    return satellite_in(database)


def test_a_new_database_has_made_no_request(database: Database) -> None:
    assert stands(database) == NEVER


def test_a_new_primary_is_asked_at_once(satellite: Database) -> None:
    assert stands(satellite).asking
    assert stands(satellite).last_at is None


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_makes_the_next_request_due_at_once(satellite: Database, change: Change) -> None:
    act(satellite, begins(), succeeds())
    assert not stands(satellite).asking
    act(satellite, change)
    request = stands(satellite)
    assert (request.asking, request.last_at, request.failures) == (True, None, 0)
    assert request.succeeded_at == NOW


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_begins_the_count_of_failures_anew_and_keeps_the_last(satellite: Database, change: Change) -> None:
    act(satellite, begins(), fails(), begins(LATER), fails(LATER), change)
    request = stands(satellite)
    assert (request.asking, request.failures, request.failure, request.failed_at) == (True, 0, "REFUSED", LATER)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("ends", [succeeds(), fails()], ids=["success", "failure"])
def test_a_result_under_way_during_a_change_counts_for_nothing(
    satellite: Database, change: Change, ends: Change
) -> None:
    act(satellite, begins(), change)
    before = stands(satellite)
    act(satellite, ends)
    assert stands(satellite) == before
    assert before.asking


def test_a_success_tells_whether_it_counts(satellite: Database) -> None:
    with satellite.writing() as db:
        request_begins(db, NOW)
        assert request_succeeded(db, NOW, LATER)
        request_begins(db, LATER)
        moves_primary(db)
        assert not request_succeeded(db, LATER, LATEST)
    assert stands(satellite).succeeded_at == LATER


def test_an_older_request_does_not_count_for_the_newer(satellite: Database) -> None:
    act(satellite, begins(), begins(LATER), succeeds(), fails())
    request = stands(satellite)
    assert (request.asking, request.last_at) == (True, LATER)
    assert (request.succeeded_at, request.failed_at, request.failures) == (None, None, 0)


@pytest.mark.parametrize("ends", [succeeds(), fails()], ids=["success", "failure"])
def test_a_removed_primary_is_forgotten_and_its_last_result_too(satellite: Database, ends: Change) -> None:
    exchange = Exchange(ExchangeOutcome.DONE, 0, "12 records")
    act(satellite, begins(), fails(), succeeds(), lambda db: exchange_ended(db, 2, "https://host-1", exchange, NOW))
    act(satellite, begins(), removes_all)
    assert stands(satellite) == NEVER
    act(satellite, ends)
    assert stands(satellite) == NEVER


def test_a_primary_that_comes_back_is_asked_at_once(satellite: Database) -> None:
    act(satellite, begins(), succeeds(), removes_all, undo_removal)
    assert stands(satellite) == Request(**(vars(NEVER) | {"asking": True}))


@pytest.mark.parametrize("was_asked", [True, False])
def test_a_primary_that_was_asked_and_comes_back_is_told_of_a_pause_meanwhile(
    satellite: Database, *, was_asked: bool
) -> None:
    if was_asked:
        act(satellite, count_request, begins(), succeeds())
    act(satellite, removes_all, pauses, undo_removal)
    assert stands(satellite).untold is was_asked


def test_the_list_of_a_primary_and_its_parameters_ask_nobody(database: Database) -> None:
    with database.writing() as db:
        fill(db, partner(2), partner(3))
        first = all_partners(db)[0]
        save_partner(db, first.id, partner(2, "Renamed"), version=first.version)
        sets_password(db)
        sets_interval(db)
        removes_all(db)
        undo_removal(db)
    assert stands(database) == NEVER


def test_a_primary_that_lists_nobody_becomes_a_satellite_that_asks(database: Database) -> None:
    act(database, lambda db: become(db, 1))
    assert not stands(database).asking
    act(database, lambda db: become(db, 2))
    assert stands(database).asking


def test_another_interval_is_untold_until_a_request_with_it_was_answered(satellite: Database) -> None:
    act(satellite, begins(), sets_interval, succeeds())
    assert stands(satellite).untold
    act(satellite, begins(LATER), fails(LATER))
    assert stands(satellite).untold
    act(satellite, begins(LATEST), succeeds(LATEST))
    assert not stands(satellite).untold


@pytest.mark.parametrize("ends", [None, succeeds(), fails()], ids=["under way", "success", "failure"])
def test_another_interval_is_told_to_whom_may_know_the_last_one(satellite: Database, ends: Change | None) -> None:
    act(satellite, sets_interval)
    assert not stands(satellite).untold
    act(satellite, begins(), *([ends] if ends else []), sets_interval)
    assert stands(satellite).untold
