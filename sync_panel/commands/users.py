"""Looking after the people who may sign in."""

import argparse

from sync_panel.guard.places import let_in
from sync_panel.guard.sign_in import check_chosen_password
from sync_panel.rules.text import parse_name
from sync_panel.settings import Settings
from sync_panel.store import users
from sync_panel.store.database import Connection
from sync_panel.store.errors import GoneError

from .common import CommandError, ask_secret, open_here


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
    with panel.database.changing() as db:
        users.add_user(db, name, hashed, may_edit=chosen.edit)


def remove_user(chosen: argparse.Namespace, settings: Settings) -> None:
    """Remove a user; the last editor stays."""
    with open_here(settings).database.changing() as db:
        user = named_user(db, chosen.name)
        keep_an_editor(db, user)
        users.remove_user(db, user)


def set_password(chosen: argparse.Namespace, settings: Settings) -> None:
    """Replace a user's password, from a prompt or standard input, and sign them out everywhere."""
    panel = open_here(settings)
    with panel.database.reading() as db:
        user = named_user(db, chosen.name)
    hashed = panel.hasher.hash(check_chosen_password(ask_secret(f"New password for {user.name}")))
    with panel.database.changing() as db:
        users.set_password_hash(db, user, hashed)


def allow_edit(chosen: argparse.Namespace, settings: Settings) -> None:
    """Make a user an editor, or a viewer with "no"; it ends their unlocks."""
    with open_here(settings).database.changing() as db:
        user = named_user(db, chosen.name)
        if chosen.answer == "no":
            keep_an_editor(db, user)
        users.set_may_edit(db, user, may_edit=chosen.answer == "yes")


def let_address_in(chosen: argparse.Namespace, settings: Settings) -> None:
    """Let an address in that has to wait after too many failed tries, whoever goes on guessing."""
    with open_here(settings).database.writing() as db:
        let_in(db, chosen.address)
    print(f"{chosen.address} is let in: people and servers there need not wait for what others try.")


def named_user(db: Connection, name: str) -> users.User:
    """Return the user of that name. Raise CommandError."""
    try:
        return users.get_user(db, parse_name(name))
    except GoneError:
        raise CommandError(f"There is no user {name}. See them with: user list") from None


def keep_an_editor(db: Connection, user: users.User) -> None:
    """Raise CommandError when nobody else may edit."""
    if not any(other.may_edit for other in users.list_users(db) if other.id != user.id):
        raise CommandError(f"{user.name} is the last editor. Allow another user to edit first.")
