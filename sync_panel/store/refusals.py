"""Who asked and was refused. It stands beside what is known of a partner (contacts.py), and never changes that."""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sync_panel.rules.interval import is_overdue
from sync_panel.rules.partner import Identity

from .contacts import Caller

UNLISTED_AT_MOST = 50  # callers whose Sync ID is not in the list
OF_ONE_ID_AT_MOST = 5  # callers under one Sync ID
COLUMNS = "at, address, minutes, installation, counter, sync_id, name, store, url, dismissed"


@dataclass(frozen=True)
class Refusal:
    """A request with the right login that no row of the list fits, and who it says it is from."""

    caller: Caller
    who: Identity
    is_dismissed: bool = False

    @property
    def token(self) -> str:
        """Return what stands for this caller and what it says, as a form brings it back: it says otherwise later on."""
        said = (self.caller.installation, self.who.sync_id, self.who.name, self.who.store, self.who.url)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class RefusedLogin:
    """The last wrong login from a partner's address."""

    at: datetime
    address: str


def refusals_of(db: sqlite3.Connection) -> list[Refusal]:
    """Return them all, the last first."""
    return [refusal(row) for row in db.execute("SELECT * FROM refused_contact ORDER BY id DESC")]


def refusal(row: sqlite3.Row) -> Refusal:
    at = datetime.fromisoformat(row["at"])
    caller = Caller(at, row["address"], row["minutes"], row["installation"], row["counter"])
    return Refusal(caller, Identity(row["sync_id"], row["name"], row["store"], row["url"]), bool(row["dismissed"]))


def note_refused(db: sqlite3.Connection, asked: Caller, who: Identity) -> None:
    """Note a request in place of the last that said the same, or that came from the same server; drop the oldest.

    What was dismissed stays so while it says the same.
    """
    said = vars_of(asked) | {name: getattr(who, name) for name in ("sync_id", "name", "store", "url")}
    same = db.execute(
        "SELECT dismissed FROM refused_contact WHERE installation = :installation AND sync_id = :sync_id"
        " AND name = :name AND store = :store AND url IS :url",
        said,
    ).fetchone()
    db.execute(
        "DELETE FROM refused_contact WHERE installation = :installation AND sync_id = :sync_id"
        " AND (address = :address OR (name = :name AND store = :store))",
        said,
    )
    values = ", ".join(f":{name}" for name in COLUMNS.split(", "))
    db.execute(
        f"INSERT INTO refused_contact ({COLUMNS}) VALUES ({values})",
        said | {"dismissed": same["dismissed"] if same else 0},
    )
    forget_others(db, asked)
    drop_oldest(db, "sync_id = ?", OF_ONE_ID_AT_MOST, who.sync_id)
    drop_oldest(db, "sync_id NOT IN (SELECT sync_id FROM partner)", UNLISTED_AT_MOST)


def vars_of(asked: Caller) -> dict[str, object]:
    names = ("address", "minutes", "installation", "counter")
    return {name: getattr(asked, name) for name in names} | {"at": asked.at.isoformat()}


def drop_oldest(db: sqlite3.Connection, which: str, kept: int, *values: object) -> None:
    """Keep so many of the last of these; the rest may ask again."""
    db.execute(
        "DELETE FROM refused_contact WHERE id IN"
        f" (SELECT id FROM refused_contact WHERE {which} ORDER BY id DESC LIMIT -1 OFFSET ?)",
        (*values, kept),
    )


def dismiss(db: sqlite3.Connection, token: str) -> Identity | None:
    """Let a caller be shown no more until it says otherwise, and return who; None when nobody says that any more."""
    for each in refusals_of(db):
        if each.token == token and not each.is_dismissed:
            db.execute(
                "UPDATE refused_contact SET dismissed = 1"
                " WHERE installation = ? AND sync_id = ? AND name = ? AND store = ?",
                (each.caller.installation, each.who.sync_id, each.who.name, each.who.store),
            )
            return each.who
    return None


def refused_logins_of(db: sqlite3.Connection) -> dict[int, RefusedLogin]:
    """Return them by the partner's Sync ID."""
    rows = db.execute("SELECT * FROM refused_login")
    return {row["sync_id"]: RefusedLogin(datetime.fromisoformat(row["at"]), row["address"]) for row in rows}


def note_refused_login(db: sqlite3.Connection, sync_ids: Iterable[int], address: str, now: datetime) -> None:
    """Note a wrong login with the partners that it may concern; each has its last one only."""
    db.executemany(
        "INSERT OR REPLACE INTO refused_login (sync_id, at, address) VALUES (?, ?, ?)",
        [(sync_id, now.isoformat(), address) for sync_id in sync_ids],
    )
    db.execute("DELETE FROM refused_login WHERE sync_id NOT IN (SELECT sync_id FROM partner)")


def forget_refused(db: sqlite3.Connection, sync_id: int, asked: Caller) -> None:
    """Forget what was refused of a server that got in now, under whatever values it had asked.

    What came from another address, as before a server moved, is forgotten once nothing more comes from there: a copy
    that goes on asking stays.
    """
    forget_others(db, asked, "address = :address")
    login = refused_logins_of(db).get(sync_id)
    if login and (login.address == asked.address or is_overdue(login.at, asked.minutes, asked.at)):
        db.execute("DELETE FROM refused_login WHERE sync_id = ?", (sync_id,))


def forget_others(db: sqlite3.Connection, asked: Caller, at_once: str = "0") -> None:
    """Forget what the same installation asked otherwise and asks no more, or `at_once`, where that SQL holds.

    What was dismissed is forgotten only with what is over at once, so that it stays away.
    """
    query = f"SELECT *, {at_once} AS at_once FROM refused_contact WHERE installation = :installation"
    for row in db.execute(query, vars_of(asked)).fetchall():
        is_silent = is_overdue(refusal(row).caller.at, row["minutes"], asked.at) and not row["dismissed"]
        if row["at_once"] or is_silent:
            db.execute("DELETE FROM refused_contact WHERE id = ?", (row["id"],))
