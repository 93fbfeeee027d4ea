"""Copies of the database: making one, and putting one back."""

import os
from pathlib import Path

import click

from sync_panel.panel import PASSWORD_LOST
from sync_panel.set_up import DATABASE_FILE, refuse_never_set_up, refuse_open_to_others
from sync_panel.settings import Settings
from sync_panel.store.copies import back_up_database
from sync_panel.store.recovery import restore
from sync_panel.store.site import load_site

from . import CommandError, open_here, panel_commands


@panel_commands.command("backup")
@click.argument("file", type=Path)
def back_up(settings: Settings, file: Path) -> None:
    """Write a consistent copy of the database into a new file. The keys are not in it."""
    open_here(settings).database.close()
    if os.path.lexists(file):
        raise CommandError(f"{file} exists already. Name a new file, or remove that one first.")
    if not file.parent.is_dir():
        raise CommandError(f"There is no folder {file.parent}. Make it first, or name a file elsewhere.")
    back_up_database(settings.data / DATABASE_FILE, file)
    print(f"The database was copied to {file}. Keep the two keys of {settings.data} as well, apart from it.")


@panel_commands.command("restore")
@click.argument("file", type=Path)
def put_back(settings: Settings, file: Path) -> None:
    """Put a copy in the database's place. The old database is kept aside."""
    refuse_never_set_up(settings.data)
    if not file.is_file():
        raise CommandError(f"There is no file {file}. Name one that “backup” has made.")
    refuse_open_to_others(settings.data)
    restored = restore(settings.data / DATABASE_FILE, file)
    print(f"{file} is in use now, and everybody is signed out.")
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
