"""The settings, each from an environment variable or its default. One that `repr` leaves out is a secret."""

import ctypes
import os
import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from .rules.problems import PlainError


class WrongSettingError(PlainError):
    """A setting whose value cannot be used; the text says which and what would be right."""


@dataclass(frozen=True)
class Settings:
    """What can be set from outside; `env` names the variable, `help` says what it does."""

    data: Path = field(
        default=Path("instance"),
        metadata={"env": "SYNC_PANEL_DATA", "help": "the data folder: database and keys"},
    )
    unlock_seconds: int = field(
        default=600,
        metadata={
            "env": "SYNC_PANEL_UNLOCK_SECONDS",
            "help": "an unlock ends this long after the last protected action",
        },
    )
    unlock_longest_seconds: int = field(
        default=7200,
        metadata={"env": "SYNC_PANEL_UNLOCK_LONGEST_SECONDS", "help": "an unlock ends at the latest after this long"},
    )
    sign_in_seconds: int = field(
        default=43200,
        metadata={
            "env": "SYNC_PANEL_SIGN_IN_SECONDS",
            "help": "a browser that asks for nothing is signed out after this long",
        },
    )
    exchange: str = field(
        default="",
        metadata={
            "env": "SYNC_PANEL_EXCHANGE",
            "help": "a command that exchanges data after each request that was answered, like `--exchange`",
        },
    )
    exchange_seconds: int = field(
        default=600,
        metadata={"env": "SYNC_PANEL_EXCHANGE_SECONDS", "help": "such a command is ended after this long"},
    )
    hosts: str = field(
        default="",
        metadata={
            "env": "SYNC_PANEL_HOSTS",
            "help": "more names or addresses of this server, with commas between; its own and its URL's are known",
        },
    )
    trusted_proxy: str = field(
        default="",
        metadata={
            "env": "SYNC_PANEL_TRUSTED_PROXY",
            "help": "the address of a proxy in front, whose `X-Forwarded-…` headers count; nobody else's do",
        },
    )
    admin_password: str = field(
        default="",
        repr=False,
        metadata={
            "env": "SYNC_PANEL_ADMIN_PASSWORD",
            "help": "the first user's password, for a first start without a person",
        },
    )
    authorisation_code: str = field(
        default="",
        repr=False,
        metadata={
            "env": "SYNC_PANEL_AUTHORISATION_CODE",
            "help": "the first authorisation code, for a first start without a person",
        },
    )

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] = os.environ) -> "Settings":
        """Read the settings, and take the secrets out of the environment: nothing later needs them there.

        Raise WrongSettingError for a number that is none, or not above 0.
        """
        given = {
            setting.name: environment[setting.metadata["env"]]
            for setting in fields(cls)
            if environment.get(setting.metadata["env"])
        }
        for name in secret_variables():
            forget(name, environment)
        readers = {setting.name: READERS[setting.type] for setting in fields(cls)}
        return cls(**{name: readers[name](name, text) for name, text in given.items()})

    def without_secrets(self) -> "Settings":
        """Return the settings as they are after the first start, which alone needs the secrets."""
        secrets: dict[str, Any] = {setting.name: setting.default for setting in fields(self) if not setting.repr}
        return replace(self, **secrets)


def secret_variables() -> frozenset[str]:
    """Return the names of the environment variables that hold a secret."""
    return frozenset(setting.metadata["env"] for setting in fields(Settings) if not setting.repr)


def forget(name: str, environment: MutableMapping[str, str]) -> None:
    """Take a variable out of an environment; for the process's own, out of what /proc shows as well."""
    if environment is os.environ and name in environment and os.name == "posix":
        # unsetenv leaves the text where it was, and /proc/PID/environ reads it there until the process ends.
        libc = ctypes.CDLL(None)
        libc.getenv.restype = ctypes.c_void_p
        if address := libc.getenv(name.encode()):
            ctypes.memset(address, 0, len(os.environb[name.encode()]))
    environment.pop(name, None)


def positive(name: str, text: str) -> int:
    """Return a whole number above 0. Raise WrongSettingError for anything else."""
    if re.fullmatch(r"[0-9]{1,9}", text) and int(text) > 0:
        return int(text)
    env = next(setting.metadata["env"] for setting in fields(Settings) if setting.name == name)
    raise WrongSettingError(f"{env} is “{text}”. Set it to a whole number of seconds above 0.")


READERS: dict[Any, Callable[[str, str], Any]] = {
    int: positive,
    str: lambda _name, text: text,
    Path: lambda _name, text: Path(text),
}
