"""Rule of the sync time interval: whole minutes from 0 to 10080, and when the next requests are."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.trying import refused, try_rule

from sync_panel.rules.interval import next_requests, parse_interval
from sync_panel.rules.problems import RefusedError

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # zoned by it


def at(hour: int, minute: int) -> datetime:
    return START.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("typed", "minutes"), [("0", 0), ("15", 15), ("10080", 10080), (" 15 ", 15), ("\u00a015\t", 15), ("0015", 15)]
)
def test_whole_minutes_up_to_a_week_are_right(typed: str, minutes: int) -> None:
    assert parse_interval(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["fifteen", "1.5", "1,5", "-1", "+1", "1e3", "0x10", "1 5", "١٥", "１５", "1\x00", "½"]
)
def test_what_is_no_whole_number_is_refused_and_named(typed: str) -> None:
    with pytest.raises(RefusedError, match="is not a whole number of minutes") as error:
        parse_interval(typed)
    assert typed in str(error.value)


@pytest.mark.parametrize("typed", ["10081", "2147483648", "9" * 20])
def test_more_than_a_week_is_refused_with_the_limit(typed: str) -> None:
    with pytest.raises(RefusedError, match=f"{typed} is too long. Enter at most 10080 minutes"):
        parse_interval(typed)


@pytest.mark.parametrize("typed", ["", " ", "\t\r\n", "\u3000"])
def test_an_empty_interval_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="This is empty"):
        parse_interval(typed)


def test_a_refusal_quotes_no_more_than_the_start_of_a_long_text() -> None:
    with pytest.raises(RefusedError) as error:
        parse_interval("9" * 50_000)
    assert len(str(error.value)) < 200


@settings(deadline=None)
@given(st.text())
@example("%s %(typed)s %")
def test_any_text_is_minutes_or_refused(typed: str) -> None:
    result = try_rule(parse_interval, typed)
    assert refused(result) or 0 <= result <= 10080


def test_the_next_requests_lie_whole_intervals_after_the_start() -> None:
    assert next_requests(15, START, at(14, 7)) == [at(14, 15), at(14, 30), at(14, 45)]


def test_a_request_that_is_due_now_is_not_a_next_one() -> None:
    assert next_requests(15, START, at(14, 15))[0] == at(14, 30)


def test_a_new_interval_first_waits_its_whole_length() -> None:
    assert next_requests(60, START, START)[0] == at(15, 0)


def test_an_interval_of_0_has_no_next_request() -> None:
    assert next_requests(0, START, at(14, 7)) == []


def test_a_start_in_the_future_counts_as_now() -> None:
    assert next_requests(30, at(23, 0), at(14, 7))[0] == at(14, 37)


def test_start_and_now_may_be_told_in_different_zones() -> None:
    now = at(14, 7).astimezone(timezone(timedelta(hours=10)))
    assert next_requests(15, START, now)[0] == at(14, 15)


@settings(deadline=None)
@given(st.integers(1, 10080), MOMENTS, MOMENTS)
def test_next_requests_are_ahead_and_one_interval_apart(minutes: int, start: datetime, now: datetime) -> None:
    first, second, third = next_requests(minutes, start, now)
    assert now < first <= now + timedelta(minutes=minutes)
    assert second - first == third - second == timedelta(minutes=minutes)
