"""Rule of requests: how long to wait for the next one, and when a satellite is overdue by its own interval."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_panel.link.schedule import next_request
from sync_panel.rules.interval import LONGEST_INTERVAL, is_overdue, requests_from, until_next_request
from sync_panel.store.own_requests import Request
from sync_panel.store.site import Interval

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def request(last_at: datetime | None, failures: int = 0, *, asking: bool = False) -> Request:
    """Return how this site's requests stand."""
    return Request(asking, last_at, last_at, None, None, {}, failures, None, None)


def interval(minutes: int) -> Interval:
    """Return an interval that was set now."""
    return Interval(minutes, NOW, 1)


@pytest.mark.parametrize("minutes", [1, 15, 1440, LONGEST_INTERVAL])
def test_a_satellite_is_overdue_once_three_of_its_own_intervals_are_over(minutes: int) -> None:
    last = NOW - 3 * minutes * MINUTE
    assert not is_overdue(last, minutes, NOW)
    assert is_overdue(last - timedelta(seconds=1), minutes, NOW)


def test_two_missed_intervals_are_not_enough() -> None:
    assert not is_overdue(NOW - 44 * MINUTE, 15, NOW)


def test_a_satellite_that_pauses_is_never_overdue() -> None:
    assert not is_overdue(NOW - timedelta(days=4000), 0, NOW)


def test_a_request_from_the_future_is_not_overdue() -> None:
    assert not is_overdue(NOW + timedelta(days=1), 1, NOW)


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 120), (1, 1), (2, 2), (3, 5), (4, 10), (5, 15), (6, 30), (7, 60), (8, 60), (10**6, 60)]
)
def test_failures_in_a_row_are_tried_again_sooner(failures: int, wait: int) -> None:
    assert until_next_request(120, failures, timedelta(0)) == wait * MINUTE


@settings(deadline=None)
@given(st.integers(1, LONGEST_INTERVAL), st.integers(0, 100))
def test_a_retry_never_comes_later_than_the_interval(minutes: int, failures: int) -> None:
    wait = until_next_request(minutes, failures, timedelta(0))
    assert wait is not None
    assert MINUTE <= wait <= minutes * MINUTE


@pytest.mark.parametrize("failures", [0, 1, 9])
def test_a_pause_waits_for_nothing(failures: int) -> None:
    assert until_next_request(0, failures, timedelta(0)) is None
    assert next_request(interval(0), request(NOW, failures), NOW) is None


@pytest.mark.parametrize(("failures", "wait"), [(0, 60), (1, 1), (2, 2), (6, 30), (7, 60), (10**6, 60)])
def test_a_pause_that_is_not_told_yet_is_tried_like_what_failed(failures: int, wait: int) -> None:
    assert until_next_request(0, failures, timedelta(0), untold=True) == wait * MINUTE
    assert until_next_request(0, failures, None, untold=True) == timedelta(0)


def test_the_next_request_is_an_interval_after_the_last() -> None:
    assert next_request(interval(15), request(NOW - 5 * MINUTE), NOW) == NOW + 10 * MINUTE
    assert next_request(interval(15), request(NOW - 5 * MINUTE, failures=4), NOW) == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    "last",
    [request(None), request(NOW, asking=True), request(NOW - 99 * MINUTE), request(NOW + 99 * MINUTE)],
    ids=["never asked", "Sync now", "long ago", "in the future"],
)
def test_what_is_due_is_asked_now(last: Request) -> None:
    assert next_request(interval(15), last, NOW) == NOW


def test_the_requests_that_follow_lie_whole_intervals_apart() -> None:
    assert requests_from(NOW, 15) == [NOW, NOW + 15 * MINUTE, NOW + 30 * MINUTE]
