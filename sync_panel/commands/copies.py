"""Copies of the database: making one, and putting one back."""

import argparse

from sync_panel.panel import PASSWORD_LOST
from sync_panel.set_up import DATABASE_FILE, refuse_never_set_up
from sync_panel.settings import Settings
from sync_panel.store.copies import copy_database
from sync_panel.store.recovery import restore
from sync_panel.store.site import load_site

from .common import CommandError, open_here


def back_up(chosen: argparse.Namespace, settings: Settings) -> None:
    """Write a consistent copy of the database into a new file; the keys are not in it."""
    open_here(settings).database.close()
    if chosen.file.exists():
        raise CommandError(f"{chosen.file} exists already. Name a new file, or remove that one first.")
    if not chosen.file.parent.is_dir():
        raise CommandError(f"There is no folder {chosen.file.parent}. Make it first, or name a file elsewhere.")
    copy_database(settings.data / DATABASE_FILE, chosen.file)
    print(f"The database was copied to {chosen.file}. Keep the two keys of {settings.data} as well, apart from it.")


def put_back(chosen: argparse.Namespace, settings: Settings) -> None:
    """Put a copy in the database's place; the old one is kept aside."""
    refuse_never_set_up(settings.data)
    if not chosen.file.is_file():
        raise CommandError(f"There is no file {chosen.file}. Name one that “backup” has made.")
    aside = restore(settings.data / DATABASE_FILE, chosen.file)
    print(f"{chosen.file} is in use now, and everybody is signed out.")
    if aside:
        print(f"What was there before is kept in {aside}.")
    panel = open_here(settings)
    with panel.database.reading() as db:
        if panel.is_password_lost(load_site(db)):
            print(PASSWORD_LOST)
