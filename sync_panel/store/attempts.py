"""Failed attempts in a row at the code and at signing in."""

import sqlite3

KEPT_AT_MOST = 10_000  # rows; more sources than this and the fewest failures are forgotten


def count_failure(db: sqlite3.Connection, kind: str, source: str) -> None:
    """Count one more failure. It is taken back by `forget_failures` when the attempt was right."""
    db.execute(
        "INSERT INTO attempt (kind, source, failures) VALUES (?, ?, 1)"
        " ON CONFLICT (kind, source) DO UPDATE SET failures = failures + 1",
        (kind, source),
    )
    db.execute(
        "DELETE FROM attempt WHERE rowid IN (SELECT rowid FROM attempt ORDER BY source = ? DESC, failures DESC"
        " LIMIT -1 OFFSET ?)",
        (source, KEPT_AT_MOST),
    )


def failures_of(db: sqlite3.Connection, kind: str, source: str) -> int:
    """Return how many failures in a row are counted."""
    row = db.execute("SELECT failures FROM attempt WHERE kind = ? AND source = ?", (kind, source)).fetchone()
    return int(row["failures"]) if row else 0


def forget_failures(db: sqlite3.Connection, kind: str, source: str) -> None:
    """Start again from none."""
    db.execute("DELETE FROM attempt WHERE kind = ? AND source = ?", (kind, source))


def take_back_failure(db: sqlite3.Connection, kind: str, source: str) -> None:
    """Uncount one failure."""
    db.execute("DELETE FROM attempt WHERE kind = ? AND source = ? AND failures = 1", (kind, source))
    db.execute("UPDATE attempt SET failures = failures - 1 WHERE kind = ? AND source = ?", (kind, source))
