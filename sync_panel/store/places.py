"""Places that are no strangers: where somebody signed in before, and what the command line let in."""

import sqlite3

KEPT_AT_MOST = 50  # places of one user, and as many that were let in; the oldest are forgotten


def remember_place(db: sqlite3.Connection, user_id: int | None, place: str) -> None:
    """Remember a place as the newest of a user, or of those that were let in; forget the oldest beyond the limit."""
    db.execute("DELETE FROM known_place WHERE place = ? AND user_id IS ?", (place, user_id))
    db.execute("INSERT INTO known_place (user_id, place) VALUES (?, ?)", (user_id, place))
    db.execute(
        "DELETE FROM known_place WHERE id IN"
        " (SELECT id FROM known_place WHERE user_id IS ? ORDER BY id DESC LIMIT -1 OFFSET ?)",
        (user_id, KEPT_AT_MOST),
    )


def is_place_of(db: sqlite3.Connection, user_id: int | None, place: str) -> bool:
    """Tell whether that user signed in there before; None asks whether the place was let in."""
    asked = "SELECT 1 FROM known_place WHERE place = ? AND user_id IS ?"
    return db.execute(asked, (place, user_id)).fetchone() is not None


def is_known_place(db: sqlite3.Connection, place: str) -> bool:
    """Tell whether anybody signed in there before, or it was let in."""
    return db.execute("SELECT 1 FROM known_place WHERE place = ?", (place,)).fetchone() is not None
