"""The requests that came in from partners."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from .own_requests import moment


@dataclass(frozen=True)
class Caller:
    """Who asked: when, from which address, at which interval in minutes, and which installation it is.

    `counter` is how many requests that installation has made.
    """

    at: datetime
    address: str
    minutes: int
    installation: str
    counter: int

    def is_after(self, earlier: "Caller") -> bool:
        """Tell whether this is the same installation further on; if not, one of the two is a copy."""
        return self.installation == earlier.installation and self.counter > earlier.counter

    def is_where(self, other: "Caller") -> bool:
        return (self.installation, self.address) == (other.installation, other.address)


@dataclass(frozen=True)
class Refused:
    """A request under values that are not the listed ones."""

    at: datetime
    sync_id: int
    name: str
    store: str


@dataclass(frozen=True)
class Contact:
    """What is known of a partner's requests. A `rival` has the same Sync ID, but is another installation."""

    known: Caller | None = None
    rival: Caller | None = None
    refused: Refused | None = None


def contacts_of(db: sqlite3.Connection) -> dict[int, Contact]:
    """Return what is known, by the partner's Sync ID; one that never asked is not in it."""
    rivals = {row["sync_id"]: caller(row) for row in db.execute("SELECT * FROM rival")}
    return {
        row["sync_id"]: Contact(caller(row), rivals.get(row["sync_id"]), refused(row))
        for row in db.execute("SELECT * FROM contact")
    }


def contact_of(db: sqlite3.Connection, sync_id: int) -> Contact:
    known = db.execute("SELECT * FROM contact WHERE sync_id = ?", (sync_id,)).fetchone()
    rival = db.execute("SELECT * FROM rival WHERE sync_id = ?", (sync_id,)).fetchone()
    return Contact(known and caller(known), rival and caller(rival), known and refused(known))


def addresses_of_callers(db: sqlite3.Connection) -> list[str]:
    return [row["address"] for row in db.execute("SELECT DISTINCT address FROM contact WHERE address IS NOT NULL")]


def caller(row: sqlite3.Row) -> Caller | None:
    at = moment(row["at"])
    return None if at is None else Caller(at, row["address"], row["minutes"], row["installation"], row["counter"])


def refused(row: sqlite3.Row) -> Refused | None:
    at = moment(row["refused_at"])
    return None if at is None else Refused(at, row["refused_sync_id"], row["refused_name"], row["refused_store"])


def note_caller(db: sqlite3.Connection, sync_id: int, asked: Caller) -> None:
    db.execute(
        "INSERT INTO contact (sync_id, at, address, minutes, installation, counter)"
        " VALUES (:id, :at, :address, :minutes, :installation, :counter) ON CONFLICT (sync_id) DO UPDATE SET"
        " at = :at, address = :address, minutes = :minutes, installation = :installation, counter = :counter,"
        " refused_at = NULL, refused_sync_id = NULL, refused_name = NULL, refused_store = NULL",
        {**vars(asked), "at": asked.at.isoformat(), "id": sync_id},
    )


def note_rival(db: sqlite3.Connection, sync_id: int, asked: Caller) -> None:
    db.execute(
        "INSERT OR REPLACE INTO rival (sync_id, at, address, minutes, installation, counter)"
        " VALUES (:id, :at, :address, :minutes, :installation, :counter)",
        {**vars(asked), "at": asked.at.isoformat(), "id": sync_id},
    )


def note_refused(db: sqlite3.Connection, sync_id: int, asked: Refused) -> None:
    db.execute(
        "INSERT INTO contact (sync_id, refused_at, refused_sync_id, refused_name, refused_store)"
        " VALUES (:id, :at, :sync_id, :name, :store) ON CONFLICT (sync_id) DO UPDATE SET"
        " refused_at = :at, refused_sync_id = :sync_id, refused_name = :name, refused_store = :store",
        {**vars(asked), "at": asked.at.isoformat(), "id": sync_id},
    )


def forget_refused(db: sqlite3.Connection, sync_id: int) -> None:
    """Forget a request that was refused under the values of before: what is listed was changed since."""
    db.execute(
        "UPDATE contact SET refused_at = NULL, refused_sync_id = NULL, refused_name = NULL, refused_store = NULL"
        " WHERE sync_id = ?",
        (sync_id,),
    )


def accept_known(db: sqlite3.Connection, sync_id: int) -> None:
    db.execute("DELETE FROM rival WHERE sync_id = ?", (sync_id,))


def accept_rival(db: sqlite3.Connection, sync_id: int) -> None:
    rival = contact_of(db, sync_id).rival
    accept_known(db, sync_id)
    if rival:
        note_caller(db, sync_id, rival)
