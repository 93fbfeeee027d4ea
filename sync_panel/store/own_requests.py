"""This site's own requests to the primary: when the last one went out, how it ended, and which process makes them."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class ExchangeOutcome(StrEnum):
    """How the host's exchange after a request ended."""

    DONE = "done"
    FAILED = "failed"
    TOO_SLOW = "too slow"
    NOT_STARTED = "not started"

    @property
    def has_failed(self) -> bool:
        return self is not ExchangeOutcome.DONE


@dataclass(frozen=True)
class Exchange:
    """The host's exchange: its exit status where it has one, and the last line that it printed."""

    outcome: ExchangeOutcome
    status: int | None = None
    line: str = ""

    @property
    def has_failed(self) -> bool:
        return self.outcome.has_failed


@dataclass(frozen=True)
class Request:
    """The last request: `asking` while one is due at once or under way; `failures` in a row since a success.

    `untold` while the primary has not heard of the interval as it is now.
    `failure` is the name of what failed, with the values for its sentence. `urls` are what the primary told with its
    last answer: its own, and the one by which it lists this site.
    """

    asking: bool
    last_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    failure: str | None
    failure_values: Mapping[str, object]
    failures: int
    exchanged_at: datetime | None
    exchange: Exchange | None
    untold: bool = False
    urls: tuple[str | None, str | None] = (None, None)


def load_request(db: sqlite3.Connection) -> Request:
    row = db.execute("SELECT * FROM request").fetchone()
    outcome = row["exchange_outcome"]
    return Request(
        asking=bool(row["asking"]),
        last_at=moment(row["last_at"]),
        succeeded_at=moment(row["succeeded_at"]),
        failed_at=moment(row["failed_at"]),
        failure=row["failure"],
        failure_values=json.loads(row["failure_values"] or "{}"),
        failures=row["failures"],
        exchanged_at=moment(row["exchanged_at"]),
        exchange=outcome and Exchange(ExchangeOutcome(outcome), row["exchange_status"], row["exchange_line"] or ""),
        untold=bool(row["untold"]),
        urls=(row["primary_url"], row["listed_url"]),
    )


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def ask_at_once(db: sqlite3.Connection) -> None:
    db.execute("UPDATE request SET asking = 1")


def request_begins(db: sqlite3.Connection, now: datetime) -> None:
    db.execute("UPDATE request SET asking = 1, last_at = ?", (now.isoformat(),))


def request_succeeded(
    db: sqlite3.Connection,
    began: datetime,
    now: datetime,
    urls: tuple[str | None, str | None] = (None, None),
) -> bool:
    """Note that the request which began then was answered. False, and nothing noted, when it does not count.

    It does not when the partner, the site or the interval was changed meanwhile: another request is due then.
    """
    changed = db.execute(
        "UPDATE request SET asking = 0, succeeded_at = ?, failures = 0, untold = 0, primary_url = ?, listed_url = ?"
        " WHERE last_at = ?",
        (now.isoformat(), *urls, began.isoformat()),
    )
    return bool(changed.rowcount)


def request_failed(
    db: sqlite3.Connection, began: datetime, failure: str, values: Mapping[str, object], now: datetime
) -> None:
    """Note that the request which began then failed, and count it, unless it does not count any more."""
    db.execute(
        "UPDATE request SET asking = 0, failed_at = ?, failure = ?, failure_values = ?, failures = failures + 1"
        " WHERE last_at = ?",
        (now.isoformat(), failure, json.dumps(values), began.isoformat()),
    )


def exchange_ended(db: sqlite3.Connection, sync_id: int, primary_url: str, exchange: Exchange, now: datetime) -> None:
    """Note how the host's exchange of this site with that primary ended, unless either is another one by now."""
    db.execute(
        "UPDATE request SET exchanged_at = ?, exchange_outcome = ?, exchange_status = ?, exchange_line = ?"
        " WHERE EXISTS (SELECT 1 FROM site, partner WHERE site.sync_id = ? AND partner.url = ?)",
        (now.isoformat(), exchange.outcome, exchange.status, exchange.line, sync_id, primary_url),
    )


def forget_exchange(db: sqlite3.Connection) -> None:
    """Forget how the last exchange ended, because none follows a request any more."""
    db.execute(
        "UPDATE request SET exchanged_at = NULL, exchange_outcome = NULL, exchange_status = NULL, exchange_line = NULL"
    )


class OneProcess(ExitStack):
    """SQLite's lock on a file, which stays empty: the first process that asks for it holds it until that ends.

    So one process of a data folder makes the requests, and whatever way it ends, another one goes on.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path, self._is_held = path, False

    def is_this(self) -> bool:
        """Tell whether this process holds the lock, taking it when it is free. Raise OSError or sqlite3.Error."""
        if not self._is_held:
            self._path.touch(mode=0o600)
            connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = MEMORY")  # nothing is written, and no file made beside
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                connection.close()
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
            else:
                self.enter_context(closing(connection))
                self._is_held = True
        return self._is_held
