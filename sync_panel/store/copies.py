"""Copies of the database: of one moment, private, and whole or not there at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sync_panel.files import begin_private, begin_private_anywhere, finish_private
from sync_panel.rules.problems import PlainError

from .errors import UnavailableError, in_our_words
from .in_force import Change, load_change
from .schema import INSTALL, NEWER, content_fault, is_damage, strangeness_of

LATEST = "latest.sqlite3"  # the file, beside the database: its state after the last change
SNAPSHOTS = "snapshots"  # the folder, beside the database
KEPT = 15  # snapshots
ANOTHER = "Name a file that “backup” has made."


class BadCopyError(PlainError):
    """A file that is no copy this panel can use; the text says why and what would be right."""


def back_up_database(path: Path, target: Path) -> None:
    """Copy what is committed in a database into a new file anywhere, and touch no other file there.

    Raise UnavailableError when the disk does not allow it.
    """
    with disk_in_words("No copy of the database could be made (%(reason)s). Look at the disk, then try again."):
        unfinished = begin_private_anywhere(target)
        try:
            copy_committed(path, unfinished)
            finish_private(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)


def copy_database(path: Path, target: Path) -> None:
    """Copy what is committed in a database into a new file of the data folder. Raise UnavailableError, and OSError."""
    unfinished = begin_private(target)
    copy_committed(path, unfinished)
    finish_private(unfinished, target)


def copy_latest(path: Path) -> None:
    """Keep what is committed now as what a recovery takes first. Raise UnavailableError, OSError or BadCopyError.

    A copy that is not good does not take the place of an older one that is.
    """
    target = path.parent / LATEST
    unfinished = begin_private(target)
    copy_committed(path, unfinished)
    check_copy(unfinished)
    finish_private(unfinished, target)


def copy_committed(path: Path, unfinished: Path) -> None:
    """Copy what is committed in a database into an empty file. Raise UnavailableError for SQLite's errors."""
    for ending in ("-wal", "-shm", "-journal"):  # what a crash left of an earlier copy under that name
        unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)
    with in_our_words(), closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is synced as a whole when it is finished
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it


def take_snapshot(path: Path) -> None:
    """Keep what is committed now, and forget the oldest snapshots beyond the limit. Raise UnavailableError."""
    folder = path.parent / SNAPSHOTS
    with disk_in_words(
        "Nothing was saved: no copy of the database could be made before the change (%(reason)s). "
        "Free some space or mend the disk, then try again."
    ):
        folder.mkdir(mode=0o700, exist_ok=True)
        kept = snapshots(folder)
        number = int(kept[0].stem) + 1 if kept else 1
        copy_database(path, folder / f"{number:08d}.sqlite3")
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
    numbered = [path for path in folder.glob("*.sqlite3") if path.stem.isdigit()]
    return sorted(numbered, key=lambda path: int(path.stem), reverse=True)


@dataclass(frozen=True)
class Copy:
    """A good copy, the last change that it holds, and of when it is."""

    path: Path
    change: Change
    of: datetime


def newest_copy(folder: Path) -> Copy | None:
    """Return the newest good copy of a data folder: the one from after the last change, or else a snapshot."""
    good = filter(None, (good_copy(folder / LATEST), newest_good_snapshot(folder / SNAPSHOTS)))
    return max(good, key=lambda copy: copy.change.number, default=None)


def newest_good_snapshot(folder: Path) -> Copy | None:
    return next(filter(None, map(good_copy, snapshots(folder))), None)


def good_copy(path: Path) -> Copy | None:
    if not path.exists():
        return None
    try:
        change = check_copy(path)
    except BadCopyError:
        return None
    return Copy(path, change, change.at or datetime.fromtimestamp(path.stat().st_mtime, UTC))


def check_copy(path: Path) -> Change:
    """Return the last change that a file holds. Raise BadCopyError when the panel cannot use the file.

    It must be ours and not newer than this program, whole, made as the migrations make it, and hold the rows without
    which nothing works. The schema is compared first: nothing of a stranger's runs.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            fault = strangeness_of(connection) or content_fault(connection)
            change = Change() if fault else load_change(connection)
    except sqlite3.DatabaseError as error:
        fault = "is damaged" if is_damage(error) else "cannot be read"
    except ValueError:
        fault = "is damaged"
    if fault:
        raise BadCopyError(f"{path} {fault}. {INSTALL if fault == NEWER else ANOTHER}")
    return change
