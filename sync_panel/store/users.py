"""Who may: users and where they are signed in, the authorisation code, failed attempts, and places that are known."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import GoneError

BROWSERS_AT_MOST = 50  # signed in as one user; browsers that never sign out would pile up otherwise
FAILURES_AT_MOST = 10_000  # rows; more sources than this and the fewest failures are forgotten
PLACES_AT_MOST = 50  # of one user, and as many that were let in; the oldest are forgotten


@dataclass(frozen=True)
class User:
    """Somebody who may sign in: an editor when `may_edit`, otherwise a viewer.

    `generation` grows with every change of the others (by a trigger).
    """

    id: int
    name: str
    password_hash: str
    may_edit: bool
    generation: int


def user_from(row: sqlite3.Row) -> User:
    return User(row["id"], row["name"], row["password_hash"], bool(row["may_edit"]), row["generation"])


def list_users(db: sqlite3.Connection) -> list[User]:
    return [user_from(row) for row in db.execute("SELECT * FROM user ORDER BY name")]


def find_user(db: sqlite3.Connection, name: str) -> User | None:
    """Return the user of that name, ASCII letters of any case; otherwise the one whose name differs in spaces only."""
    row = (
        db.execute("SELECT * FROM user WHERE name = ?", (name,)).fetchone()
        or db.execute(
            "SELECT * FROM user WHERE single_spaced(name) = single_spaced(?) COLLATE NOCASE", (name,)
        ).fetchone()
    )
    return None if row is None else user_from(row)


def get_user(db: sqlite3.Connection, name: str) -> User:
    """Return the user of that name. Raise GoneError."""
    if (user := find_user(db, name)) is None:
        raise GoneError
    return user


def add_user(db: sqlite3.Connection, name: str, password_hash: str, *, may_edit: bool) -> None:
    """Add a user; the caller has seen that the name is free."""
    db.execute("INSERT INTO user (name, password_hash, may_edit) VALUES (?, ?, ?)", (name, password_hash, may_edit))


def remove_user(db: sqlite3.Connection, user: User) -> None:
    """Remove a user, who is signed out everywhere by that."""
    db.execute("DELETE FROM user WHERE id = ?", (user.id,))


def set_password_hash(db: sqlite3.Connection, user: User, password_hash: str) -> None:
    """Replace a user's password, which signs them out everywhere."""
    db.execute("UPDATE user SET password_hash = ? WHERE id = ?", (password_hash, user.id))


def set_may_edit(db: sqlite3.Connection, user: User, *, may_edit: bool) -> None:
    """Make a user an editor or a viewer, which ends their unlocks."""
    db.execute("UPDATE user SET may_edit = ? WHERE id = ?", (may_edit, user.id))


def sign_in(db: sqlite3.Connection, user: User, token_hash: bytes) -> None:
    """Remember that this browser is signed in as this user, and forget the oldest browsers beyond the limit."""
    db.execute("INSERT INTO signed_in (token_hash, user_id) VALUES (?, ?)", (token_hash, user.id))
    db.execute(
        "DELETE FROM signed_in WHERE rowid IN"
        " (SELECT rowid FROM signed_in WHERE user_id = ? ORDER BY rowid DESC LIMIT -1 OFFSET ?)",
        (user.id, BROWSERS_AT_MOST),
    )


def signed_in_user(db: sqlite3.Connection, token_hash: bytes) -> User | None:
    row = db.execute(
        "SELECT user.* FROM user JOIN signed_in ON user.id = signed_in.user_id WHERE token_hash = ?", (token_hash,)
    ).fetchone()
    return None if row is None else user_from(row)


def sign_out(db: sqlite3.Connection, token_hash: bytes) -> None:
    db.execute("DELETE FROM signed_in WHERE token_hash = ?", (token_hash,))


@dataclass(frozen=True)
class Authorisation:
    """The hash of the present code; `generation` grows with every new one."""

    code_hash: str
    generation: int


def load_authorisation(db: sqlite3.Connection) -> Authorisation:
    row = db.execute("SELECT code_hash, generation FROM authorisation").fetchone()
    return Authorisation(row["code_hash"], row["generation"])


def set_code_hash(db: sqlite3.Connection, code_hash: str) -> None:
    db.execute(
        "INSERT INTO authorisation (id, code_hash, generation) VALUES (1, ?, 1)"
        " ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash, generation = generation + 1",
        (code_hash,),
    )


def keep_failures(db: sqlite3.Connection, kind: str, counts: Mapping[str, int]) -> None:
    """Keep how many failures in a row these sources have.

    Beyond the limit the sources with the fewest failures are forgotten, but none of these, and no count
    of many together, whose name begins with a star: who brings many sources must not start again by that.
    """
    for source, failures in counts.items():
        if failures > 0:
            db.execute("INSERT OR REPLACE INTO attempt VALUES (?, ?, ?)", (kind, source, failures))
        else:
            forget_failures(db, kind, source)
    db.execute(
        "DELETE FROM attempt WHERE rowid IN (SELECT rowid FROM attempt ORDER BY source GLOB '[*]*' DESC,"
        " source IN (SELECT value FROM json_each(?)) DESC, failures DESC LIMIT -1 OFFSET ?)",
        (json.dumps(list(counts)), FAILURES_AT_MOST),
    )


def failures_of(db: sqlite3.Connection, kind: str, source: str) -> int:
    row = db.execute("SELECT failures FROM attempt WHERE kind = ? AND source = ?", (kind, source)).fetchone()
    return int(row["failures"]) if row else 0


def forget_failures(db: sqlite3.Connection, kind: str, source: str) -> None:
    db.execute("DELETE FROM attempt WHERE kind = ? AND source = ?", (kind, source))


def forget_place(db: sqlite3.Connection, place: str) -> None:
    """Forget the failures of every kind that are counted for a place, under whatever name."""
    db.execute("DELETE FROM attempt WHERE source = ?1 OR substr(source, 1, length(?1) + 1) = ?1 || ' '", (place,))


def remember_place(db: sqlite3.Connection, user_id: int | None, place: str) -> None:
    """Remember a place as the newest of a user, or of those that were let in; forget the oldest beyond the limit."""
    db.execute("DELETE FROM known_place WHERE place = ? AND user_id IS ?", (place, user_id))
    db.execute("INSERT INTO known_place (user_id, place) VALUES (?, ?)", (user_id, place))
    db.execute(
        "DELETE FROM known_place WHERE id IN"
        " (SELECT id FROM known_place WHERE user_id IS ? ORDER BY id DESC LIMIT -1 OFFSET ?)",
        (user_id, PLACES_AT_MOST),
    )


def is_place_of(db: sqlite3.Connection, user_id: int | None, place: str) -> bool:
    """Tell whether that user signed in there before; None asks whether the place was let in."""
    asked = "SELECT 1 FROM known_place WHERE place = ? AND user_id IS ?"
    return db.execute(asked, (place, user_id)).fetchone() is not None


def is_known_place(db: sqlite3.Connection, place: str) -> bool:
    """Tell whether anybody signed in there before, or it was let in."""
    return db.execute("SELECT 1 FROM known_place WHERE place = ?", (place,)).fetchone() is not None
