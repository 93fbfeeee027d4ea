"""The settings, each from an environment variable or its default."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class WrongSettingError(Exception):
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
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings. Raise WrongSettingError for a number that is none, or not above 0."""
        given = {
            setting.name: environment[setting.metadata["env"]]
            for setting in fields(cls)
            if environment.get(setting.metadata["env"])
        }
        readers = {setting.name: READERS[setting.type] for setting in fields(cls)}
        return cls(**{name: readers[name](name, text) for name, text in given.items()})


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
