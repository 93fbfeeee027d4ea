"""What tells this installation from a copy of it."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Installation:
    """A random number made at first start, and how many requests were made under it."""

    number: str
    counter: int


def load_installation(db: sqlite3.Connection) -> Installation:
    """Return this installation."""
    row = db.execute("SELECT number, counter FROM installation").fetchone()
    return Installation(row["number"], row["counter"])


def count_request(db: sqlite3.Connection) -> Installation:
    """Count one more request, before it is made: no number is ever used twice."""
    db.execute("UPDATE installation SET counter = counter + 1")
    return load_installation(db)
