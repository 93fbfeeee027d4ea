"""The settings, each from an environment variable or its default. One that `repr` leaves out is a secret."""

import ctypes
import os
import re
from collections.abc import MutableMapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from .rules.problems import PlainError


class WrongSettingError(PlainError):
    """A setting whose value cannot be used; the text says which and what would be right."""


def setting(default: Any, env: str, told: str, *, secret: bool = False) -> Any:
    """Return a field of Settings: its default, the environment variable that it is read from, and what that says."""
    return field(default=default, repr=not secret, metadata={"env": env, "help": told})


@dataclass(frozen=True)
class Settings:
    """What can be set from outside; `env` names the variable, `help` says what it does."""

    data: Path = setting(Path("instance"), "SYNC_PANEL_DATA", "the data folder: database and keys")
    unlock_seconds: int = setting(
        600, "SYNC_PANEL_UNLOCK_SECONDS", "an unlock ends this long after the last protected action"
    )
    unlock_longest_seconds: int = setting(
        7200, "SYNC_PANEL_UNLOCK_LONGEST_SECONDS", "an unlock ends at the latest after this long"
    )
    sign_in_seconds: int = setting(
        43200, "SYNC_PANEL_SIGN_IN_SECONDS", "a browser that asks for nothing is signed out after this long"
    )
    exchange: str = setting(
        "",
        "SYNC_PANEL_EXCHANGE",
        "a command that exchanges data after each request that was answered, like `--exchange`",
    )
    exchange_seconds: int = setting(600, "SYNC_PANEL_EXCHANGE_SECONDS", "such a command is ended after this long")
    hosts: str = setting(
        "",
        "SYNC_PANEL_HOSTS",
        "more names or addresses of this server, with commas between; its own and its URL's are known",
    )
    trusted_proxy: str = setting(
        "",
        "SYNC_PANEL_TRUSTED_PROXY",
        "the address of a proxy in front, whose `X-Forwarded-…` headers count; nobody else's do",
    )
    admin_password: str = setting(
        "",
        "SYNC_PANEL_ADMIN_PASSWORD",
        "the first user's password, 8 characters or more, for a first start without a person",
        secret=True,
    )
    authorisation_code: str = setting(
        "",
        "SYNC_PANEL_AUTHORISATION_CODE",
        "the first authorisation code, 15 characters or more without spaces and dashes, "
        "for a first start without a person",
        secret=True,
    )

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] = os.environ) -> "Settings":
        """Read the settings, and take the secrets out of the environment: nothing later needs them there.

        Raise WrongSettingError for a number that is none, or not above 0.
        """
        given = {each: environment[env] for each in fields(cls) if environment.get(env := each.metadata["env"])}
        for name in secret_variables():
            forget(name, environment)
        return cls(**{each.name: value_of(each, text) for each, text in given.items()})

    def without_secrets(self) -> "Settings":
        """Return the settings as they are after the first start, which alone needs the secrets."""
        secrets: dict[str, Any] = {each.name: each.default for each in fields(self) if not each.repr}
        return replace(self, **secrets)


def secret_variables() -> frozenset[str]:
    """Return the names of the environment variables that hold a secret."""
    return frozenset(each.metadata["env"] for each in fields(Settings) if not each.repr)


def forget(name: str, environment: MutableMapping[str, str]) -> None:
    """Take a variable out of an environment; for the process's own, out of what /proc shows as well."""
    if environment is os.environ and name in environment and os.name == "posix":
        # unsetenv leaves the text where it was, and /proc/PID/environ reads it there until the process ends.
        libc = ctypes.CDLL(None)
        libc.getenv.restype = ctypes.c_void_p
        if address := libc.getenv(name.encode()):
            ctypes.memset(address, 0, len(os.environb[name.encode()]))
    environment.pop(name, None)


def value_of(each: Field[Any], text: str) -> Any:
    """Return what a variable's text says. Raise WrongSettingError where it should be a whole number above 0."""
    if each.type is not int:
        return Path(text) if each.type is Path else text
    if re.fullmatch(r"[0-9]{1,9}", text) and int(text) > 0:
        return int(text)
    raise WrongSettingError(f"{each.metadata['env']} is “{text}”. Set it to a whole number of seconds above 0.")
