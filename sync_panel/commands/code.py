"""Changing the authorisation code."""

import argparse

from sync_panel.guard.code import bare_code, check_chosen_code, new_code
from sync_panel.settings import Settings
from sync_panel.store.authorisation import set_code_hash

from .common import ask_secret, open_here


def set_code(_chosen: argparse.Namespace, settings: Settings) -> None:
    """Put a new authorisation code in force; an empty line makes one and prints it."""
    panel = open_here(settings)
    typed = ask_secret("New authorisation code (empty: make one)")
    code = new_code()
    hashed = panel.hasher.hash(check_chosen_code(typed) if typed else bare_code(code))
    with panel.database.changing() as db:
        set_code_hash(db, hashed)
    print("The new authorisation code is in force; every unlock has ended." if typed else f"Authorisation code: {code}")
