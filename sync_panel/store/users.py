"""The people who may sign in, and where they are signed in."""

import sqlite3
from dataclasses import dataclass

from .errors import GoneError

BROWSERS_AT_MOST = 50  # signed in as one user; browsers that never sign out would pile up otherwise


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
    """Return a row of the table as a dataclass."""
    return User(row["id"], row["name"], row["password_hash"], bool(row["may_edit"]), row["generation"])


def list_users(db: sqlite3.Connection) -> list[User]:
    """Return all users by name."""
    return [user_from(row) for row in db.execute("SELECT * FROM user ORDER BY name")]


def find_user(db: sqlite3.Connection, name: str) -> User | None:
    """Return the user of that name, ASCII letters of any case."""
    row = db.execute("SELECT * FROM user WHERE name = ?", (name,)).fetchone()
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
    """Return who is signed in with this token."""
    row = db.execute(
        "SELECT user.* FROM user JOIN signed_in ON user.id = signed_in.user_id WHERE token_hash = ?", (token_hash,)
    ).fetchone()
    return None if row is None else user_from(row)


def sign_out(db: sqlite3.Connection, token_hash: bytes) -> None:
    """Forget a browser's token."""
    db.execute("DELETE FROM signed_in WHERE token_hash = ?", (token_hash,))
