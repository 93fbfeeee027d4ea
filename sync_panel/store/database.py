"""The one connection to the database file, and its transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from sync_panel.rules.text import fold

from .copies import APPLICATION_ID, is_damage, take_snapshot
from .errors import NotUsableError, in_our_words
from .migrate import migrate, version_of

# WAL with FULL loses no acknowledged write when the power fails; the rest keeps secrets and schemas honest.
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "secure_delete": "ON",
}
FIRST_BYTES = b"SQLite format 3\x00"
Connection = sqlite3.Connection  # for those who hand one on, and know no more of it


class Database:
    """A database file, opened once and shared by all threads.

    Raise NotUsableError when the file is missing, empty, not SQLite or made by a newer version.
    """

    def __init__(self, path: Path, busy_seconds: float = 5.0) -> None:
        refuse_unusable(path)
        self._path = path
        self._lock = threading.RLock()
        with damage_in_words(path):
            refuse_strange(path)
            self._connection = connect(path, busy_seconds)

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a transaction that sees one state of the data."""
        return self._transaction("BEGIN")

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a transaction that is on disk when it ends, or leaves no trace when it raises."""
        return self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Write what is protected: when it would take force, what was there before is kept as a snapshot first."""
        with self.writing() as db:
            before = db.total_changes
            yield db
            if db.total_changes != before:
                take_snapshot(self._path)  # reads what is committed, which this transaction is not yet

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, in_our_words():
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # The connection goes on after a failed sync too: it knows that the last commit is none, and
                # the next one writes over it. A new connection would find it in the log, and take it for one.
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
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connect(path, busy_seconds=5.0).close()


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open the file with the settings that the promises rest on, at the present schema."""
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.create_function("fold", 1, fold, deterministic=True)
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_unusable(path: Path) -> None:
    """Raise NotUsableError for a file that SQLite would quietly take for a new, empty database."""
    if not path.exists():
        raise NotUsableError(f"The database {path} is missing. {remedy(path)}")
    with path.open("rb") as file:
        start = file.read(len(FIRST_BYTES))
    if not start:
        raise NotUsableError(f"The database {path} is empty. {remedy(path)}")
    if start != FIRST_BYTES:
        raise NotUsableError(f"{path} is not a database of this panel. {remedy(path)}")


def refuse_strange(path: Path) -> None:
    """Raise NotUsableError for another program's database, or one that was never filled; neither is changed."""
    with closing(sqlite3.connect(path)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        version = version_of(connection)
    if application != APPLICATION_ID or not version:
        raise NotUsableError(f"{path} is not a database of this panel. {remedy(path)}")


@contextmanager
def damage_in_words(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a damaged file into NotUsableError, and its other errors into UnavailableError."""
    with in_our_words():
        try:
            yield
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise NotUsableError(f"The database {path} is damaged. {remedy(path)}") from error
            raise


def remedy(path: Path) -> str:
    """Return what helps when the database cannot be used."""
    return f"Put a copy of {path.name} back into {path.parent}, or name another data folder with --data."
