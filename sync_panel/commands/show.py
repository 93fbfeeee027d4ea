"""Showing the settings, to people and to programs."""

import argparse
import json

from sync_panel.panel import PASSWORD_LOST
from sync_panel.settings import Settings
from sync_panel.store.site import load_site
from sync_panel.store.summary import summary

from .common import CommandError, open_here


def show_settings(chosen: argparse.Namespace, settings: Settings) -> None:
    """Show the settings."""
    panel = open_here(settings)
    with panel.database.reading() as db:
        site, shown = load_site(db), summary(db)
    if chosen.with_password:
        if panel.is_password_lost(site):
            raise CommandError(str(PASSWORD_LOST))
        shown["password"] = panel.shared_password(site)
    print(json.dumps(shown, ensure_ascii=False, indent=2) if chosen.json else as_lines(shown))


def as_lines(shown: dict[str, object]) -> str:
    """Return settings for people: a line each, then the partners."""
    partners = shown.pop("partners")
    lines = [f"{name.replace('_', ' ')}: {'not set' if value is None else value}" for name, value in shown.items()]
    lines.append("sync with:")
    lines += ["  {sync_id}  {name}, {store}, {url}".format(**partner) for partner in partners]  # type: ignore[attr-defined]
    return "\n".join(lines)
