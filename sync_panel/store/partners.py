"""The "Sync with" list, and the parameters, which must agree with it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_panel.rules.partner import Partner, is_installation
from sync_panel.rules.problems import InvalidError, Problem, say
from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_with import check_list, check_parameters
from sync_panel.rules.text import single_spaced

from .errors import GoneError, StaleError
from .site import load_installation, load_interval, load_site

PAGE_LENGTH, EVERYTHING = 50, 2**31  # rows on a page; more than there are Sync IDs
# What each sortable column sorts by; names sort without case and accents, as people search them.
SORTED_BY = {"sync_id": "sync_id", "name": "fold(name)", "store": "fold(store)", "url": "url"}
VALUES = "sync_id, name, store, url, fingerprint, plain_http, hardware_id"
COLUMNS = f"id, version, {VALUES}"


@dataclass(frozen=True)
class Listed:
    """A partner with its row in the list; `version` grows with every save."""

    id: int
    version: int
    partner: Partner


@dataclass(frozen=True)
class PartnerPage:
    """One page of the list: `number` of `count` pages; `matching` of `total` partners were found."""

    rows: list[Listed]
    number: int
    count: int
    matching: int
    total: int


def listed(row: sqlite3.Row) -> Listed:
    """Return a partner; its name and store are read as they are entered today, whenever they were saved."""
    partner = Partner(
        row["sync_id"],
        single_spaced(row["name"]),
        single_spaced(row["store"]),
        row["url"],
        row["fingerprint"],
        plain_http=bool(row["plain_http"]),
        hardware_id=row["hardware_id"],
    )
    return Listed(row["id"], row["version"], partner)


def all_partners(db: sqlite3.Connection) -> list[Listed]:
    return [listed(row) for row in db.execute(f"SELECT {COLUMNS} FROM partner ORDER BY sync_id")]


def get_partner(db: sqlite3.Connection, partner_id: int) -> Listed:
    """Return one partner by its row. Raise GoneError."""
    if (found := find(db, "id", partner_id)) is None:
        raise GoneError
    return found


def find_partner(db: sqlite3.Connection, sync_id: int) -> Listed | None:
    return find(db, "sync_id", sync_id)


def find_partner_at(db: sqlite3.Connection, url: str) -> Listed | None:
    return find(db, "url", url)


def find(db: sqlite3.Connection, column: str, value: object) -> Listed | None:
    row = db.execute(f"SELECT {COLUMNS} FROM partner WHERE {column} = ?", (value,)).fetchone()
    return None if row is None else listed(row)


def search_partners(
    db: sqlite3.Connection,
    *,
    beginning: str = "",
    sort: str = "sync_id",
    descending: bool = False,
    page: int = 1,
    length: int = PAGE_LENGTH,
) -> PartnerPage:
    """Return the page of partners whose Sync ID, name or store begins with `beginning`, case and accents aside.

    It has `length` rows. A page past the end is the last one, so that removing its rows leads somewhere.
    """
    found = (
        "FROM partner WHERE substr(sync_id, 1, length(:q)) = :q OR substr(fold(name), 1, length(:q)) = :q"
        " OR substr(fold(store), 1, length(:q)) = :q"
    )
    (q,) = db.execute("SELECT fold(?)", (beginning,)).fetchone()
    (matching,) = db.execute(f"SELECT count(*) {found}", {"q": q}).fetchone()
    (total,) = db.execute("SELECT count(*) FROM partner").fetchone()
    count = max(1, -(-matching // length))
    number = min(page, count)
    rows = db.execute(
        f"SELECT {COLUMNS} {found} ORDER BY {SORTED_BY[sort]} {'DESC' if descending else 'ASC'}, sync_id"
        " LIMIT :length OFFSET :start",
        {"q": q, "length": length, "start": (number - 1) * length},
    )
    return PartnerPage([listed(row) for row in rows], number, count, matching, total)


def add_partner(db: sqlite3.Connection, new: Partner) -> None:
    """Add a partner. Raise InvalidError when the site or the list contradicts it."""
    add_partners(db, [new])


def add_partners(db: sqlite3.Connection, new: Sequence[Partner]) -> None:
    """Add partners. Raise InvalidError for the first that the site, the list or one before it contradicts."""
    check_list(load_site(db).parameters, new, [other.partner for other in all_partners(db)])
    refuse_own_number(db, new)
    db.executemany(
        f"INSERT INTO partner ({VALUES})"
        " VALUES (:sync_id, :name, :store, :url, :fingerprint, :plain_http, :hardware_id)",
        map(vars, new),
    )


def save_partner(db: sqlite3.Connection, partner_id: int, new: Partner, *, version: int) -> None:
    """Change a partner. Raise GoneError, StaleError, or InvalidError when site or list contradict it."""
    if get_partner(db, partner_id).version != version:
        raise StaleError
    others = [other.partner for other in all_partners(db) if other.id != partner_id]
    check_list(load_site(db).parameters, [new], others)
    refuse_own_number(db, [new])
    db.execute(
        "UPDATE partner SET sync_id = :sync_id, name = :name, store = :store, url = :url,"
        " fingerprint = :fingerprint, plain_http = :plain_http, hardware_id = :hardware_id, version = version + 1"
        " WHERE id = :id",
        {**vars(new), "id": partner_id},
    )


def refuse_own_number(db: sqlite3.Connection, new: Sequence[Partner]) -> None:
    """Raise InvalidError for a hardware ID that is this installation's number, which would claim the site for us."""
    own = load_installation(db).number
    if any(partner.hardware_id and is_installation(partner.hardware_id, own) for partner in new):
        raise InvalidError(
            Problem("hardware_id", say("This is this panel's own number. Enter the hardware ID of mSupply's engine."))
        )


