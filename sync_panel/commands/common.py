"""What the commands share: opening the panel, asking for a secret, and saying no."""

import getpass
import sys

from sync_panel.clock import SystemClock
from sync_panel.guard.hashing import Hasher
from sync_panel.panel import Panel, open_panel
from sync_panel.rules.problems import PlainError
from sync_panel.settings import Settings


class CommandError(PlainError):
    """A command that cannot be done; the text says why and what would work."""


def open_here(settings: Settings) -> Panel:
    """Open the panel for one command."""
    return open_panel(settings, SystemClock(), Hasher())


def ask_secret(prompt: str) -> str:
    """Return a secret: typed unseen and twice at a terminal, otherwise the first line of standard input."""
    if not sys.stdin.isatty():
        return first_line()
    typed = getpass.getpass(f"{prompt}: ")
    if typed and getpass.getpass("The same again: ") != typed:
        raise CommandError("The two are not the same. Nothing was changed.")
    return typed


def first_line() -> str:
    """Return the first line of standard input. Raise CommandError when there is none, or it is no text."""
    line = sys.stdin.buffer.readline()
    if not line:
        raise CommandError("Nothing came in on standard input. Nothing was changed.")
    try:
        return line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise CommandError("What came in is not text in UTF-8. Nothing was changed.") from None
