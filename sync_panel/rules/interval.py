"""The sync time interval: how many minutes lie between two requests for new information."""

import re
from datetime import datetime, timedelta

from .problems import RefusedError

LONGEST_INTERVAL = 10080  # minutes: a week


def parse_interval(typed: str) -> int:
    """Return the minutes, 0 to 10080; 0 pauses. Raise RefusedError for anything else."""
    text = typed.strip()
    if not text:
        raise RefusedError("This is empty. Enter the minutes as a whole number from 0 to 10080; 0 pauses.")
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise RefusedError(
            "“%(typed)s” is not a whole number of minutes. Enter one from 0 to 10080; 0 pauses.", typed=text[:40]
        )
    if (minutes := int(text)) > LONGEST_INTERVAL:
        raise RefusedError("%(minutes)s is too long. Enter at most 10080 minutes, which is a week.", minutes=minutes)
    return minutes


def next_requests(minutes: int, counted_from: datetime, now: datetime, count: int = 3) -> list[datetime]:
    """Return the next times after `now` that lie whole intervals after `counted_from`; none when paused.

    Both times carry a zone. A start that lies in the future, as after a clock was set back, counts as now.
    """
    if not minutes:
        return []
    start, step = min(counted_from, now), timedelta(minutes=minutes)
    passed = (now - start) // step
    return [start + step * (passed + ahead) for ahead in range(1, count + 1)]
