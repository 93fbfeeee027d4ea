"""How each row of the list says the link stands, and how a primary counts its satellites by state."""

import sqlite3
from dataclasses import replace

import pytest
from unit.link_seen import MINUTE, NOW, asked, ends, exchanges, row, said, state
from unit.lists import fill, partner
from unit.requests_noted import satellite_in

from sync_panel.rules.partner import Identity
from sync_panel.store.contacts import Caller, note_caller, note_rival
from sync_panel.store.database import Database
from sync_panel.store.own_requests import Exchange, ExchangeOutcome
from sync_panel.store.partners import add_partner, all_partners
from sync_panel.store.refusals import note_refused
from sync_panel.store.site import load_interval, load_site, save_interval
from sync_panel.web.link_words import link_state

LISTED_OTHERWISE = "That server lists this site otherwise than it is called here."


def in_every_state(db: sqlite3.Connection) -> None:
    """Make the site a primary with a satellite in each state: 2 on time, 3 overdue, 4 never … 9 exchange failed."""
    fill(db, *(partner(sync_id) for sync_id in range(2, 10)))
    note_caller(db, 2, asked(45))
    note_caller(db, 3, asked(46))
    note_caller(db, 5, asked(9000, interval=0))
    note_caller(db, 6, asked(5))
    note_refused(db, replace(asked(3), counter=6), Identity(99, "Gizo", "Ward", partner(6).url))
    note_caller(db, 7, asked(90))
    note_refused(db, replace(asked(0), counter=6), Identity(7, "Gizo", "Ward", None))
    note_rival(db, 7, asked(120, installation="other"))
    note_caller(db, 8, replace(asked(4), listed=Identity(1, "Here", "Cellar", None)))
    note_caller(db, 9, replace(asked(4), exchange=ExchangeOutcome.FAILED))


def test_each_row_of_a_primary_says_how_its_satellite_stands(database: Database) -> None:
    with database.writing() as db:
        in_every_state(db)
    states = state(database).states.values()
    assert [str(remark) for each in states for remark in each.remarks if "last contact" in str(remark)]
    assert [said(each) for each in states] == [
        ("good", "On time", "45 minutes ago", ""),
        ("bad", "Overdue", "46 minutes ago", "It should ask every 15 minutes."),
        ("idle", "No contact yet", "", ""),
        ("idle", "Paused there", "6 days ago", ""),
        (
            "bad",
            "Refused",
            "3 minutes ago",
            "Sync ID: 99 there, 6 here. Name: “Gizo” there, “Place 6” here. Store: “Ward” there, “Store” here.",
        ),
        ("bad", "Two servers", "2 hours ago", "An editor chooses above which of them goes on."),
        (
            "bad",
            "Failed there",
            "4 minutes ago",
            f"{LISTED_OTHERWISE} Store: “Cellar” there, “Store of here” here. Correct the side that is wrong.",
        ),
        (
            "bad",
            "Exchange failed",
            "4 minutes ago",
            "Before this contact its exchange of data failed. Its own page says more.",
        ),
    ]


def test_a_primary_counts_its_satellites_by_state(database: Database) -> None:
    with database.writing() as db:
        in_every_state(db)
        add_partner(db, partner(10))
    assert [(kind, str(sentence)) for kind, sentence in state(database).counts] == [
        ("good", "1 on time"),
        ("bad", "1 overdue"),
        ("bad", "1 failed there"),
        ("bad", "1 with a failed exchange"),
        ("idle", "2 without contact yet"),
        ("idle", "1 paused there"),
        ("bad", "1 refused"),
        ("bad", "1 with two servers under one Sync ID"),
    ]


def test_only_the_shown_rows_are_told_and_all_are_counted(database: Database) -> None:
    with database.writing() as db:
        in_every_state(db)
        link = link_state(db, load_site(db), load_interval(db), all_partners(db)[:1], NOW, has_schedule=True)
    assert len(link.states) == 1
    assert len(link.counts) == 8


