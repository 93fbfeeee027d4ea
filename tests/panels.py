"""Panels for tests: a data folder that is set up, its application, and places to fill its list with."""

import csv
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fake_clock import FakeClock
from flask import Flask, Response
from jinja2.bccache import Bucket, BytecodeCache

from sync_panel import Settings, create_app
from sync_panel.guard.keys import Hasher, seal
from sync_panel.link.wire import Network
from sync_panel.panel import Panel
from sync_panel.rules.partner import Partner
from sync_panel.rules.site import Parameters
from sync_panel.set_up import set_up
from sync_panel.store.partners import add_partner, save_parameters
from sync_panel.store.site import load_site
from sync_panel.store.users import add_user

ADMIN, ADMIN_PASSWORD = "admin", "correct horse battery"
VIEWER, VIEWER_PASSWORD = "wendy", "only looking around"
CODE = "OPEN-SESAME-2026-AB"
# The shared password in every test. conftest.py watches that no answer and no log line ever holds it.
CANARY = "Canary+in+the+mine=7f3a9c"
CHEAP = Hasher("scrypt:512:8:1")  # scrypt as in use, without its cost
PLACES = Path(__file__).parent / "data" / "satellites.csv"
KEPT_TABLES = (
    *("site", "interval", "partner", "removed_partner", "user", "authorisation"),
    *("request", "contact", "rival", "installation", "recovery", "refused_contact", "refused_login"),
)


class CompiledOnce(BytecodeCache):
    """Keeps compiled templates, so that not every panel of a run compiles them anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


@dataclass
class TestPanel:
    """An application on a data folder of its own, with a clock that the test moves."""

    __test__ = False  # not a test case, whatever pytest thinks of its name

    settings: Settings
    clock: FakeClock
    after: Callable[[Response], Response]
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        set_up(self.settings, CHEAP, lambda _first: None)
        self.restart()
        with self.panel.database.writing() as db:
            add_user(db, VIEWER, CHEAP.hash(VIEWER_PASSWORD), may_edit=False)
            db.execute("UPDATE interval SET counted_from = ?", (self.clock.now().isoformat(),))

    @property
    def panel(self) -> Panel:
        """Return the open panel behind the application."""
        opened = self.app.extensions["sync_panel"]
        assert isinstance(opened, Panel), opened
        return opened

    def restart(self) -> None:
        """Open the data folder anew, as a new process would."""
        if hasattr(self, "app"):
            self.panel.database.close()
        self.app = create_app(
            self.settings, clock=self.clock, hasher=CHEAP, network=Network(resolve=addresses_only, has_schedule=True)
        )
        self.app.after_request(self.after)
        self.app.jinja_env.bytecode_cache = COMPILED

    def kept(self) -> dict[str, list[tuple[object, ...]]]:
        """Return all that a visitor could change, by table."""
        with self.panel.database.reading() as db:
            return {table: [tuple(row) for row in db.execute(f"SELECT * FROM {table}")] for table in KEPT_TABLES}

    def become(self, sync_id: int | None, url: str | None = None) -> None:
        """Make the site a primary (1), a satellite (2 or more) or stand-alone (None)."""
        parameters = Parameters(sync_id, "Here", "Store of here", url, "sync")
        sealed = seal(self.panel.keys.passwords, CANARY)
        with self.panel.database.writing() as db:
            version = load_site(db).version
            save_parameters(db, parameters, sealed_password=sealed, version=version, now=self.clock.now())

    def fill(self, count: int = 60) -> None:
        """Make the site a primary that lists the first places of the file."""
        self.become(1)
        with self.panel.database.writing() as db:
            for place, _ in zip(places(), range(count), strict=False):
                add_partner(db, place)


def addresses_only(host: str, port: int) -> list[str]:
    """Resolve addresses as such and no name, so that no test asks a name server."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        raise OSError("no such name") from None


def places() -> Iterator[Partner]:
    """Yield real places, in their own scripts, as satellites."""
    with PLACES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Partner(int(row["Sync ID"]), row["Name"], row["Store"], row["URL"])


def settings_for(folder: Path) -> Settings:
    """Return settings for an unattended first start in this folder."""
    return Settings(data=folder, admin_password=ADMIN_PASSWORD, authorisation_code=CODE)
