"""The first start: the data folder with its keys, its database, one editor and one authorisation code."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .files import open_to_others, sync_folder, write_private
from .guard.code import bare_code, check_chosen_code, new_code
from .guard.keys import Hasher, make_keys
from .guard.sign_in import check_chosen_password
from .rules.problems import RefusedError
from .settings import Settings, WrongSettingError
from .store.copies import LATEST
from .store.database import Connection, create_database
from .store.errors import NotUsableError
from .store.users import add_user, set_code_hash

DATABASE_FILE = "sync_panel.sqlite3"
MARKER_FILE = "set-up"  # says that this folder was set up once, whatever becomes of its database
FIRST_USER = "admin"


@dataclass(frozen=True, repr=False)
class FirstSecrets:
    """What the first start tells the person at the terminal; None where the environment gave it."""

    password: str | None
    code: str | None


def was_set_up(folder: Path) -> bool:
    return any((folder / name).exists() for name in (MARKER_FILE, DATABASE_FILE, LATEST))


def refuse_never_set_up(folder: Path) -> None:
    if not was_set_up(folder):
        raise NotUsableError(f"{folder} was not set up yet. Start the panel once with: python app.py --data {folder}")


def refuse_open_to_others(folder: Path) -> None:
    """Raise NotUsableError for a data folder that somebody else may read or write, with the command that mends it."""
    if told := open_to_others(folder):
        raise NotUsableError(f"{told} Or name another data folder with --data.")


def set_up(settings: Settings, hasher: Hasher, tell: Callable[[FirstSecrets], None]) -> None:
    """Make the data folder, unless it was set up before.

    `tell` is called before anything takes force, so that a start which dies here leaves no password
    that nobody has read: the next start begins again. Raise WrongSettingError for a password or a
    code in the environment that the rules refuse.
    """
    folder = settings.data
    refuse_open_to_others(folder)
    if was_set_up(folder):
        mark(folder)
        return
    first = FirstSecrets(
        password=None if settings.admin_password else secrets.token_urlsafe(12),
        code=None if settings.authorisation_code else new_code(),
    )
    password = first.password or chosen(check_chosen_password, settings.admin_password, "SYNC_PANEL_ADMIN_PASSWORD")
    code = first.code and bare_code(first.code)
    code = code or chosen(check_chosen_code, settings.authorisation_code, "SYNC_PANEL_AUTHORISATION_CODE")
    password_hash, code_hash = hasher.hash(password), hasher.hash(code)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_keys(folder)
    unfinished = folder / f"{DATABASE_FILE}.new"
    create_database(unfinished, lambda db: fill(db, password_hash, code_hash))
    tell(first)
    unfinished.rename(folder / DATABASE_FILE)
    sync_folder(folder)
    mark(folder)


def fill(db: Connection, password_hash: str, code_hash: str) -> None:
    add_user(db, FIRST_USER, password_hash, may_edit=True)
    set_code_hash(db, code_hash)


def mark(folder: Path) -> None:
    if not (folder / MARKER_FILE).exists():
        write_private(folder / MARKER_FILE, "This folder was set up. Without its database it must be restored.\n")


def chosen(check: Callable[[str], str], given: str, variable: str) -> str:
    """Return a secret from the environment, as the rules keep it. Raise WrongSettingError."""
    try:
        return check(given)
    except RefusedError as refused:
        raise WrongSettingError(f"{variable} cannot be used. {refused}") from None
