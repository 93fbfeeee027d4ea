"""The database file: how it is made, which files are refused, and the one connection to it with its transactions.

Nothing but SQLite opens that file: whoever closes it otherwise lets go of all locks that this process holds on it
(SQLite, "How To Corrupt An SQLite Database File", 2.2), and an acknowledged write can be lost.
"""

import errno
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from sync_panel.rules.text import fold, single_spaced

from .copies import BadCopyError, copy_latest, disk_in_words, take_snapshot
from .errors import NotUsableError, UnavailableError, in_our_words
from .in_force import in_both, load_in_force, note_change, write_in_force
from .schema import APPLICATION_ID, INSTALL, NEWER, has_editor, is_damage, migrate, row_fault, strangeness_of

# WAL with FULL loses no acknowledged write when the power fails; the rest keeps secrets and schemas honest.
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "secure_delete": "ON",
    "temp_store": "MEMORY",
}
REMEDY = "Put a copy back with: restore FILE. Or name another data folder with --data."
# What a recovery must bring back. The other tables only note what happened: they change with every request.
KEPT = ("site", "interval", "partner", "user", "authorisation")
CHOICE = "contact"  # what is changed when somebody chooses between two servers
NOT_RECORDED = (
    "Nothing was saved: what a recovery needs could not be written (%(reason)s). "
    "Free some space or mend the disk, then try again."
)
logger = logging.getLogger(__name__)
Connection = sqlite3.Connection  # for those who hand one on, and know no more of it


def create_database(path: Path, fill: Callable[[sqlite3.Connection], object] | None = None) -> None:
    """Make a new database file that only its owner may read, in place of an unfinished one, with what `fill` adds."""
    for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        leftover.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    with closing(connect(path, busy_seconds=5.0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        if fill:
            fill(connection)
        connection.execute("COMMIT")


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open the file with the settings that the promises rest on, at the present schema."""
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        for function in (fold, single_spaced):
            connection.create_function(function.__name__, 1, function, deterministic=True)
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_unusable(path: Path) -> None:
    """Raise NotUsableError where SQLite would quietly make a new, empty database."""
    need_access(path)
    if not path.exists():
        raise NotUsableError(f"The database {path} is missing. {REMEDY}")
    if not path.stat().st_size:
        raise NotUsableError(f"The database {path} is empty. {REMEDY}")


def need_access(path: Path) -> None:
    """Raise PermissionError for a file that is there and cannot be read; SQLite would not say which it is."""
    if path.exists() and not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def refuse_strange(path: Path) -> None:
    """Raise NotUsableError for another program's database, or one that is not made as ours are; neither is changed."""
    with closing(sqlite3.connect(path)) as connection:
        fault = strangeness_of(connection)
    if fault:
        raise NotUsableError(f"The database {path} {fault}. {INSTALL if fault == NEWER else REMEDY}")


@contextmanager
def damage_in_words(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a damaged file into NotUsableError, and its other errors into UnavailableError."""
    with in_our_words():
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
                raise NotUsableError(f"{path} is no database of this panel. {REMEDY}") from error
            if is_damage(error):
                raise NotUsableError(f"The database {path} is damaged. {REMEDY}") from error
            raise


class Database:
    """A database file, opened once and shared by all threads.

    Raise NotUsableError when the file is missing, empty, not SQLite or made by a newer version.
    """

    def __init__(self, path: Path, busy_seconds: float = 5.0) -> None:
        refuse_unusable(path)
        self._path = path
        self._lock = threading.RLock()
        self._changed: set[str] = set()  # tables of KEPT, by the transaction that is open
        self._is_copy_due = self._is_failure_told = self._are_old_pages_left = False
        with damage_in_words(path):
            refuse_strange(path)
            self._connection = connect(path, busy_seconds)
        watch(self._connection, self._changed.add)

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a transaction that sees one state of the data."""
        return self._transaction("BEGIN", is_reading=True)

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a transaction that is on disk when it ends, or leaves no trace when it raises.

        When it changed what a recovery must bring back, a copy of what is there then is made as well.
        """
        return self._writing(is_protected=False)

    def changing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Write what is protected: when it would take force, what was there before is kept as a snapshot first."""
        return self._writing(is_protected=True)

    @contextmanager
    def _writing(self, *, is_protected: bool) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._changed.clear()
            with self._transaction("BEGIN IMMEDIATE") as db:
                before = db.total_changes
                yield db
                if is_protected and db.total_changes != before:
                    take_snapshot(self._path)  # reads what is committed, which this transaction is not yet
                    self._changed.add(CHOICE)
                if self._changed:
                    self._before_it_takes_force(db)
            if self._is_copy_due:
                self.keep_copy()
            if self._are_old_pages_left:
                self.forget_old_pages()

    def _before_it_takes_force(self, db: sqlite3.Connection) -> None:
        """Note the change with its number, and let a recovery from here on bring back nothing that it revokes."""
        note_change(db, *(sorted(self._changed - {CHOICE}) or (CHOICE,)))
        with closing(sqlite3.connect(self._path)) as committed, disk_in_words(NOT_RECORDED):
            write_in_force(self._path.parent, in_both(load_in_force(committed), load_in_force(db)))
        self._is_copy_due = True

    def keep_copy(self) -> None:
        """Keep who may now, and a copy of what is committed now, for a recovery.

        A failure is logged, since the change is saved all the same, and made good after the next write or start.
        The transaction keeps other processes away, which would write the same files.
        """
        self._is_copy_due = True
        try:
            with self._lock, self._transaction("BEGIN IMMEDIATE") as db:
                write_in_force(self._path.parent, load_in_force(db))
                copy_latest(self._path)
        except (UnavailableError, BadCopyError, OSError) as error:
            if not self._is_failure_told:
                logger.warning("The last change is saved, but could not be copied for a recovery: %s", error)
            self._is_failure_told = True
        else:
            self._is_copy_due = self._is_failure_told = False

    @contextmanager
    def _transaction(self, begin: str, *, is_reading: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock, in_our_words(is_reading=is_reading):
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
        """Empty the write-ahead log, so that a replaced secret does not stay in it.

        A failure is logged, since what replaced it is saved all the same, and made good after the next write.
        """
        with self._lock:
            try:
                is_busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                reason = "another program is using the database" if is_busy else ""
            except sqlite3.Error as error:
                reason = str(error)
            if reason and not self._are_old_pages_left:
                logger.warning("The last change is saved, but what it replaced is still in the log: %s", reason)
            self._are_old_pages_left = bool(reason)

    def refuse_incomplete(self) -> None:
        """Raise NotUsableError when a row is missing without that the panel cannot work."""
        with self._lock, damage_in_words(self._path):
            fault = row_fault(self._connection)
        if fault:
            raise NotUsableError(f"The database {self._path} is not complete: {fault}. {REMEDY}")

    def refuse_without_editor(self) -> None:
        """Raise NotUsableError when nobody may edit; the command line mends that."""
        with self._lock, damage_in_words(self._path):
            is_edited = has_editor(self._connection)
        if not is_edited:
            raise NotUsableError("No user may edit. Add one with: user add NAME --edit")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def watch(connection: sqlite3.Connection, note: Callable[[str], None]) -> None:
    """Let a connection note which tables of KEPT it changes, whoever writes the statement."""
    connection.create_function("note_change_of", 1, note)
    for table in KEPT:
        for event in ("INSERT", "UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TEMP TRIGGER {table}_after_{event} AFTER {event} ON main.{table}"
                f" BEGIN SELECT note_change_of('{table}'); END"
            )
