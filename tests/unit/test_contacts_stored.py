"""What is kept of a partner's requests: the last one, and a second server under its Sync ID."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from unit.lists import NOW, fill, partner

from sync_panel.rules.partner import Identity
from sync_panel.store.contacts import (
    Caller,
    Contact,
    accept_known,
    accept_rival,
    contact_of,
    contacts_of,
    note_caller,
    note_rival,
)
from sync_panel.store.database import Database
from sync_panel.store.own_requests import ExchangeOutcome
from sync_panel.store.partners import all_partners, remove_partners, undo_removal

Note = Callable[[sqlite3.Connection, int, Caller], None]
HERE = Identity(1, "Here “x”", "Store", "https://here")
KNOWN = Caller(NOW, "10.0.0.7", 15, "one", 5)
NEXT = Caller(NOW + timedelta(minutes=15), "10.0.0.9", 20, "one", 6)
RIVAL = Caller(NOW, "10.0.0.8", 30, "other", 1, "https://rival", HERE, ExchangeOutcome.FAILED)


def kept(database: Database, sync_id: int = 2) -> Contact:
    """Return what is known of one partner, which is the same in both ways to ask for it."""
    with database.reading() as db:
        contact = contact_of(db, sync_id)
        assert contacts_of(db).get(sync_id, Contact()) == contact
    return contact


def test_who_never_asked_is_not_known(database: Database) -> None:
    assert kept(database) == Contact()
    with database.reading() as db:
        assert contacts_of(db) == {}


def test_a_request_is_noted_whole(database: Database) -> None:
    with database.writing() as db:
        note_caller(db, 2, KNOWN)
    assert kept(database) == Contact(KNOWN)


@pytest.mark.parametrize("outcome", ExchangeOutcome)
def test_what_it_told_is_noted_with_it_and_forgotten_with_the_next(
    database: Database, outcome: ExchangeOutcome
) -> None:
    told = replace(KNOWN, url="https://own", listed=HERE, exchange=outcome)
    with database.writing() as db:
        note_caller(db, 2, told)
    assert kept(database) == Contact(told)
    with database.writing() as db:
        note_caller(db, 2, NEXT)
    assert kept(database) == Contact(NEXT)


def test_the_next_request_takes_its_place(database: Database) -> None:
    with database.writing() as db:
        note_caller(db, 2, KNOWN)
        note_caller(db, 2, NEXT)
    assert kept(database) == Contact(NEXT)


def test_a_time_keeps_its_zone(database: Database) -> None:
    at = datetime(2026, 11, 23, 14, 30, 1, 5, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
    with database.writing() as db:
        note_caller(db, 2, replace(KNOWN, at=at))
        note_rival(db, 2, replace(RIVAL, at=at))
    contact = kept(database)
    assert contact.known
    assert contact.rival
    for noted in (contact.known.at, contact.rival.at):
        assert (noted, noted.utcoffset()) == (at, at.utcoffset())


def test_a_second_server_is_noted_beside_the_known_one(database: Database) -> None:
    with database.writing() as db:
        note_caller(db, 2, KNOWN)
        note_rival(db, 2, RIVAL)
    assert kept(database) == Contact(KNOWN, RIVAL)


def test_the_last_request_of_a_second_server_counts(database: Database) -> None:
    last = replace(RIVAL, counter=2, address="10.0.0.10")
    with database.writing() as db:
        note_caller(db, 2, KNOWN)
        note_rival(db, 2, RIVAL)
        note_rival(db, 2, last)
    assert kept(database).rival == last


def test_the_known_server_goes_on(database: Database) -> None:
    with database.writing() as db:
        note_caller(db, 2, KNOWN)
        note_rival(db, 2, RIVAL)
        accept_known(db, 2)
    assert kept(database) == Contact(KNOWN)


def test_the_second_server_goes_on_in_place_of_the_known_one(database: Database) -> None:
    with database.writing() as db:
        note_caller(db, 2, KNOWN)
        note_rival(db, 2, RIVAL)
        accept_rival(db, 2)
    assert kept(database) == Contact(RIVAL)


def test_where_there_is_no_second_server_the_choice_changes_nothing(database: Database) -> None:
    with database.writing() as db:
        note_caller(db, 2, KNOWN)
        accept_rival(db, 2)
        accept_known(db, 2)
    assert kept(database) == Contact(KNOWN)


def test_each_sync_id_is_kept_apart(database: Database) -> None:
    with database.writing() as db:
        for sync_id in (2, 3):
            note_caller(db, sync_id, replace(KNOWN, counter=sync_id))
            note_rival(db, sync_id, replace(RIVAL, counter=sync_id))
    before = kept(database, 3)
    with database.writing() as db:
        note_caller(db, 2, NEXT)
        accept_rival(db, 2)
    assert kept(database, 2) == Contact(replace(RIVAL, counter=2))
    assert kept(database, 3) == before
    assert before == Contact(replace(KNOWN, counter=3), replace(RIVAL, counter=3))


def test_it_outlives_a_removal_and_undo(database: Database) -> None:
    with database.writing() as db:
        fill(db, partner(2), partner(3))
        note_caller(db, 2, KNOWN)
        note_rival(db, 2, RIVAL)
        remove_partners(db, [(listed.id, listed.version) for listed in all_partners(db)])
    assert kept(database) == Contact(KNOWN, RIVAL)
    with database.writing() as db:
        undo_removal(db)
    assert kept(database) == Contact(KNOWN, RIVAL)


@pytest.mark.parametrize(
    ("asked", "is_after"),
    [
        (NEXT, True),
        (replace(NEXT, counter=5), False),
        (replace(NEXT, counter=4), False),
        (replace(NEXT, installation="other"), False),
        (replace(KNOWN, counter=900, at=NOW - timedelta(days=900)), True),
    ],
    ids=["one further", "the same again", "fallen back", "another installation", "the clock does not count"],
)
def test_the_same_installation_goes_on_when_its_counter_grows(asked: Caller, *, is_after: bool) -> None:
    assert asked.is_after(KNOWN) is is_after


@pytest.mark.parametrize("note", [note_caller, note_rival])
@pytest.mark.parametrize("minutes", [0, 10080])
def test_every_interval_that_a_site_can_have_is_taken(database: Database, note: Note, minutes: int) -> None:
    with database.writing() as db:
        note(db, 2, replace(KNOWN, minutes=minutes))
        assert contact_of(db, 2) != Contact()


@pytest.mark.parametrize("note", [note_caller, note_rival])
@pytest.mark.parametrize("minutes", [-1, 10081])
def test_sqlite_refuses_an_interval_out_of_range(raw: sqlite3.Connection, note: Note, minutes: int) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        note(raw, 2, replace(KNOWN, minutes=minutes))
    assert contact_of(raw, 2) == Contact()
