"""The two keys of a data folder, each in a file that only its owner may read."""

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path

from sync_panel.files import write_private
from sync_panel.store.errors import NotUsableError

COOKIE_KEY_FILE = "cookies.key"
PASSWORD_KEY_FILE = "passwords.key"  # noqa: S105  # a file's name

KEY_LENGTH = 32  # bytes
REMEDY = "Put a copy of it back, or name another data folder with --data."


@dataclass(frozen=True, repr=False)
class Keys:
    """The key that signs cookies, and the Fernet key that seals what must stay secret at rest."""

    cookies: str
    passwords: str


def new_key() -> str:
    """Return 256 random bits in the form that Fernet reads."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_LENGTH)).decode("ascii")


def make_keys(folder: Path) -> None:
    """Write the keys that are missing; a key once written is never replaced."""
    for name in (COOKIE_KEY_FILE, PASSWORD_KEY_FILE):
        if not (folder / name).exists():
            write_private(folder / name, new_key())


def read_keys(folder: Path) -> Keys:
    """Read both keys. Raise NotUsableError when one is missing or damaged."""
    return Keys(read_key(folder / COOKIE_KEY_FILE), read_key(folder / PASSWORD_KEY_FILE))


def read_key(path: Path) -> str:
    """Read one key. Raise NotUsableError when it is missing, or is not 256 bits in base 64."""
    try:
        key = path.read_bytes().strip()
        is_whole = len(base64.urlsafe_b64decode(key)) == KEY_LENGTH
    except FileNotFoundError:
        raise NotUsableError(f"The key {path} is missing. {REMEDY}") from None
    except ValueError:
        is_whole = False
    if not is_whole:
        raise NotUsableError(f"The key {path} is damaged. {REMEDY}")
    return key.decode("ascii")
