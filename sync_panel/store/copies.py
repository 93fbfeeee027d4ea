"""Copies of the database: of one moment, private, and whole or not there at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sync_panel.files import begin_private, finish_private

from .errors import UnavailableError, in_our_words
from .migrate import migrations, version_of

SNAPSHOTS = "snapshots"  # the folder, beside the database
KEPT = 15  # snapshots
APPLICATION_ID = 0x53796E63  # "Sync"; SQLite keeps it in the file's header
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class BadCopyError(Exception):
    """A file that is no copy this panel can use; the text says why and what would be right."""


def copy_database(path: Path, target: Path) -> None:
    """Copy what is committed in a database into a new file. Raise UnavailableError when the disk does not allow it."""
    with disk_in_words("No copy of the database could be made (%(reason)s). Look at the disk, then try again."):
        copy_committed(path, target)


def copy_committed(path: Path, target: Path) -> None:
    """Copy what is committed in a database into a new file. Raise UnavailableError for SQLite's errors, and OSError."""
    unfinished = begin_private(target)
    with in_our_words(), closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    finish_private(unfinished, target)


def take_snapshot(path: Path) -> None:
    """Keep what is committed now, and forget the oldest snapshots beyond the limit. Raise UnavailableError."""
    folder = path.parent / SNAPSHOTS
    with disk_in_words(
        "Nothing was saved: no copy of the database could be made before the change (%(reason)s). "
        "Free some space or mend the disk, then try again."
    ):
        folder.mkdir(mode=0o700, exist_ok=True)
        kept = snapshots(folder)
        number = number_of(kept[0]) + 1 if kept else 1
        copy_committed(path, folder / f"{number:08d}.sqlite3")
        for old in kept[KEPT - 1 :]:
            old.unlink(missing_ok=True)


@contextmanager
def disk_in_words(sentence: str) -> Iterator[None]:
    """Turn what the system says of a disk into UnavailableError with this sentence, which names the `reason`."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(sentence, reason=error.strerror or "unknown") from error


def snapshots(folder: Path) -> list[Path]:
    """Return the snapshots, the newest first; they are numbered, since a clock may jump."""
    return sorted((path for path in folder.glob("*.sqlite3") if path.stem.isdigit()), key=number_of, reverse=True)


def number_of(snapshot: Path) -> int:
    """Return a snapshot's number."""
    return int(snapshot.stem)


def newest_good_snapshot(folder: Path) -> Path | None:
    """Return the newest snapshot that passes every check."""
    for snapshot in snapshots(folder):
        try:
            check_copy(snapshot)
        except BadCopyError:
            continue
        return snapshot
    return None


def check_copy(path: Path) -> None:
    """Raise BadCopyError for a file that is none of ours, newer than this program, or damaged."""
    another = "Name a file that “backup” has made."
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            version = version_of(connection)
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        reason = "is damaged" if is_damage(error) else "cannot be read"
        raise BadCopyError(f"{path} {reason}. {another}") from None
    if application != APPLICATION_ID or not version:
        raise BadCopyError(f"{path} is no database of this panel. {another}")
    if version > migrations()[-1][0]:
        raise BadCopyError(f"{path} was made by a newer version of this panel. Install that version or a later one.")
    if found != "ok" or broken:
        raise BadCopyError(f"{path} is damaged. {another}")


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell whether SQLite found the file itself wrong."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def time_of(path: Path) -> datetime:
    """Return when a copy was made."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
