"""Sites and lists to start a test of the store from."""

import sqlite3
from datetime import UTC, datetime

from sync_panel.rules.partner import Partner
from sync_panel.rules.site import Parameters
from sync_panel.store.partners import Listed, add_partner, all_partners, save_parameters
from sync_panel.store.site import load_site

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
SEALED = b"sealed before"


def partner(sync_id: int, name: str = "", store: str = "Store", url: str = "") -> Partner:
    """Return a partner that differs from others by its Sync ID."""
    return Partner(sync_id, name or f"Place {sync_id}", store, url or f"https://host-{sync_id}")


def become(db: sqlite3.Connection, sync_id: int | None, url: str | None = "https://here") -> None:
    """Give the site a Sync ID, with all that it then needs."""
    parameters = Parameters(sync_id, "Here", "Store of here", url, "sync")
    save_parameters(db, parameters, sealed_password=SEALED, version=load_site(db).version, now=NOW)


def fill(db: sqlite3.Connection, *partners: Partner) -> list[Listed]:
    """Make the site a primary that lists these, and return its list."""
    become(db, 1)
    for each in partners:
        add_partner(db, each)
    return all_partners(db)
