"""The machine's zone across a change of its clocks: times that are shown, and times that are reckoned with."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sync_panel.machine import OwnZone, SystemClock, in_zone_of
from sync_panel.rules.interval import next_requests
from sync_panel.web.words import when


@pytest.fixture(autouse=True)
def _in_melbourne(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the clocks go forward on 4 October 2026, at 2:00, and back on 4 April 2027, at 3:00."""
    monkeypatch.setenv("TZ", "AEST-10AEDT,M10.1.0,M4.1.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def clock_at(utc: datetime) -> datetime:
    """Return a moment as the system's clock tells it."""
    return utc.replace(tzinfo=OwnZone(utc.astimezone())) + (utc.astimezone().utcoffset() or timedelta())


def test_the_clock_tells_the_time_with_the_zone_of_this_moment() -> None:
    now = SystemClock().now()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert (now.utcoffset(), now.tzname()) == (now.astimezone().utcoffset(), now.astimezone().tzname())


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        (datetime(2026, 10, 3, 15, 59, tzinfo=UTC), "01:59 (AEST, UTC+10:00)"),
        (datetime(2026, 10, 3, 16, 0, tzinfo=UTC), "03:00"),
        (datetime(2026, 9, 1, 14, 30, tzinfo=UTC), "Wednesday 2 September 2026, 00:30 (AEST, UTC+10:00)"),
        (datetime(2027, 1, 1, 13, 30, tzinfo=UTC), "Saturday 2 January 2027, 00:30"),
        (datetime(2027, 4, 3, 15, 30, tzinfo=UTC), "Sunday 4 April 2027, 02:30"),
        (datetime(2027, 4, 3, 16, 30, tzinfo=UTC), "Sunday 4 April 2027, 02:30 (AEST, UTC+10:00)"),
    ],
)
def test_each_time_is_shown_by_the_rule_that_holds_then(utc: datetime, said: str) -> None:
    now = clock_at(datetime(2026, 10, 3, 20, 0, tzinfo=UTC))
    assert f">{said}</time>" in when(utc, now)
    assert f">{said}</time>" in when(now + (utc - now), now), "as the next requests are reckoned"


def test_what_passes_between_two_times_is_no_hour_more_or_less() -> None:
    now = clock_at(datetime(2026, 10, 3, 15, 0, tzinfo=UTC))
    later = clock_at(datetime(2026, 10, 3, 17, 0, tzinfo=UTC))
    assert later - now == timedelta(hours=2)
    assert now + timedelta(hours=2) == later
    first, *_ = next_requests(60, now, later)
    assert first == datetime(2026, 10, 3, 18, 0, tzinfo=UTC)
    assert in_zone_of(now, first).isoformat() == "2026-10-04T05:00:00+11:00"
