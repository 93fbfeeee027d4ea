"""Changing this site's parameters, in agreement with its list of partners."""

import sqlite3
from datetime import datetime

from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_with import check_parameters

from .errors import StaleError
from .partners import all_partners
from .site import load_site


def save_parameters(
    db: sqlite3.Connection, new: Parameters, *, sealed_password: bytes | None, version: int, now: datetime
) -> None:
    """Save the parameters; a `sealed_password` of None keeps the old one.

    Raise StaleError when `version` is not the stored one, InvalidError when the list contradicts them.
    """
    if load_site(db).version != version:
        raise StaleError
    check_parameters(new, [listed.partner for listed in all_partners(db)])
    db.execute(
        "UPDATE site SET sync_id = :sync_id, name = :name, store = :store, url = :url, user_name = :user_name,"
        " password = coalesce(:password, password),"
        " password_set_at = iif(:password IS NULL, password_set_at, :now), version = version + 1",
        {**vars(new), "password": sealed_password, "now": now.isoformat()},
    )
