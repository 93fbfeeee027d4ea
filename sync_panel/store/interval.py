"""The sync time interval."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from .errors import StaleError


@dataclass(frozen=True)
class Interval:
    """The sync time interval in minutes, since when it counts, and its version."""

    minutes: int
    counted_from: datetime
    version: int


def load_interval(db: sqlite3.Connection) -> Interval:
    """Return the interval."""
    row = db.execute("SELECT minutes, counted_from, version FROM interval").fetchone()
    return Interval(row["minutes"], datetime.fromisoformat(row["counted_from"]), row["version"])


def save_interval(db: sqlite3.Connection, minutes: int, *, version: int, now: datetime) -> None:
    """Save the interval, counted from `now`. Raise StaleError when `version` is not the stored one."""
    changed = db.execute(
        "UPDATE interval SET minutes = ?, counted_from = ?, version = version + 1 WHERE version = ?",
        (minutes, now.isoformat(), version),
    )
    if not changed.rowcount:
        raise StaleError
