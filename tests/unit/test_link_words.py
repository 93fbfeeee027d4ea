"""The words for the link: how long ago, the last failure, and how the host's exchange ended."""

import json
from datetime import timedelta

import pytest
from unit.link_seen import NOW, ends, row, state
from unit.requests_noted import satellite_in

from sync_panel.link.failures import Failure
from sync_panel.store.database import Database
from sync_panel.store.own_requests import Exchange, ExchangeOutcome
from sync_panel.web.link_words import exchange_in_words
from sync_panel.web.words import ago


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (119, "1 minute ago"),
        (120, "2 minutes ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (7200, "2 hours ago"),
        (86399, "23 hours ago"),
        (86400, "1 day ago"),
        (172800, "2 days ago"),
        (400 * 86400, "400 days ago"),
        (-1, "within a minute"),
        (-59, "within a minute"),
        (-60, "in 1 minute"),
        (-120, "in 2 minutes"),
        (-3600, "in 1 hour"),
        (-7200, "in 2 hours"),
        (-86400, "in 1 day"),
        (-172800, "in 2 days"),
    ],
)
def test_how_long_ago_or_how_far_ahead(seconds: int, said: str) -> None:
    assert str(ago(NOW - timedelta(seconds=seconds), NOW)) == said


@pytest.fixture
def satellite(database: Database) -> Database:
    """Return the database of a satellite that lists its primary and has asked nobody yet."""
    return satellite_in(database)


def test_the_last_failure_is_told_with_its_values(satellite: Database) -> None:
    ends(satellite, 1, "REFUSED", address="10.0.0.1", port=443)
    assert str(state(satellite).failure).startswith("10.0.0.1 is there, but nothing listens at port 443.")
    assert state(satellite).is_failing
    ends(satellite, 0)
    assert not state(satellite).is_failing
    assert state(satellite).failure


@pytest.mark.parametrize("failure", [Failure.OTHER_VALUES, Failure.LISTED_OTHERWISE])
def test_values_that_differ_are_told_as_they_are_noted_now_and_as_they_once_were(
    satellite: Database, failure: Failure
) -> None:
    ends(satellite, 1, failure.name, differences=[("store", "Lae", "LAE"), ("name", "A", "B")])
    assert "here. Store: “Lae” there, “LAE” here. Name: “A” there, “B” here. Correct" in str(state(satellite).failure)
    ends(satellite, 1, failure.name, there="1 Here, Lae", here="1 Here, LAE")
    assert "here. “1 Here, Lae” there, “1 Here, LAE” here. Correct" in str(state(satellite).failure)


@pytest.mark.parametrize("failure", list(Failure))
def test_a_failure_without_its_values_is_told_all_the_same(satellite: Database, failure: Failure) -> None:
    ends(satellite, 1, failure.name)
    expected = "The request failed." if "%(" in failure.value.sentence.template else failure.value.sentence.template
    assert str(state(satellite).failure) == expected


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("OF_A_LATER_VERSION", {}),
        ("", {}),
        ("REFUSED", {"address": "10.0.0.1"}),
        ("REFUSED", None),
        ("REFUSED", ["address", "port"]),
        ("REFUSED", 7),
        ("OTHER_VALUES", {"there": "1 Here, Lae"}),
        *(("OTHER_VALUES", {"differences": each}) for each in ([], None, 7, [7], [["store"]], [["size", 1, 2]])),
    ],
)
def test_a_failure_that_another_version_kept_is_said_to_be_one(satellite: Database, name: str, values: object) -> None:
    ends(satellite, 1, "TOO_SLOW")
    with satellite.writing() as db:
        db.execute("UPDATE request SET failure = ?, failure_values = ?", (name, json.dumps(values)))
    assert str(state(satellite).failure) == "The request failed."
    assert row(satellite)[1] == "Failed"


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (Exchange(ExchangeOutcome.DONE, 0, "12 records"), "done: 12 records"),
        (Exchange(ExchangeOutcome.DONE, 0), "done"),
        (Exchange(ExchangeOutcome.FAILED, 3, "disk full"), "failed with status 3: disk full"),
        (Exchange(ExchangeOutcome.TOO_SLOW, line="half way"), "took too long and was ended: half way"),
        (Exchange(ExchangeOutcome.NOT_STARTED, line="No such file"), "could not be started: No such file"),
    ],
)
def test_an_exchange_is_told_in_words(exchange: Exchange, said: str) -> None:
    assert str(exchange_in_words(exchange)) == said


def test_a_callable_that_failed_has_no_status_to_tell() -> None:
    said = str(exchange_in_words(Exchange(ExchangeOutcome.FAILED, line="ValueError: disk full")))
    assert said.endswith(": ValueError: disk full")
    assert "None" not in said
    assert "status" not in said


@pytest.mark.parametrize(
    "exchange", [Exchange(ExchangeOutcome.FAILED, 3), Exchange(ExchangeOutcome.TOO_SLOW)], ids=["failed", "too slow"]
)
def test_an_exchange_that_printed_nothing_leads_to_nothing(exchange: Exchange) -> None:
    assert not str(exchange_in_words(exchange)).rstrip().endswith(":")