@pytest.mark.parametrize(("installation", "is_other"), [("other", True), ("one", False)])
def test_two_servers_are_shown_side_by_side(database: Database, installation: str, *, is_other: bool) -> None:
    with database.writing() as db:
        fill(db, partner(2), partner(3))
        note_caller(db, 2, asked(90))
        note_rival(db, 2, Caller(NOW, "10.0.0.8", 15, installation, 2))
    (second,) = state(database).seconds
    assert second.partner.partner == partner(2)
    assert (second.known.address, second.known.counter, str(second.known.at.age)) == ("10.0.0.7", 5, "1 hour ago")
    assert (second.rival.address, second.rival.counter, str(second.rival.at.age)) == ("10.0.0.8", 2, "just now")
    assert second.is_other_installation is is_other


@pytest.fixture
def satellite(database: Database) -> Database:
    """Return the database of a satellite that lists its primary and has asked nobody yet."""
    return satellite_in(database)


def test_the_row_of_a_primary_follows_the_requests_of_its_satellite(satellite: Database) -> None:
    assert row(satellite) == ("idle", "Not asked yet", "", "")
    ends(satellite, 46)
    assert row(satellite) == ("bad", "Overdue", "46 minutes ago", "")
    ends(satellite, 45)
    assert row(satellite) == ("good", "Works", "45 minutes ago", "")
    ends(satellite, 2, "TOO_SLOW")
    assert row(satellite) == ("bad", "Failed", "2 minutes ago", "")
    ends(satellite, 0)
    assert row(satellite) == ("good", "Works", "just now", "")


@pytest.mark.parametrize(("saved", "word"), [(2, "Works"), (46, "Overdue"), (-60, "Overdue")])
def test_nobody_is_overdue_by_an_interval_that_was_saved_since(satellite: Database, saved: int, word: str) -> None:
    ends(satellite, 50)
    with satellite.writing() as db:
        at = NOW - saved * MINUTE  # below zero as after a clock was set back
        save_interval(db, 15, version=load_interval(db).version, now=at)
    assert row(satellite) == ("good" if word == "Works" else "bad", word, "50 minutes ago", "")


def test_the_row_of_a_primary_that_is_not_asked_is_paused(satellite: Database) -> None:
    ends(satellite, 60)
    ends(satellite, 30, "TOO_SLOW")
    with satellite.writing() as db:
        save_interval(db, 0, version=load_interval(db).version, now=NOW)
    assert row(satellite) == ("idle", "Paused", "1 hour ago", "")
    assert state(satellite).paused
    assert state(satellite).asking, "the pause is told to the primary"
    assert not state(satellite).requests
    ends(satellite, 0)
    assert row(satellite) == ("idle", "Paused", "just now", "")
    assert state(satellite).next is None
    assert not state(satellite).asking


def test_a_satellite_counts_no_rows(satellite: Database) -> None:
    with satellite.writing() as db:
        note_caller(db, 1, asked(0))
    assert not state(satellite).counts


@pytest.mark.parametrize("outcome", sorted(set(ExchangeOutcome) - {ExchangeOutcome.DONE}))
def test_a_failed_exchange_is_told_until_one_works(database: Database, outcome: ExchangeOutcome) -> None:
    satellite_in(database)
    ends(database, 30)
    exchanges(database, 29, Exchange(outcome, line="disk full"))
    kind, word, since, detail = row(database)
    assert (kind, word, since) == ("bad", "Exchange failed", "29 minutes ago")
    assert detail.endswith(": disk full")
    assert state(database).has_exchange_failed
    ends(database, 15)  # the exchange that follows is under way
    assert row(database)[1] == "Exchange failed"
    ends(database, 14, "TOO_SLOW")
    assert row(database)[1] == "Failed"
    ends(database, 1)
    exchanges(database, 0, Exchange(ExchangeOutcome.DONE))
    assert row(database) == ("good", "Works", "1 minute ago", "")
    assert not state(database).has_exchange_failed
