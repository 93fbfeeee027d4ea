"""The requests that came in from partners."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_panel.rules.partner import Identity

from .own_requests import ExchangeOutcome, moment

MISSED_REMEMBERED = 16  # numbers before the known request's
LATE_AT_MOST = timedelta(minutes=10)  # after the one that overtook it; whoever asks has long given it up by then


@dataclass(frozen=True)
class Caller:
    """Who asked: when, from which address, at which interval in minutes, and which installation it is.

    `counter` is how many requests that installation has made. The rest is what it told beside: its own URL, how it
    lists this site, and how its last exchange of data ended; None for what it did not tell.
    """

    at: datetime
    address: str
    minutes: int
    installation: str
    counter: int
    url: str | None = None
    listed: Identity | None = None
    exchange: ExchangeOutcome | None = None

    def is_after(self, earlier: "Caller") -> bool:
        """Tell whether this is the same installation further on; if not, one of the two is a copy."""
        return self.installation == earlier.installation and self.counter > earlier.counter

    def is_where(self, other: "Caller") -> bool:
        return (self.installation, self.address) == (other.installation, other.address)


@dataclass(frozen=True)
class Contact:
    """What is known of a partner's requests. A `rival` has the same Sync ID, but is another installation.

    `missed` are the numbers before the known request's that did not come, as bits, the lowest for the one before it:
    the window of RFC 4303 (3.4.3), which tells what comes late from what comes twice.
    """

    known: Caller | None = None
    rival: Caller | None = None
    missed: int = 0

    def is_overtaken(self, asked: Caller) -> bool:
        """Tell whether a request was overtaken on its way by the known one; a copy has a number that came before."""
        if self.rival or not self.known or not asked.is_where(self.known) or asked.at - self.known.at > LATE_AT_MOST:
            return False
        return bool(self.missed & bit_of(asked, self.known))

    def missed_before(self, asked: Caller) -> int:
        """Return what is missed once the next request of the known installation came."""
        if not self.known:
            return 0
        ahead = min(asked.counter - self.known.counter, MISSED_REMEMBERED + 1)
        return ((self.missed << ahead) | (1 << ahead - 1) - 1) & (1 << MISSED_REMEMBERED) - 1


def bit_of(asked: Caller, known: Caller) -> int:
    """Return the bit that stands for a request among those before the known one; 0 for one that has none."""
    before = known.counter - asked.counter
    return 1 << before - 1 if 0 < before <= MISSED_REMEMBERED else 0


def contacts_of(db: sqlite3.Connection) -> dict[int, Contact]:
    """Return what is known, by the partner's Sync ID; one that never asked is not in it."""
    rivals = {row["sync_id"]: caller(row) for row in db.execute("SELECT * FROM rival")}
    return {
        row["sync_id"]: Contact(caller(row), rivals.get(row["sync_id"]), row["missed"])
        for row in db.execute("SELECT * FROM contact")
    }


def contact_of(db: sqlite3.Connection, sync_id: int) -> Contact:
    known = db.execute("SELECT * FROM contact WHERE sync_id = ?", (sync_id,)).fetchone()
    rival = db.execute("SELECT * FROM rival WHERE sync_id = ?", (sync_id,)).fetchone()
    if known is None:
        return Contact(rival=rival and caller(rival))
    return Contact(caller(known), rival and caller(rival), known["missed"])


def addresses_of_callers(db: sqlite3.Connection) -> list[str]:
    return [row["address"] for row in db.execute("SELECT DISTINCT address FROM contact WHERE address IS NOT NULL")]


def caller(row: sqlite3.Row) -> Caller | None:
    at = moment(row["at"])
    if at is None:
        return None
    return Caller(
        at,
        row["address"],
        row["minutes"],
        row["installation"],
        row["counter"],
        row["url"],
        row["listed"] and Identity(**json.loads(row["listed"])),
        row["exchange"] and ExchangeOutcome(row["exchange"]),
    )


def columns_of(asked: Caller, sync_id: int) -> dict[str, object]:
    listed = asked.listed and json.dumps(vars(asked.listed))
    return {**vars(asked), "id": sync_id, "at": asked.at.isoformat(), "listed": listed}


def note_caller(db: sqlite3.Connection, sync_id: int, asked: Caller, missed: int = 0) -> None:
    db.execute(
        "INSERT INTO contact (sync_id, at, address, minutes, installation, counter, url, listed, exchange, missed)"
        " VALUES (:id, :at, :address, :minutes, :installation, :counter, :url, :listed, :exchange, :missed)"
        " ON CONFLICT (sync_id) DO UPDATE SET"
        " at = :at, address = :address, minutes = :minutes, installation = :installation, counter = :counter,"
        " url = :url, listed = :listed, exchange = :exchange, missed = :missed",
        {**columns_of(asked, sync_id), "missed": missed},
    )


def note_overtaken(db: sqlite3.Connection, sync_id: int, asked: Caller) -> None:
    """Note that a request came late, so that it does not come twice: what the one after it told holds."""
    if known := contact_of(db, sync_id).known:
        db.execute("UPDATE contact SET missed = missed & ~? WHERE sync_id = ?", (bit_of(asked, known), sync_id))


def note_rival(db: sqlite3.Connection, sync_id: int, asked: Caller) -> None:
    db.execute(
        "INSERT OR REPLACE INTO rival (sync_id, at, address, minutes, installation, counter, url, listed, exchange)"
        " VALUES (:id, :at, :address, :minutes, :installation, :counter, :url, :listed, :exchange)",
        columns_of(asked, sync_id),
    )


def accept_known(db: sqlite3.Connection, sync_id: int) -> None:
    db.execute("DELETE FROM rival WHERE sync_id = ?", (sync_id,))


def accept_rival(db: sqlite3.Connection, sync_id: int) -> None:
    rival = contact_of(db, sync_id).rival
    accept_known(db, sync_id)
    if rival:
        note_caller(db, sync_id, rival)
