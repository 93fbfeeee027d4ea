"""The settings as one plain mapping, for programs: `show --json` and the host's exchange."""

import sqlite3

from .interval import load_interval
from .partners import all_partners
from .site import load_site


def summary(db: sqlite3.Connection) -> dict[str, object]:
    """Return the settings in the types of JSON; the password is not among them, only when it was set."""
    site, interval = load_site(db), load_interval(db)
    return {
        "role": str(site.role),
        **{name: value for name, value in vars(site.parameters).items() if name != "password"},
        "password_set_at": site.password_set_at.isoformat() if site.password_set_at else None,
        "interval_minutes": interval.minutes,
        "partners": [vars(listed.partner) for listed in all_partners(db)],
    }
