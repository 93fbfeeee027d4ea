"""Private files: readable by their owner only, and on disk whole or not at all."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner may read, and be sure that it is on disk, whole or not at all."""
    unfinished = begin_private(path)
    unfinished.write_text(text, encoding="ascii")
    finish_private(unfinished, path)


def write_private_beside(path: Path, text: str, *, replaces: bool = True) -> None:
    """Write like write_private, while another process may write the same file.

    Without `replaces` a file that is there stays: of several writers the first counts.
    """
    unfinished = begin_private(path.with_name(f"{path.name}.{secrets.token_hex(4)}"))
    try:
        unfinished.write_text(text, encoding="ascii")
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        if replaces:
            unfinished.replace(path)
        else:
            path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def begin_private(path: Path) -> Path:
    """Return an empty private file beside where it will stand; what a crash left there is removed."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return unfinished


def finish_private(unfinished: Path, path: Path) -> None:
    """Put a file that is written onto the disk, and then in its place."""
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the folder's entries on disk, where the system can (Windows cannot open a folder)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
