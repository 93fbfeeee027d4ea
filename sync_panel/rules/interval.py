"""The sync time interval: how many minutes lie between two requests for new information."""

import re
from datetime import datetime, timedelta

from .problems import RefusedError

LONGEST_INTERVAL = 10080  # minutes: a week
RETRIES = (1, 2, 5, 10, 15, 30, 60)  # minutes to wait after the first, the second … failure in a row
SHOWN = 3  # requests to come that the page tells
MISSED_BEFORE_OVERDUE = 3  # intervals of the satellite's own


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


def next_requests(minutes: int, counted_from: datetime, now: datetime) -> list[datetime]:
    """Return the next times after `now` that lie whole intervals after `counted_from`; none when paused.

    Both times carry a zone. A start that lies in the future, as after a clock was set back, counts as now.
    """
    if not minutes:
        return []
    start, step = min(counted_from, now), timedelta(minutes=minutes)
    return requests_from(start + step * ((now - start) // step + 1), minutes)


def requests_from(first: datetime, minutes: int, count: int = SHOWN) -> list[datetime]:
    return [first + timedelta(minutes=minutes * ahead) for ahead in range(count)]


def until_next_request(
    minutes: int, failures: int, passed: timedelta | None, *, untold: bool = False
) -> timedelta | None:
    """Return how long it is until the next request is due, zero when it is; None when paused.

    A pause begins once the primary was told of it: while it is `untold`, that is tried as after any other failure.

    `passed` is the time since the last one began; None when one was asked for or there was none, and below zero after
    a clock was set back: then it is due. After failures it comes sooner, and never later than the interval.
    """
    if not minutes and not untold:
        return None
    if passed is None or passed < timedelta(0):
        return timedelta(0)
    longest = minutes or RETRIES[-1]
    retry = RETRIES[min(failures, len(RETRIES)) - 1] if failures else longest
    return max(timedelta(0), timedelta(minutes=min(retry, longest)) - passed)


def is_overdue(last: datetime, minutes: int, now: datetime) -> bool:
    """Tell whether a satellite that last asked at `last` has missed three of its own intervals; 0 is a pause."""
    return bool(minutes) and now - last > MISSED_BEFORE_OVERDUE * timedelta(minutes=minutes)
