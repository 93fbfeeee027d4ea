"""The command line: what can be asked for, and how errors are told."""

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from .commands.certificate import new_certificate
from .commands.check import check_partners
from .commands.code import set_code
from .commands.copies import back_up, put_back
from .commands.serve import serve_panel
from .commands.show import show_settings
from .commands.users import add_user, allow_edit, let_address_in, list_users, remove_user, set_password
from .rules.problems import PlainError
from .settings import Settings

DEFAULT_LISTEN = "127.0.0.1:8765"


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line, without the usage above it."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and where help is."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, `serve` when none is named. Return the exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in {"-h", "--help"}):
        arguments = ["serve", *arguments]
    chosen = parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # names stand in any script, whatever the terminal's
    try:
        settings = Settings.from_environment()
        if chosen.data:
            settings = replace(settings, data=chosen.data)
        chosen.run(chosen, settings)
    except PlainError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.strerror}: {error.filename}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    else:
        return 0
    return 1


def parser() -> Parser:
    """Return the parser of all commands."""
    shared = Parser(add_help=False)
    shared.add_argument("--data", type=Path, help="the data folder (SYNC_PANEL_DATA, or instance)")
    top = Parser(prog="app.py", description="The Synchronisation preferences of a server.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(under: "argparse._SubParsersAction[Parser]", name: str, does: Callable[..., None]) -> Parser:
        added = under.add_parser(name, help=does.__doc__, description=does.__doc__, parents=[shared])
        added.set_defaults(run=does)
        return added

    serve = command(commands, "serve", serve_panel)
    serve.add_argument("--listen", default=DEFAULT_LISTEN, metavar="HOST:PORT")
    serve.add_argument("--tls", action="store_true", help="serve HTTPS, with a certificate made here")
    serve.add_argument("--tls-cert", type=Path, metavar="FILE", help="serve HTTPS with this certificate (PEM)")
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="the key of that certificate")
    serve.add_argument("--allow-plain-http", action="store_true", help="let other machines connect without TLS")
    serve.add_argument("--exchange", metavar="COMMAND", help="run this after each request that was answered")
    show = command(commands, "show", show_settings)
    show.add_argument("--json", action="store_true", help="for a program to read")
    show.add_argument("--with-password", action="store_true", help="with the shared password in the clear")
    check = command(commands, "check", check_partners)
    check.add_argument("sync_ids", nargs="*", metavar="SYNC_ID", help="which servers; without any, all of the list")
    command(commands, "backup", back_up).add_argument("file", type=Path)
    command(commands, "restore", put_back).add_argument("file", type=Path)
    command(commands, "set-code", set_code)
    anew = command(commands, "new-certificate", new_certificate)
    anew.add_argument("--same-key", action="store_true", help="only let this machine's new names in; partners go on")
    command(commands, "let-in", let_address_in).add_argument("address")
    user = commands.add_parser("user", help="Look after the people who may sign in.").add_subparsers(
        required=True, metavar="COMMAND"
    )
    command(user, "list", list_users)
    add = command(user, "add", add_user)
    add.add_argument("name")
    add.add_argument("--edit", action="store_true", help="may edit; otherwise a viewer")
    command(user, "remove", remove_user).add_argument("name")
    command(user, "password", set_password).add_argument("name")
    allow = command(user, "allow-edit", allow_edit)
    allow.add_argument("name")
    allow.add_argument("answer", nargs="?", choices=("yes", "no"), default="yes")
    return top
