"""A database that is damaged or gone: put aside, and the newest good snapshot put in its place."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sync_panel.files import sync_folder

from .copies import SNAPSHOTS, check_copy, copy_database, is_damage, newest_good_snapshot, time_of
from .database import Connection, Database
from .requests import moment

BESIDE = ("-wal", "-shm", "")  # the log first: one that is left would be applied to whatever comes in its place


@dataclass(frozen=True)
class Recovery:
    """When a database was replaced, of when the copy was, and the folder that holds the damaged one."""

    at: datetime
    copy_of: datetime
    aside: str


def recover(path: Path, now: datetime) -> bool:
    """Replace a database that is damaged, empty or gone by the newest good snapshot; tell whether that was done.

    Without one everything stays as it is. A crash in between leaves what the next start recovers.
    """
    if not is_lost(path) or (snapshot := newest_good_snapshot(path.parent / SNAPSHOTS)) is None:
        return False
    aside = put_aside(path)
    copy_database(snapshot, path)
    begin_again(path, Recovery(now, time_of(snapshot), aside.name))
    return True


def restore(path: Path, file: Path) -> Path | None:
    """Put a copy in the database's place; return where the old one was put. Raise BadCopyError, and change nothing.

    A server that runs goes on with what was restored: the content is replaced in one transaction.
    """
    check_copy(file)
    if is_lost(path):
        aside = put_aside(path) if path.exists() else None
        copy_database(file, path)
    else:
        aside = free_folder(path.parent)
        copy_database(path, aside / path.name)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
    begin_again(path, None)
    return aside


def begin_again(path: Path, recovery: Recovery | None) -> None:
    """Make a database that came back safe to use: nobody is signed in by it, and every unlock has ended."""
    database = Database(path)
    try:
        with database.writing() as db:
            db.execute("DELETE FROM signed_in")
            db.execute("UPDATE authorisation SET generation = generation + 1")
            if recovery:
                db.execute(
                    "INSERT OR REPLACE INTO recovery (id, at, copy_of, aside) VALUES (1, ?, ?, ?)",
                    (recovery.at.isoformat(), recovery.copy_of.isoformat(), recovery.aside),
                )
    finally:
        database.close()


def is_lost(path: Path) -> bool:
    """Tell whether a database is gone, empty or damaged; one that only cannot be read now is none of these."""
    if not path.exists() or not path.stat().st_size:
        return True
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError as error:
        return is_damage(error)


def put_aside(path: Path) -> Path:
    """Move a database, with what stands beside it, into a folder of its own."""
    aside = free_folder(path.parent)
    for ending in BESIDE:
        file = path.with_name(path.name + ending)
        if file.exists():
            file.rename(aside / file.name)
    sync_folder(path.parent)
    return aside


def free_folder(folder: Path) -> Path:
    """Return a new private folder for what is put aside."""
    number = 1
    while (aside := folder / f"aside-{number}").exists():
        number += 1
    aside.mkdir(mode=0o700)
    return aside


def load_recovery(db: Connection) -> Recovery | None:
    """Return the recovery that nobody has dismissed yet."""
    row = db.execute("SELECT at, copy_of, aside FROM recovery").fetchone()
    if row is None or (at := moment(row["at"])) is None or (copy_of := moment(row["copy_of"])) is None:
        return None
    return Recovery(at, copy_of, row["aside"])


def dismiss_recovery(db: Connection) -> None:
    """Tell of the recovery no longer."""
    db.execute("DELETE FROM recovery")
