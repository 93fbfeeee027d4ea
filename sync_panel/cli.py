"""The command line: serving the panel, showing its settings, and looking after code and users."""

import argparse
import getpass
import io
import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from .application import create_app
from .clock import SystemClock
from .guard.code import check_chosen_code, new_code
from .guard.hashing import Hasher
from .guard.sealing import unseal
from .guard.sign_in import check_chosen_password
from .panel import Panel, open_panel
from .rules.problems import RefusedError
from .rules.text import parse_name
from .server import CannotListenError, address_of, listen, run
from .set_up import FIRST_USER, FirstSecrets, set_up
from .settings import Settings, WrongSettingError
from .store import users
from .store.authorisation import set_code_hash
from .store.errors import GoneError, NotUsableError, UnavailableError
from .store.interval import load_interval
from .store.partners import all_partners
from .store.site import load_site

DEFAULT_LISTEN = "127.0.0.1:8765"


class CommandError(Exception):
    """A command that cannot be done; the text says why and what would work."""


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
    except (
        CommandError,
        CannotListenError,
        NotUsableError,
        RefusedError,
        UnavailableError,
        WrongSettingError,
    ) as error:
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

    command(commands, "serve", serve_panel).add_argument("--listen", default=DEFAULT_LISTEN, metavar="HOST:PORT")
    show = command(commands, "show", show_settings)
    show.add_argument("--json", action="store_true", help="for a program to read")
    show.add_argument("--with-password", action="store_true", help="with the shared password in the clear")
    command(commands, "set-code", set_code)
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


def open_here(settings: Settings) -> Panel:
    """Open the panel for one command."""
    return open_panel(settings, SystemClock(), Hasher())


def serve_panel(chosen: argparse.Namespace, settings: Settings) -> None:
    """Serve the panel; the first start sets it up."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    listening = listen(chosen.listen)
    set_up(settings, Hasher(), tell_first_secrets)
    open_here(settings).database.close()  # say now, on the terminal, what would be wrong with it
    print(f"Sync Panel: {address_of(listening)}  (stop it with Ctrl+C)", flush=True)
    run(create_app(settings), listening)


def tell_first_secrets(first: FirstSecrets) -> None:
    """Print what was made at the first start, once and nowhere else."""
    if first.password:
        print(f"First user: {FIRST_USER}\nPassword: {first.password}")
    if first.code:
        print(f"Authorisation code: {first.code}")
    if first.password or first.code:
        print("Write this down now: it is not shown again.", flush=True)


def show_settings(chosen: argparse.Namespace, settings: Settings) -> None:
    """Show the settings."""
    panel = open_here(settings)
    with panel.database.reading() as db:
        site, interval, partners = load_site(db), load_interval(db), all_partners(db)
    shown: dict[str, object] = {
        "role": str(site.role),
        **{name: value for name, value in vars(site.parameters).items() if name != "password"},
        "password_set_at": site.password_set_at.isoformat() if site.password_set_at else None,
        "interval_minutes": interval.minutes,
        "partners": [vars(listed.partner) for listed in partners],
    }
    if chosen.with_password:
        shown["password"] = site.sealed_password and open_password(panel, site.sealed_password)
    print(json.dumps(shown, ensure_ascii=False, indent=2) if chosen.json else as_lines(shown))


def open_password(panel: Panel, sealed: bytes) -> str:
    """Return the shared password. Raise CommandError when it was sealed with another key."""
    if (password := unseal(panel.keys.passwords, sealed)) is None:
        raise CommandError(
            "The password was sealed with another key. Put the right key back, or enter the password anew."
        )
    return password


def as_lines(shown: dict[str, object]) -> str:
    """Return settings for people: a line each, then the partners."""
    partners = shown.pop("partners")
    lines = [f"{name.replace('_', ' ')}: {'not set' if value is None else value}" for name, value in shown.items()]
    lines.append("sync with:")
    lines += ["  {sync_id}  {name}, {store}, {url}".format(**partner) for partner in partners]  # type: ignore[attr-defined]
    return "\n".join(lines)


def set_code(_chosen: argparse.Namespace, settings: Settings) -> None:
    """Put a new authorisation code in force; an empty line makes one and prints it."""
    panel = open_here(settings)
    typed = ask_secret("New authorisation code (empty: make one)")
    code = typed or new_code()
    hashed = panel.hasher.hash(check_chosen_code(code))
    with panel.database.writing() as db:
        set_code_hash(db, hashed)
    print("The new authorisation code is in force; every unlock has ended." if typed else f"Authorisation code: {code}")


def list_users(_chosen: argparse.Namespace, settings: Settings) -> None:
    """List the users, and who may edit."""
    with open_here(settings).database.reading() as db:
        for user in users.list_users(db):
            print(f"{user.name}  ({'editor' if user.may_edit else 'viewer'})")


def add_user(chosen: argparse.Namespace, settings: Settings) -> None:
    """Add a user; the password comes from a prompt or standard input."""
    panel, name = open_here(settings), parse_name(chosen.name)
    with panel.database.reading() as db:
        if users.find_user(db, name):
            raise CommandError(f"There is a user {name} already. Choose another name.")
    hashed = panel.hasher.hash(check_chosen_password(ask_secret(f"Password for {name}")))
    with panel.database.writing() as db:
        users.add_user(db, name, hashed, may_edit=chosen.edit)


def remove_user(chosen: argparse.Namespace, settings: Settings) -> None:
    """Remove a user; the last editor stays."""
    with open_here(settings).database.writing() as db:
        user = named_user(db, chosen.name)
        keep_an_editor(db, user)
        users.remove_user(db, user)


def set_password(chosen: argparse.Namespace, settings: Settings) -> None:
    """Replace a user's password, from a prompt or standard input, and sign them out everywhere."""
    panel = open_here(settings)
    with panel.database.reading() as db:
        user = named_user(db, chosen.name)
    hashed = panel.hasher.hash(check_chosen_password(ask_secret(f"New password for {user.name}")))
    with panel.database.writing() as db:
        users.set_password_hash(db, user, hashed)


def allow_edit(chosen: argparse.Namespace, settings: Settings) -> None:
    """Make a user an editor, or a viewer with "no"."""
    with open_here(settings).database.writing() as db:
        user = named_user(db, chosen.name)
        if chosen.answer == "no":
            keep_an_editor(db, user)
        users.set_may_edit(db, user, may_edit=chosen.answer == "yes")


def named_user(db: sqlite3.Connection, name: str) -> users.User:
    """Return the user of that name. Raise CommandError."""
    try:
        return users.get_user(db, parse_name(name))
    except GoneError:
        raise CommandError(f"There is no user {name}. See them with: user list") from None


def keep_an_editor(db: sqlite3.Connection, user: users.User) -> None:
    """Raise CommandError when nobody else may edit."""
    if not any(other.may_edit for other in users.list_users(db) if other.id != user.id):
        raise CommandError(f"{user.name} is the last editor. Allow another user to edit first.")


def ask_secret(prompt: str) -> str:
    """Return a secret: typed unseen and twice at a terminal, otherwise the first line of standard input."""
    if not sys.stdin.isatty():
        try:
            return sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise CommandError("What came in is not text in UTF-8. Nothing was changed.") from None
    typed = getpass.getpass(f"{prompt}: ")
    if typed and getpass.getpass("The same again: ") != typed:
        raise CommandError("The two are not the same. Nothing was changed.")
    return typed
