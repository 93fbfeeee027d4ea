"""A database that is damaged, gone or fell back: put aside, and the newest good copy put in its place."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sync_panel.files import begin_private, finish_private, sync_folder

from .contacts import contacts_of
from .copies import ANOTHER, BadCopyError, check_copy, copy_committed, copy_database, newest_copy
from .database import Connection, Database, connect, need_access
from .errors import in_our_words
from .in_force import Change, InForce, apply_in_force, load_change, load_in_force, note_change, read_in_force
from .notice import RECOVERY, RESTORE, Recovery, load_recovery, note_recovery
from .own_requests import load_request
from .partners import all_partners
from .refusals import refusals_of, refused_logins_of
from .schema import is_damage
from .site import load_interval, load_site

BESIDE = ("-wal", "-shm", "")  # the log first: one that is left would be applied to whatever comes in its place


@dataclass(frozen=True)
class Restored:
    """Where the old database was put, and whose passwords and rights of before hold again; whether the code does."""

    aside: Path | None
    back_again: tuple[str, ...]
    old_code: bool


def recover(path: Path, now: datetime) -> Recovery | None:
    """Replace a database that is damaged, empty, gone or fell back by the newest good copy; return what was done.

    Without a copy everything stays as it is. A crash in between leaves what the next start recovers.
    """
    folder = path.parent
    copy = newest_copy(folder)
    if copy is None or not (is_lost(path) or change_in(path).number < copy.change.number):
        return None
    record = read_in_force(folder)
    with prepared(copy.path, path) as (db, unfinished):
        apply_in_force(db, record)
        aside = free_folder(folder)
        latest = record.change if record else Change()
        is_counted = record and (copy.change.at or not latest.number)
        missing = max(0, latest.number - copy.change.number) if is_counted else None
        last = latest if missing else Change()
        begin_again(db, RECOVERY, latest)
        note_recovery(db, Recovery(now, copy.of, aside.name, copy.change.what, missing, last.at, last.what))
        told = load_recovery(db)
    put_aside(path, aside)
    finish_private(unfinished, path)
    return told


def restore(path: Path, file: Path) -> Restored:
    """Put a copy in the database's place, on purpose: users, passwords and the code are those of the copy, too.

    Raise BadCopyError, and change nothing. A server that runs goes on with what was restored: all is made ready
    beside the database, and its content is replaced in one transaction.
    """
    check_copy(file)
    folder, is_lost_here = path.parent, is_lost(path)
    record = read_in_force(folder)
    known = [record.change] if record else []
    known += [] if is_lost_here else [change_in(path)]
    known += [copy.change] if (copy := newest_copy(folder)) else []
    with prepared(file, path, page_size=None if is_lost_here else page_size_of(path)) as (db, unfinished):
        restored = load_in_force(db)
        begin_again(db, RESTORE, *known, generation=record.generation if record else 0)
    if is_lost_here:
        aside = put_aside(path, free_folder(folder)) if path.exists() else None
        finish_private(unfinished, path)
    else:
        aside = free_folder(folder)
        copy_database(path, aside / path.name)
        with in_our_words(), closing(sqlite3.connect(unfinished)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        unfinished.unlink()
    database = Database(path)
    database.keep_copy()
    database.close()
    return Restored(aside, *held_again(record, restored))


@contextmanager
def prepared(copy: Path, target: Path, page_size: int | None = None) -> Iterator[tuple[Connection, Path]]:
    """Bring a copy to the present version beside where it will stand, and let it be changed there, in one transaction.

    SQLite does not put content into a database that is in use whose pages have another size.
    """
    unfinished = begin_private(target)
    copy_committed(copy, unfinished)
    with in_our_words(), closing(connect(unfinished, busy_seconds=5.0)) as db:
        refuse_unreadable(db, copy)
        db.execute("BEGIN IMMEDIATE")
        yield db, unfinished
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = DELETE")
        if page_size:
            db.execute(f"PRAGMA page_size = {page_size:d}")
            db.execute("VACUUM")


def refuse_unreadable(db: Connection, file: Path) -> None:
    """Raise BadCopyError when a value is none that the panel writes, such as a time."""
    try:
        for load in (load_site, load_interval, all_partners, contacts_of, load_request, load_recovery, load_change):
            load(db)
        for load_refused in (refusals_of, refused_logins_of):
            load_refused(db)
    except (TypeError, ValueError):
        raise BadCopyError(f"{file} is damaged. {ANOTHER}") from None


def held_again(record: InForce | None, restored: InForce) -> tuple[tuple[str, ...], bool]:
    """Return whose passwords and rights a restored copy brings back, and whether it brings back an old code."""
    if record is None:
        return (), False
    back = (name for name, login in restored.users.items() if record.users.get(name) != login)
    return tuple(sorted(back)), restored.code_hash != record.code_hash


def begin_again(db: Connection, what: str, *known: Change, generation: int = 0) -> None:
    """Make a database from a copy safe to use: nobody is signed in by it, and every unlock has ended.

    It counts as newer than all that is known of the one before.
    """
    db.execute("DELETE FROM signed_in")
    db.execute("DELETE FROM recovery")
    db.execute("UPDATE authorisation SET generation = max(generation, ?) + 1", (generation,))
    note_change(db, what, after=max((change.number for change in known), default=0))


def is_lost(path: Path) -> bool:
    """Tell whether a database is gone, empty or damaged; one that only cannot be read now is none of these."""
    need_access(path)
    if not path.exists() or not path.stat().st_size:
        return True
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError as error:
        return is_damage(error)


def change_in(path: Path) -> Change:
    """Return the last change that a database holds. Raise UnavailableError."""
    with in_our_words(), closing(sqlite3.connect(path)) as connection:
        return load_change(connection)


def page_size_of(path: Path) -> int:
    with in_our_words(), closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA page_size").fetchone()[0])


def put_aside(path: Path, aside: Path) -> Path:
    for ending in BESIDE:
        file = path.with_name(path.name + ending)
        if file.exists():
            file.rename(aside / file.name)
    sync_folder(path.parent)
    return aside


def free_folder(folder: Path) -> Path:
    number = 1
    while (aside := folder / f"aside-{number}").exists():
        number += 1
    aside.mkdir(mode=0o700)
    return aside
