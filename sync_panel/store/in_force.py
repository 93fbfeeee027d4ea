"""Who may, in a small file beside the database: what a recovery applies last, whatever copy it found.

Before a change takes force the file says what holds both before and after it; once it has, what holds now. So
there is no moment at which the file would bring back what was revoked. While the database is good nobody reads it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sync_panel.files import write_private

IN_FORCE = "in-force"  # the file
NONE = ""  # in the place of a hash: no password, or no code, fits


@dataclass(frozen=True)
class Change:
    """A change of what a recovery must bring back: its number, when it was made, and which tables it changed."""

    number: int = 0
    at: datetime | None = None
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class Login:
    """How a user signs in, and whether they may edit then."""

    password_hash: str
    may_edit: bool


@dataclass(frozen=True)
class InForce:
    """The users and the code that hold after a change."""

    change: Change
    code_hash: str
    generation: int
    users: Mapping[str, Login]


def load_change(db: sqlite3.Connection) -> Change:
    """Return the last change that a database holds; a database from before they were numbered has number 0."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'last_change'").fetchone():
        return Change()
    number, at, what = db.execute("SELECT number, at, what FROM last_change").fetchone()
    return Change(number, at and datetime.fromisoformat(at), tuple(what.split()))


def note_change(db: sqlite3.Connection, *what: str, after: int = 0) -> None:
    """Give a number to the change that is being made, past what the database holds and past `after`."""
    db.execute(
        "UPDATE last_change SET number = max(number, ?) + 1, what = ?, at = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
        (after, " ".join(what)),
    )


def load_in_force(db: sqlite3.Connection) -> InForce:
    code_hash, generation = db.execute("SELECT code_hash, generation FROM authorisation").fetchone() or (NONE, 0)
    users = db.execute("SELECT name, password_hash, may_edit FROM user").fetchall()
    return InForce(
        load_change(db),
        code_hash,
        generation,
        {name: Login(hashed, bool(may_edit)) for name, hashed, may_edit in users},
    )


def in_both(before: InForce, after: InForce) -> InForce:
    both = {
        name: Login(
            login.password_hash if login.password_hash == before.users[name].password_hash else NONE,
            login.may_edit and before.users[name].may_edit,
        )
        for name, login in after.users.items()
        if name in before.users
    }
    code_hash = after.code_hash if after.code_hash == before.code_hash else NONE
    return InForce(after.change, code_hash, after.generation, both)


def apply_in_force(db: sqlite3.Connection, record: InForce | None) -> None:
    """Let a database from a copy know only who may by the record; without one nobody may, until that is set anew."""
    if record is None:
        db.execute("UPDATE user SET password_hash = ?", (NONE,))
        db.execute("UPDATE authorisation SET code_hash = ?", (NONE,))
        return
    for (name,) in db.execute("SELECT name FROM user").fetchall():
        if name not in record.users:
            db.execute("DELETE FROM user WHERE name = ?", (name,))
    for name, login in record.users.items():
        db.execute(
            "INSERT INTO user (name, password_hash, may_edit) VALUES (:name, :password_hash, :may_edit)"
            " ON CONFLICT (name) DO UPDATE SET password_hash = :password_hash, may_edit = :may_edit",
            {"name": name, **asdict(login)},
        )
    db.execute(
        "UPDATE authorisation SET code_hash = ?, generation = max(generation, ?)", (record.code_hash, record.generation)
    )


def write_in_force(folder: Path, record: InForce) -> None:
    """Put the record on disk, whole or not at all. Raise OSError."""
    change = {**asdict(record.change), "at": record.change.at and record.change.at.isoformat()}
    text = json.dumps({**asdict(record), "change": change})
    write_private(folder / IN_FORCE, f"{digest_of(text)} {text}\n")


def read_in_force(folder: Path) -> InForce | None:
    """Return the record; None when it is gone or damaged."""
    try:
        digest, text = (folder / IN_FORCE).read_text("ascii").split(" ", 1)
        kept = json.loads(text)
    except (OSError, ValueError):
        return None
    if digest != digest_of(text.rstrip("\n")):
        return None
    number, at, what = (kept["change"][name] for name in ("number", "at", "what"))
    change = Change(number, at and datetime.fromisoformat(at), tuple(what))
    users = {name: Login(**login) for name, login in kept["users"].items()}
    return InForce(change, kept["code_hash"], kept["generation"], users)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()
