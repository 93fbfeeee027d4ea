"""Times on both sides of a change of the clocks, as a real process shows them: each by the rule that holds then."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from caller import editor_at
from cli.linked import A, B, Folder, Processes

TIME = re.compile(r'<time datetime="([^"]+)">([^<]+)</time>')
WEEK = 10080  # minutes
BEFORE, AFTER = "WIN, UTC+10:00", "SUM, UTC+11:00"


def zone_with_summer(begins: datetime, ends: datetime) -> str:
    """Return a zone (TZ of POSIX) of ten hours before UTC, and of eleven between two days."""

    def day(moment: datetime) -> int:
        return min(moment.timetuple().tm_yday, 365)

    return f"WIN-10SUM-11,J{day(begins)},J{day(ends)}"


def shown(page: str) -> dict[str, str]:
    """Return the times of a page as they are written, by what a program reads there."""
    return dict(TIME.findall(page))


def written(utc: datetime, hours: int) -> tuple[str, str]:
    """Return how a time must stand in a page: for programs, and the day and the hour for people."""
    local = (utc + timedelta(hours=hours)).replace(tzinfo=None)
    day = f"{local:%A} {local.day} {local:%B} {local.year}, {local:%H:%M}"
    return f"{local.isoformat(timespec='seconds')}+{hours}:00", day


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Return a satellite that asks each week."""
    return Folder(tmp_path / "here").become(2, B).lists(1, A, "http://127.0.0.1:9").every(WEEK)


def test_each_time_has_the_hour_the_day_and_the_zone_that_hold_then(here: Folder, processes: Processes) -> None:
    """The clocks went forward two days ago, and go back in six days."""
    now = datetime.now(UTC).replace(microsecond=0)
    last = now - timedelta(days=4)
    here.asked_at(last)
    with here.writing() as db:
        db.execute("UPDATE request SET succeeded_at = ?", (last.isoformat(),))
    zone = zone_with_summer(now - timedelta(days=2), now + timedelta(days=6))
    page = editor_at(processes.start(here, TZ=zone).port).get().text
    times = shown(page)
    assert f"Times are in {AFTER}." in page
    instant, said = written(last, 10)
    assert times[instant] == f"{said} ({BEFORE})"
    instant, said = written(last + timedelta(weeks=1), 11)
    assert times[instant] == said
    for weeks in (2, 3):
        instant, said = written(last + timedelta(weeks=weeks), 10)
        assert times[instant] == f"{said} ({BEFORE})"
