"""Showing the settings, to people and to programs."""

import argparse
import json

from sync_panel.panel import Panel
from sync_panel.settings import Settings
from sync_panel.store.site import Site, load_site
from sync_panel.store.summary import summary

from .common import CommandError, open_here


def show_settings(chosen: argparse.Namespace, settings: Settings) -> None:
    """Show the settings."""
    panel = open_here(settings)
    with panel.database.reading() as db:
        site, shown = load_site(db), summary(db)
    if chosen.with_password:
        shown["password"] = open_password(panel, site) if site.sealed_password else None
    print(json.dumps(shown, ensure_ascii=False, indent=2) if chosen.json else as_lines(shown))


def open_password(panel: Panel, site: Site) -> str:
    """Return the shared password. Raise CommandError when it was sealed with another key."""
    if (password := panel.shared_password(site)) is None:
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
