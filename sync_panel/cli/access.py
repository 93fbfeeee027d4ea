"""Who gets in: the people who may sign in, the authorisation code, and an address that has to wait."""

import sys
from functools import partial

import click

from sync_panel.guard.code import SHORTEST_CHOSEN, bare_code, check_chosen_code, new_code
from sync_panel.guard.sign_in import SHORTEST_PASSWORD, check_chosen_password
from sync_panel.guard.throttle import let_in
from sync_panel.rules.text import parse_name, refuse_invisible, trim
from sync_panel.settings import Settings
from sync_panel.store import users
from sync_panel.store.database import Connection
from sync_panel.store.errors import GoneError
from sync_panel.store.users import set_code_hash

from . import CommandError, open_here, panel_commands


@panel_commands.group("user", no_args_is_help=False)
def user_commands() -> None:
    """Look after the people who may sign in."""


@user_commands.command("list")
def list_users(settings: Settings) -> None:
    """List the users, and who may edit."""
    with open_here(settings).database.reading() as db:
        for user in users.list_users(db):
            print(f"{user.name}  ({'editor' if user.may_edit else 'viewer'})")


@user_commands.command("add")
@click.argument("name")
@click.option("--edit", is_flag=True, help="may edit; otherwise a viewer")
def add_user(*, settings: Settings, name: str, edit: bool) -> None:
    """Add a user. The password comes from a prompt or standard input."""
    panel, name = open_here(settings), parse_name(name)
    with panel.database.reading() as db:
        if users.find_user(db, name):
            raise CommandError(f"There is a user {name} already. Choose another name.")
    hashed = panel.hasher.hash(ask_password(f"Password for {name}"))
    with panel.database.changing() as db:
        users.add_user(db, name, hashed, may_edit=edit)


@user_commands.command("remove")
@click.argument("name")
def remove_user(settings: Settings, name: str) -> None:
    """Remove a user. The last editor stays."""
    with open_here(settings).database.changing() as db:
        user = named_user(db, name)
        keep_an_editor(db, user)
        users.remove_user(db, user)


@user_commands.command("password")
@click.argument("name")
def set_password(settings: Settings, name: str) -> None:
    """Replace a password, and sign the user out everywhere. The new one comes from a prompt or standard input."""
    panel = open_here(settings)
    with panel.database.reading() as db:
        user = named_user(db, name)
    hashed = panel.hasher.hash(ask_password(f"New password for {user.name}"))
    with panel.database.changing() as db:
        users.set_password_hash(db, user, hashed)


@user_commands.command("allow-edit")
@click.argument("name")
@click.argument("answer", type=click.Choice(["yes", "no"]), default="yes")
def allow_edit(settings: Settings, name: str, answer: str) -> None:
    """Make a user an editor, or a viewer with "no". It ends their unlocks."""
    with open_here(settings).database.changing() as db:
        user = named_user(db, name)
        if answer == "no":
            keep_an_editor(db, user)
        users.set_may_edit(db, user, may_edit=answer == "yes")


@panel_commands.command("set-code")
def set_code(settings: Settings) -> None:
    """Put a new authorisation code in force. An empty line makes one and prints it.

    A chosen code needs 15 characters or more, not counting spaces and dashes.
    """
    panel = open_here(settings)
    needed = f"{SHORTEST_CHOSEN} characters or more, not counting spaces and dashes"
    typed = read_secret(f"New authorisation code ({needed}; empty: make one)")
    code = new_code()
    hashed = panel.hasher.hash(check_chosen_code(typed) if typed else bare_code(code))
    with panel.database.changing() as db:
        set_code_hash(db, hashed)
    print("The new authorisation code is in force; every unlock has ended." if typed else f"Authorisation code: {code}")


@panel_commands.command("let-in")
@click.argument("address")
def let_address_in(settings: Settings, address: str) -> None:
    """Let an address in that waits after too many tries. Others may go on guessing."""
    with open_here(settings).database.writing() as db:
        let_in(db, address)
    print(f"{address} is let in: people and servers there need not wait for what others try.")


def named_user(db: Connection, name: str) -> users.User:
    """Return the user of that name, which may have been added before spaces were folded. Raise CommandError."""
    refuse_invisible(typed := trim(name))
    try:
        return users.get_user(db, typed)
    except GoneError:
        raise CommandError(f"There is no user {name}. See them with: user list") from None


def keep_an_editor(db: Connection, user: users.User) -> None:
    """Raise CommandError when nobody else may edit."""
    if not any(other.may_edit for other in users.list_users(db) if other.id != user.id):
        raise CommandError(f"{user.name} is the last editor. Allow another user to edit first.")


def ask_password(prompt: str) -> str:
    """Return a password that was chosen just now. Raise RefusedError when it is too short or too long."""
    return check_chosen_password(read_secret(f"{prompt} ({SHORTEST_PASSWORD} characters or more)"))


def read_secret(prompt: str) -> str:
    """Return a secret: typed unseen and twice at a terminal, otherwise the first line of standard input."""
    try:
        return typed_twice(prompt) if sys.stdin.isatty() else first_line()
    except EOFError:
        raise CommandError("Nothing came in on standard input. Nothing was changed.") from None
    except UnicodeDecodeError:
        raise CommandError("What came in is not text in UTF-8. Nothing was changed.") from None


def typed_twice(prompt: str) -> str:
    """Return what is typed unseen at the terminal, an empty line once. Raise EOFError, KeyboardInterrupt."""
    unseen = partial(click.prompt, hide_input=True, default="", show_default=False)
    try:
        typed = unseen(prompt)
        if typed and unseen("The same again") != typed:
            raise CommandError("The two are not the same. Nothing was changed.")
    except click.Abort as aborted:
        raise aborted.__context__ or aborted from None  # Click makes one of the end of input and Ctrl+C
    return typed


def first_line() -> str:
    """Return the first line of standard input. Raise EOFError, UnicodeDecodeError."""
    if line := sys.stdin.buffer.readline():
        return line.decode("utf-8").rstrip("\r\n")
    raise EOFError
