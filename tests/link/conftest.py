"""Two panels that sync with each other, and an authority that this machine trusts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_clock import FakeClock
from link.asking import NOW
from link.certificates import Certificate, issue
from panels import TestPanel, settings_for
from serving import serving_panel

from sync_panel.link.ladder import Ladder, Step
from sync_panel.link.probe import OwnSite
from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner


@dataclass
class Pair:
    """A satellite, and a primary that is served at `url` and lists it. Both are called alike; their IDs differ."""

    primary: TestPanel
    satellite: TestPanel
    url: str

    @property
    def entered(self) -> Partner:
        """Return the primary as the satellite has entered it."""
        return Partner(1, "Here", "Store of here", self.url, plain_http=True)

    @property
    def us(self) -> OwnSite:
        """Return the satellite."""
        with self.satellite.panel.database.reading() as db:
            return self.satellite.panel.us(db)

    def check(self, entered: Partner | None = None, us: OwnSite | None = None) -> list[Step]:
        """Check the primary from the satellite."""
        partner = entered or self.entered
        network, now = self.satellite.panel.network, self.satellite.clock.now()
        return list(Ladder(partner, us or self.us, network, now).climb(partner))

    def list_satellite(self, **values: object) -> None:
        """Let the primary list the satellite, with these values in place of the right ones."""
        right = {"sync_id": 2, "name": "Here", "store": "Store of here", "url": "https://satellite.example.org"}
        with self.primary.panel.database.writing() as db:
            db.execute("DELETE FROM partner")
            add_partner(db, Partner(**(right | values)))  # type: ignore[arg-type]  # the values are those of a Partner


@pytest.fixture
def pair(on: TestPanel, tmp_path: Path) -> Iterator[Pair]:
    """Return a primary that is served, and a satellite; each lists the other."""
    on.clock.calendar = NOW  # which is the moment that every other clock of these tests shows
    satellite = TestPanel(settings_for(tmp_path / "satellite"), FakeClock(), after=on.after)
    on.become(1)
    satellite.clock.calendar = NOW
    satellite.become(2, "https://satellite.example.org")
    with serving_panel(on) as url:
        made = Pair(on, satellite, url)
        made.list_satellite()
        with satellite.panel.database.writing() as db:
            add_partner(db, made.entered)
        yield made
    satellite.panel.database.close()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """Return an authority that this machine trusts for the length of the test."""
    made = issue(tmp_path, "Authority of a test", authority=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate_file))
    return made


@pytest.fixture
def issued(authority: Certificate, tmp_path: Path) -> Certificate:
    """Return a certificate of that authority for the loopback address."""
    return issue(tmp_path, "127.0.0.1", by=authority)
