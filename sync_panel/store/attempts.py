"""Failed attempts in a row, by what was tried and from where."""

import json
import sqlite3
from collections.abc import Mapping

KEPT_AT_MOST = 10_000  # rows; more sources than this and the fewest failures are forgotten


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
        (json.dumps(list(counts)), KEPT_AT_MOST),
    )


def failures_of(db: sqlite3.Connection, kind: str, source: str) -> int:
    """Return how many failures in a row are counted."""
    row = db.execute("SELECT failures FROM attempt WHERE kind = ? AND source = ?", (kind, source)).fetchone()
    return int(row["failures"]) if row else 0


def forget_failures(db: sqlite3.Connection, kind: str, source: str) -> None:
    """Start again from none."""
    db.execute("DELETE FROM attempt WHERE kind = ? AND source = ?", (kind, source))


def forget_place(db: sqlite3.Connection, place: str) -> None:
    """Forget the failures of every kind that are counted for a place, under whatever name."""
    db.execute("DELETE FROM attempt WHERE source = ?1 OR substr(source, 1, length(?1) + 1) = ?1 || ' '", (place,))
