"""Servers that sync with each other: data folders filled through the store, each served by a process of its own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from panels import CANARY, CHEAP, settings_for
from processes import Server

from sync_panel.guard.keys import read_keys, seal
from sync_panel.rules.partner import Partner
from sync_panel.rules.site import Parameters
from sync_panel.set_up import DATABASE_FILE, set_up
from sync_panel.store.contacts import Contact, contact_of
from sync_panel.store.database import Connection, Database
from sync_panel.store.own_requests import Request, ask_at_once, load_request
from sync_panel.store.partners import add_partner, save_parameters
from sync_panel.store.site import load_interval, load_site, save_interval

LONGEST_WAIT = 20  # seconds until something that another process does must have happened
A, B = "National Medical Store", "Rural Clinic"
STORES = {A: "Central", B: "Dispensary"}
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found | None]) -> Found:
    """Look again and again until there is something to see, and return it."""
    ends_at = time.monotonic() + LONGEST_WAIT
    while not (found := look()):
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.03)
    return found


@dataclass(frozen=True)
class Folder:
    """A data folder, looked into and filled as another process would."""

    path: Path

    def __post_init__(self) -> None:
        set_up(settings_for(self.path), CHEAP, lambda _first: None)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open the database for one transaction."""
        database = Database(self.path / DATABASE_FILE)
        try:
            with database.writing() as db:
                yield db
        finally:
            database.close()

    def become(self, sync_id: int | None, name: str, *, password: str = CANARY) -> Self:
        """Give the site its parameters."""
        site = Parameters(sync_id, name, STORES.get(name, "Store"), None, "sync")
        sealed = seal(read_keys(self.path).passwords, password)
        with self.writing() as db:
            save_parameters(db, site, sealed_password=sealed, version=load_site(db).version, now=datetime.now(UTC))
        return self

    def lists(
        self, sync_id: int, name: str, url: str, *, plain_http: bool = True, hardware_id: str | None = None
    ) -> Self:
        """Add a partner."""
        store = STORES.get(name, "Store")
        with self.writing() as db:
            add_partner(db, Partner(sync_id, name, store, url, plain_http=plain_http, hardware_id=hardware_id))
        return self

    def every(self, minutes: int) -> Self:
        """Set the interval."""
        with self.writing() as db:
            save_interval(db, minutes, version=load_interval(db).version, now=datetime.now(UTC))
        return self

    def asked_at(self, at: datetime) -> Self:
        """Let the last request have been at a time; nothing is left to ask at once."""
        with self.writing() as db:
            db.execute("UPDATE request SET asking = 0, last_at = ?", (at.isoformat(),))
        return self

    def ask(self) -> None:
        """Let the next request go out at once."""
        with self.writing() as db:
            ask_at_once(db)

    @property
    def request(self) -> Request:
        with self.writing() as db:
            return load_request(db)

    def contact(self, sync_id: int) -> Contact:
        """Return what this site knows of a partner's requests."""
        with self.writing() as db:
            return contact_of(db, sync_id)

    def counter_of(self, sync_id: int) -> int:
        """Return the number of the last request that came from a partner; 0 when none came."""
        known = self.contact(sync_id).known
        return known.counter if known else 0

    def bytes(self) -> bytes:
        """Return the database as it stands in its one file."""
        database = Database(self.path / DATABASE_FILE)
        database.forget_old_pages()
        database.close()
        return (self.path / DATABASE_FILE).read_bytes()


@dataclass
class Processes:
    """The servers of a test, all of which are stopped at its end."""

    logs: Path
    started: list[Server] = field(default_factory=list)

    def start(self, folder: Folder, *options: str, listen: str = "127.0.0.1:0", **given: str) -> Server:
        """Serve a data folder, with settings from the environment."""
        log = self.logs / f"errors-{len(self.started)}"
        self.started.append(Server(folder.path, log, given, listen=listen, options=options))
        return self.started[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        written = [server.stop() for server in self.started]
        assert not [text for text in written if CANARY in text], "no process wrote the password"
