"""Opening the database file: how it is made, what it is opened with, and which files are refused.

Nothing but SQLite opens that file: whoever closes it otherwise lets go of all locks that this process holds on it
(SQLite, "How To Corrupt An SQLite Database File", 2.2), and an acknowledged write can be lost.
"""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sync_panel.rules.text import fold

from .copies import APPLICATION_ID, NEWER, is_damage, strangeness_of
from .errors import NotUsableError, in_our_words
from .migrate import migrate

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
        connection.create_function("fold", 1, fold, deterministic=True)
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
    if fault == NEWER:
        raise NotUsableError(f"The database {path} {NEWER}. Install that version or a later one.")
    if fault:
        raise NotUsableError(f"The database {path} {fault}. {REMEDY}")


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
