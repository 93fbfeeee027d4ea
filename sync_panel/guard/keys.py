"""The two keys of a data folder, each in a file that only its owner may read."""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

COOKIE_KEY_FILE = "cookies.key"
PASSWORD_KEY_FILE = "passwords.key"  # noqa: S105  # a file's name


@dataclass(frozen=True, repr=False)
class Keys:
    """The key that signs cookies, and the Fernet key that seals what must stay secret at rest."""

    cookies: str
    passwords: str


def new_key() -> str:
    """Return 256 random bits in the form that Fernet reads."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def make_keys(folder: Path) -> None:
    """Write the keys that are missing; a key once written is never replaced."""
    for name in (COOKIE_KEY_FILE, PASSWORD_KEY_FILE):
        if not (folder / name).exists():
            write_private(folder / name, new_key())


def read_keys(folder: Path) -> Keys:
    """Read both keys. Raise FileNotFoundError when one is missing."""
    return Keys(
        *((folder / name).read_text("ascii").strip() for name in (COOKIE_KEY_FILE, PASSWORD_KEY_FILE)),
    )


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner may read, and be sure that it is on disk, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
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
