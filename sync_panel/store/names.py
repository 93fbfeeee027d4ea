"""The names by which this server is used, in a small file beside the database.

Not in the database: who uses a name is not shut out by a recovery, or a restore, of an older URL.
"""

from collections.abc import Set as AbstractSet
from pathlib import Path

from sync_panel.files import write_private

from .copies import disk_in_words
from .database import Database

NAMES = "names"  # the file, a name a line
NOT_WRITTEN = (
    "Nothing was changed: the names of this server could not be written (%(reason)s). "
    "Free some space or mend the disk, then try again."
)


def load_names(folder: Path) -> frozenset[str]:
    """Return the names and addresses by which this server is used; none where the file is gone or damaged."""
    try:
        return frozenset((folder / NAMES).read_text("ascii").split())
    except (OSError, ValueError):
        return frozenset()


def change_names(
    database: Database, folder: Path, *, used: AbstractSet[str] = frozenset(), left: AbstractSet[str] = frozenset()
) -> None:
    """Add names that are used from now on, and forget those that were left. Raise UnavailableError."""
    with database.writing(), disk_in_words(NOT_WRITTEN):  # a transaction keeps other processes from the file
        names = (load_names(folder) | used) - left
        write_private(folder / NAMES, "".join(f"{name}\n" for name in sorted(names)))
