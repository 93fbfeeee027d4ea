"""Copies of the database: making one, and putting one back."""

import argparse
import os

from sync_panel.panel import PASSWORD_LOST
from sync_panel.set_up import DATABASE_FILE, refuse_never_set_up, refuse_open_to_others
from sync_panel.settings import Settings
from sync_panel.store.copies import back_up_database
from sync_panel.store.recovery import restore
from sync_panel.store.site import load_site

from .common import CommandError, open_here


def back_up(chosen: argparse.Namespace, settings: Settings) -> None:
    """Write a consistent copy of the database into a new file; the keys are not in it."""
    open_here(settings).database.close()
    if os.path.lexists(chosen.file):
        raise CommandError(f"{chosen.file} exists already. Name a new file, or remove that one first.")
    if not chosen.file.parent.is_dir():
        raise CommandError(f"There is no folder {chosen.file.parent}. Make it first, or name a file elsewhere.")
    back_up_database(settings.data / DATABASE_FILE, chosen.file)
    print(f"The database was copied to {chosen.file}. Keep the two keys of {settings.data} as well, apart from it.")


def put_back(chosen: argparse.Namespace, settings: Settings) -> None:
    """Put a copy in the database's place; the old one is kept aside."""
    refuse_never_set_up(settings.data)
    if not chosen.file.is_file():
        raise CommandError(f"There is no file {chosen.file}. Name one that “backup” has made.")
    refuse_open_to_others(settings.data)
    restored = restore(settings.data / DATABASE_FILE, chosen.file)
    print(f"{chosen.file} is in use now, and everybody is signed out.")
    if restored.aside:
        print(f"What was there before is kept in {restored.aside}.")
    if restored.back_again:
        names = ", ".join(restored.back_again)
        print(f"These users were removed or changed since, and are again as in the copy: {names}. See: user list")
    if restored.old_code:
        print("The authorisation code is that of the copy. If it was replaced on purpose, replace it again: set-code")
    panel = open_here(settings)
    with panel.database.reading() as db:
        if panel.is_password_lost(load_site(db)):
            print(PASSWORD_LOST)