def remove_partners(db: sqlite3.Connection, chosen: Sequence[tuple[int, int]]) -> list[Partner]:
    """Remove partners given as (row, version), and keep them for Undo in place of the last removal.

    Return them; where the last removal was of just these, nothing is left to do. Raise GoneError or StaleError when one
    was removed or changed since it was chosen.
    """
    last = removed_partners(db)
    if {(row.id, row.version) for row in last} == set(chosen):
        return [row.partner for row in last]
    db.execute("DELETE FROM removed_partner")
    removed = []
    for partner_id, version in chosen:
        row = get_partner(db, partner_id)
        if row.version != version:
            raise StaleError
        db.execute(f"INSERT INTO removed_partner ({COLUMNS}) SELECT {COLUMNS} FROM partner WHERE id = ?", (row.id,))
        db.execute("DELETE FROM partner WHERE id = ?", (row.id,))
        removed.append(row.partner)
    return removed


def removed_partners(db: sqlite3.Connection) -> list[Listed]:
    """Return what the last removal took away, as it was listed."""
    return [listed(row) for row in db.execute(f"SELECT {COLUMNS} FROM removed_partner ORDER BY sync_id")]


def undo_removal(db: sqlite3.Connection, shown: Sequence[tuple[int, int]] = ()) -> list[Partner]:
    """Bring back what the last removal took away. Raise InvalidError when it no longer fits.

    Raise GoneError when nothing is left to bring back, or something else than was `shown`, as (row, version).
    """
    last = removed_partners(db)
    removed = [row.partner for row in last]
    if not removed or (shown and set(shown) != {(row.id, row.version) for row in last}):
        raise GoneError
    add_partners(db, removed)
    db.execute("DELETE FROM removed_partner")
    return removed


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


def summary(db: sqlite3.Connection) -> dict[str, object]:
    """Return the settings for programs, in the types of JSON: of the password only when it was set."""
    site, interval = load_site(db), load_interval(db)
    return {
        "role": str(site.role),
        **{name: value for name, value in vars(site.parameters).items() if name != "password"},
        "password_set_at": site.password_set_at.isoformat() if site.password_set_at else None,
        "interval_minutes": interval.minutes,
        "partners": [vars(listed.partner) for listed in all_partners(db)],
    }
