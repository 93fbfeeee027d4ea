"""This site: who it is in the synchronised system, and how it signs in to its partners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .partner import Identity
from .problems import RefusedError, parse_each
from .sync_id import parse_sync_id
from .text import parse_name, refuse_no_text, trim
from .url import parse_url

LONGEST_PASSWORD = 200


@dataclass(frozen=True)
class Parameters:
    """The synchronise parameters as entered. None means not set; for the password, not replaced."""

    sync_id: int | None = None
    name: str | None = None
    store: str | None = None
    url: str | None = None
    user_name: str | None = None
    password: str | None = None

    @property
    def identity(self) -> Identity:
        """Return this site as another server should list it; 0 and empty text stand for what is not set."""
        return Identity(self.sync_id or 0, self.name or "", self.store or "", self.url)


def parse_parameters(values: Mapping[str, str], *, password_is_set: bool) -> Parameters:
    """Return the parameters, or raise InvalidError with what is wrong.

    Without a Sync ID the site is stand-alone and may leave any field empty; a synced site only its
    URL, which a satellite behind a router may not have, and a password that is set already.
    """
    is_synced = bool(trim(values.get("sync_id", "")))
    needed = required if is_synced else may_be_empty
    return Parameters(
        **parse_each(
            values,
            {
                "sync_id": may_be_empty(parse_sync_id),
                "name": needed(parse_name),
                "store": needed(parse_name),
                "url": may_be_empty(parse_url),
                "user_name": needed(parse_user_name),
                "password": parse_needed_password if is_synced and not password_is_set else parse_password,
            },
        )
    )


def required(rule: Callable[[str], Any]) -> Callable[[str], Any]:
    return rule


def may_be_empty(rule: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda typed: rule(typed) if trim(typed) else None


def parse_user_name(typed: str) -> str:
    """Return the user name; a colon would end it in an HTTP Basic header (RFC 7617, section 2)."""
    name = parse_name(typed)
    if ":" in name:
        raise RefusedError("A user name may not contain a colon. Use another character.")
    return name


RULES: dict[str, Callable[[str], Any]] = {  # of each field by itself; the password is as it is typed
    "sync_id": may_be_empty(parse_sync_id),
    "name": may_be_empty(parse_name),
    "store": may_be_empty(parse_name),
    "url": may_be_empty(parse_url),
    "user_name": may_be_empty(parse_user_name),
}


def parse_password(typed: str) -> str | None:
    """Return the password exactly as typed, or None for an empty field, which keeps the old one."""
    if len(typed) > LONGEST_PASSWORD:
        raise RefusedError("This password is longer than %(longest)s characters. Shorten it.", longest=LONGEST_PASSWORD)
    refuse_no_text(typed)
    return typed or None


def parse_needed_password(typed: str) -> str:
    """Return the password of a synced site that has none yet."""
    if (password := parse_password(typed)) is None:
        raise RefusedError("A synced site needs a password. Enter the one that all its servers share.")
    return password
