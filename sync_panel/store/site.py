"""This site: who it is, how it signs in to its partners, how often it asks, and which installation it is."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_id import Role, role_of
from sync_panel.rules.text import single_spaced

from .errors import StaleError


@dataclass(frozen=True)
class Site:
    """The parameters as stored: the password is sealed, and `version` grows with every save."""

    parameters: Parameters
    sealed_password: bytes | None
    password_set_at: datetime | None
    version: int

    @property
    def role(self) -> Role:
        return role_of(self.parameters.sync_id)


def load_site(db: sqlite3.Connection) -> Site:
    """Return this site; its parameters carry no password.

    Name and store are read as they are entered today: both sides compare them so, whenever they were saved.
    """
    row = db.execute("SELECT * FROM site").fetchone()
    name, store = (each and single_spaced(each) for each in (row["name"], row["store"]))
    return Site(
        parameters=Parameters(row["sync_id"], name, store, row["url"], row["user_name"]),
        sealed_password=row["password"],
        password_set_at=row["password_set_at"] and datetime.fromisoformat(row["password_set_at"]),
        version=row["version"],
    )


@dataclass(frozen=True)
class Interval:
    """The sync time interval in minutes, since when it counts, and its version."""

    minutes: int
    counted_from: datetime
    version: int


def load_interval(db: sqlite3.Connection) -> Interval:
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


@dataclass(frozen=True)
class Installation:
    """A random number made at first start, and how many requests were made under it."""

    number: str
    counter: int


def load_installation(db: sqlite3.Connection) -> Installation:
    row = db.execute("SELECT number, counter FROM installation").fetchone()
    return Installation(row["number"], row["counter"])


def count_request(db: sqlite3.Connection) -> Installation:
    """Count one more request, before it is made: no number is ever used twice."""
    db.execute("UPDATE installation SET counter = counter + 1")
    return load_installation(db)
