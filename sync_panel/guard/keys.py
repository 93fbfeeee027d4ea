"""What keeps secrets: a data folder's two keys, each in a private file, sealing with one, and one-way hashes."""

import base64
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

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


def seal(key: str, text: str) -> bytes:
    """Return the text encrypted and authenticated with a Fernet key."""
    from cryptography.fernet import Fernet  # noqa: PLC0415  # slow to import, and only needed here

    return Fernet(key).encrypt(text.encode("utf-8"))


def unseal(key: str, sealed: bytes | str) -> str | None:
    """Return the text, or None when it was not sealed with this key."""
    from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415  # slow to import, and only needed here

    try:
        return Fernet(key).decrypt(sealed).decode("utf-8")
    except (InvalidToken, ValueError):  # text beyond ASCII is a ValueError
        return None


# OWASP's Password Storage table asks for p=3 at N=2^15; Werkzeug's own default is p=1.
SCRYPT = "scrypt:32768:8:3"
LONGEST_SECRET = 1000  # characters; more are refused before any work is done


class Hasher:
    """Hashes one secret at a time: each takes 32 MB and a quarter of a second on a small server."""

    def __init__(self, method: str = SCRYPT) -> None:
        self._method = method
        self._one_at_a_time = threading.Lock()
        self._hash_of_nothing = ""

    def hash(self, secret: str) -> str:
        with self._one_at_a_time:
            return generate_password_hash(secret, self._method)

    def matches(self, secret: str, hashed: str | None) -> bool:
        """Tell whether the secret was hashed to this. No hash takes as long as a wrong secret, and is False."""
        if len(secret) > LONGEST_SECRET:
            return False
        if not hashed and not self._hash_of_nothing:
            self._hash_of_nothing = self.hash("")
        with self._one_at_a_time:
            right = check_password_hash(hashed or self._hash_of_nothing, secret)
        return right and bool(hashed)
