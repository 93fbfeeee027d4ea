"""The one connection to the database file, and its transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sync_panel.rules.text import fold

from .errors import NotUsableError, in_our_words
from .migrate import migrate

# WAL with FULL loses no acknowledged write when the power fails; the rest keeps secrets and schemas honest.
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "secure_delete": "ON",
}
FIRST_BYTES = b"SQLite format 3\x00"


class Database:
    """A database file, opened once and shared by all threads.

    Raise NotUsableError when the file is missing, empty, not SQLite or made by a newer version.
    """

    def __init__(self, path: Path, busy_seconds: float = 5.0) -> None:
        refuse_unusable(path)
        self._lock = threading.RLock()
        self._connection = connect(path, busy_seconds)
        try:
            migrate(self._connection)
        except BaseException:
            self._connection.close()
            raise

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a transaction that sees one state of the data."""
        return self._transaction("BEGIN")

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a transaction that is on disk when it ends, or leaves no trace when it raises."""
        return self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, in_our_words():
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def forget_old_pages(self) -> None:
        """Empty the write-ahead log, so that a replaced secret does not stay in it."""
        with self._lock, in_our_words():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()


def create_database(path: Path) -> None:
    """Make a new database file that only its owner may read, in place of an unfinished one."""
    for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        leftover.unlink(missing_ok=True)
    path.touch(mode=0o600)
    connection = connect(path, busy_seconds=5.0)
    try:
        migrate(connection)
    finally:
        connection.close()


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open the file with the settings that the promises rest on."""
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.create_function("fold", 1, fold, deterministic=True)
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection


def refuse_unusable(path: Path) -> None:
    """Raise NotUsableError for a file that SQLite would quietly take for a new, empty database."""
    remedy = f"Put a copy of {path.name} back into {path.parent}, or name another data folder with --data."
    if not path.exists():
        raise NotUsableError(f"The database {path} is missing. {remedy}")
    with path.open("rb") as file:
        start = file.read(len(FIRST_BYTES))
    if not start:
        raise NotUsableError(f"The database {path} is empty. {remedy}")
    if start != FIRST_BYTES:
        raise NotUsableError(f"{path} is not a database of this panel. {remedy}")
