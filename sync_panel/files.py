"""Private files: readable by their owner only, and on disk whole or not at all."""

import os
import secrets
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import pwd

OTHERS = 0o077  # the rights of the group and of everybody


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
    """Return an empty private file beside where it will stand; what a crash left there is removed.

    For the data folder only, where all names are the panel's own.
    """
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return unfinished


def begin_private_anywhere(path: Path) -> Path:
    """Return an empty private file beside where it will stand, under a name that nothing else has."""
    descriptor, name = tempfile.mkstemp(prefix=".sync-panel-", suffix=".new", dir=path.parent)
    os.close(descriptor)
    return Path(name)


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


def open_to_others(folder: Path) -> str | None:
    """Return what somebody else may read or write of a private folder, and the command that ends that; None if nothing.

    A link counts as what it leads to. Windows keeps no such rights.
    """
    if sys.platform == "win32":
        return None
    for path in with_content(folder):
        try:
            found = path.stat()
        except FileNotFoundError:  # gone meanwhile, as SQLite's files come and go
            continue
        if found.st_uid not in {os.geteuid(), 0}:
            return (
                f"{path} belongs to another user ({user_name(found.st_uid)}). Run this command as that user, or give "
                f"the folder to yourself with: chown -R {user_name(os.geteuid())} {shlex.quote(str(folder))}"
            )
        if found.st_mode & OTHERS:
            return f"Others may read or write {path}. Forbid it with: chmod -R go= {shlex.quote(str(folder))}"
    return None


def with_content(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield folder
        yield from folder.rglob("*")


def user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
