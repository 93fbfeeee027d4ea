"""The command line, one module a subject; what the commands share, and how their errors are told.

A host's application takes the same commands: `app.cli.add_command(panel_commands)`.
"""

import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from sync_panel.guard.keys import Hasher
from sync_panel.machine import SystemClock
from sync_panel.panel import Panel, open_panel
from sync_panel.rules.problems import PlainError
from sync_panel.settings import Settings

HELP_OPTIONS = ["-h", "--help"]


class CommandError(PlainError):
    """A command that cannot be done; the text says why and what would work."""


class Command(click.Command):
    """A command that is given the settings: those of the environment, on the data folder that --data names."""

    def __init__(self, params: list[click.Parameter], **given: Any) -> None:
        told = "the data folder (SYNC_PANEL_DATA, or instance)"
        data = click.Option(["--data", "settings"], type=Path, callback=settings_on, metavar="FOLDER", help=told)
        super().__init__(params=[data, *params], **given)


class Commands(click.Group):
    """Commands whose errors are one plain line each, whoever runs them: `app.py` or a host's `flask`."""

    command_class = Command
    group_class = type  # another of these

    def invoke(self, ctx: click.Context) -> None:
        """Run the command that is named. Exit with 2 for a wrong command line, with 1 for what cannot be done."""
        if isinstance(sys.stdout, io.TextIOWrapper):  # names stand in any script, and those of files in any bytes
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
        try:
            super().invoke(ctx)
            sys.stdout.flush()  # what cannot be written is told as well
        except click.UsageError as error:
            tell(2, f"{error.format_message().rstrip('.')}. See {(error.ctx or ctx).command_path} --help.")
        except PlainError as error:
            tell(1, str(error))
        except BrokenPipeError:
            raise  # nobody reads on: Click ends without a word
        except OSError as error:
            with suppress(OSError):
                sys.stdout.flush()
            sys.stdout = io.StringIO()  # what the disk does not take is not tried, and complained of, again at the end
            tell(1, ": ".join(filter(None, (error.strerror, error.filename))))
        except KeyboardInterrupt:
            raise click.exceptions.Exit(130) from None


# The group itself has no option but these; any other is told in `invoke`, as a command that there is not.
panel_commands = Commands(
    "sync-panel",
    help="The Synchronisation preferences of a server.",
    no_args_is_help=False,
    context_settings={"help_option_names": HELP_OPTIONS, "ignore_unknown_options": True},
)


def tell(status: int, text: str) -> NoReturn:
    """Say in one line, even of a value that has more, why a command ends, and end it."""
    print(" ".join(text.splitlines()), file=sys.stderr)
    raise click.exceptions.Exit(status)


def settings_on(_context: click.Context, _option: click.Parameter, folder: Path | None) -> Settings:
    """Return the settings of the environment, on another data folder when one is named. Raise WrongSettingError."""
    settings = Settings.from_environment()
    return replace(settings, data=folder) if folder else settings


def open_here(settings: Settings) -> Panel:
    return open_panel(settings, SystemClock(), Hasher())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, `serve` when none is named. Return the exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in HELP_OPTIONS):
        arguments = ["serve", *arguments]
    return panel_commands.main(arguments, prog_name="app.py", standalone_mode=False) or 0


from . import access, copies, look, serve  # noqa: E402, F401  # their commands, which need what stands above
