"""This site: who it is, and how it signs in to its partners."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_id import Role, role_of


@dataclass(frozen=True)
class Site:
    """The parameters as stored: the password is sealed, and `version` grows with every save."""

    parameters: Parameters
    sealed_password: bytes | None
    password_set_at: datetime | None
    version: int

    @property
    def role(self) -> Role:
        """Return what the site is, told by its Sync ID."""
        return role_of(self.parameters.sync_id)


def load_site(db: sqlite3.Connection) -> Site:
    """Return this site; its parameters carry no password."""
    row = db.execute("SELECT * FROM site").fetchone()
    return Site(
        parameters=Parameters(row["sync_id"], row["name"], row["store"], row["url"], row["user_name"]),
        sealed_password=row["password"],
        password_set_at=row["password_set_at"] and datetime.fromisoformat(row["password_set_at"]),
        version=row["version"],
    )
