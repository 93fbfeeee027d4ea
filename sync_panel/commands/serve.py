"""Serving the panel."""

import argparse
import logging
from dataclasses import replace

from sync_panel.application import create_app
from sync_panel.guard.hashing import Hasher
from sync_panel.panel import exchange_of
from sync_panel.server import address_of, listen, run
from sync_panel.set_up import FIRST_USER, FirstSecrets, set_up
from sync_panel.settings import Settings

from .common import open_here


def serve_panel(chosen: argparse.Namespace, settings: Settings) -> None:
    """Serve the panel; the first start sets it up."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if chosen.exchange:
        settings = replace(settings, exchange=chosen.exchange)
    exchange_of(settings)  # say now what would be wrong with it
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
