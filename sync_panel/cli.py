"""The command line. A host's application takes the same commands: `app.cli.add_command(panel_commands)`."""

import sys
from collections.abc import Sequence

from .commands import HELP_OPTIONS, access, copies, look, panel_commands, serve  # noqa: F401  # the modules' commands

__all__ = ["main", "panel_commands"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, `serve` when none is named. Return the exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in HELP_OPTIONS):
        arguments = ["serve", *arguments]
    return panel_commands.main(arguments, prog_name="app.py", standalone_mode=False) or 0
