"""What a row says of what the other server told: how its exchange of data ended, how it lists this site, both URLs."""

from dataclasses import replace

import pytest
from unit.link_seen import NOW, asked, row, said, state
from unit.lists import fill, partner
from unit.requests_noted import satellite_in

from sync_panel.rules.partner import Identity
from sync_panel.store.contacts import Caller, note_caller
from sync_panel.store.database import Database
from sync_panel.store.own_requests import ExchangeOutcome, request_begins, request_succeeded
from sync_panel.store.partners import save_parameters
from sync_panel.store.site import load_site


def said_of(database: Database, caller: Caller) -> tuple[str, str, str, str]:
    """Return what the row of the only satellite says after such a contact."""
    with database.writing() as db:
        note_caller(db, 2, caller)
    (only,) = state(database).states.values()
    return said(only)


@pytest.fixture
def primary(database: Database) -> Database:
    """Return the database of a primary that lists one satellite."""
    with database.writing() as db:
        fill(db, partner(2))
    return database


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (ExchangeOutcome.FAILED, "failed."),
        (ExchangeOutcome.TOO_SLOW, "took too long and was ended."),
        (ExchangeOutcome.NOT_STARTED, "could not be started."),
    ],
)
def test_a_satellite_is_not_on_time_while_its_exchange_fails(
    primary: Database, outcome: ExchangeOutcome, says: str
) -> None:
    failing = replace(asked(45), exchange=outcome)
    kind, word, since, detail = said_of(primary, failing)
    assert (kind, word, since) == ("bad", "Exchange failed", "45 minutes ago")
    assert f"its exchange of data {says}" in detail
    assert said_of(primary, replace(asked(46), exchange=outcome))[1] == "Overdue"
    assert said_of(primary, replace(asked(5, interval=0), exchange=outcome))[1] == "Paused there"
    assert said_of(primary, replace(asked(5), exchange=ExchangeOutcome.DONE))[:2] == ("good", "On time")
    assert said_of(primary, asked(0))[:2] == ("good", "On time")


def test_a_satellite_that_lists_the_primary_otherwise_is_right_once_either_side_is(primary: Database) -> None:
    other = replace(asked(5), listed=Identity(1, "Elsewhere", "Store of here", None))
    assert said_of(primary, other)[1] == "Failed there"
    with primary.writing() as db:
        save_parameters(
            db,
            replace(load_site(db).parameters, name="Elsewhere"),
            sealed_password=None,
            version=load_site(db).version,
            now=NOW,
        )
    assert said_of(primary, other)[1] == "On time"


CALLED = "That server has the URL %s on its own page; here it is %s. Both may stay so: a URL need not match."
LISTED = "That server lists this site with the URL %s; here it is %s. Both may stay so: a URL need not match."


def remarks(database: Database) -> list[str]:
    """Return the remarks in the only row."""
    (only,) = state(database).states.values()
    return [str(remark) for remark in only.remarks]


def test_a_primary_remarks_the_urls_that_differ_and_nobody_is_at_fault(primary: Database) -> None:
    listed = Identity(1, "Here", "Store of here", "https://by-address")
    assert said_of(primary, replace(asked(5), url="https://own", listed=listed))[:2] == ("good", "On time")
    assert remarks(primary) == [
        CALLED % ("https://own", "https://host-2"),
        LISTED % ("https://by-address", "https://here"),
    ]


def test_a_satellite_remarks_the_urls_that_differ_and_nobody_is_at_fault(database: Database) -> None:
    satellite_in(database)
    with database.writing() as db:
        request_begins(db, NOW)
        request_succeeded(db, NOW, NOW, ("https://own", "https://by-address"))
    assert row(database)[:2] == ("good", "Works")
    assert remarks(database) == [
        CALLED % ("https://own", "https://host-1"),
        LISTED % ("https://by-address", "https://here"),
    ]


@pytest.mark.parametrize(
    ("url", "listed"), [(None, None), ("https://host-2", "https://here")], ids=["not told", "the same"]
)
def test_urls_that_agree_or_are_not_told_are_no_remark(primary: Database, url: str, listed: str) -> None:
    said_of(primary, replace(asked(5), url=url, listed=Identity(1, "Here", "Store of here", listed)))
    assert not remarks(primary)
