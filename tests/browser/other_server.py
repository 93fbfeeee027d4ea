"""Another panel for the browser tests to check: on loopback, with or without TLS, held up when a test wants it."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from link.certificates import issue
from loopback_panel import served
from panels import TestPanel, settings_for

from sync_panel.rules.partner import Partner, in_pairs
from sync_panel.store.partners import add_partner, all_partners

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LONGEST_HOLD = 20  # seconds, for a test that failed before it let go


@dataclass
class OtherServer:
    """A server to sync with: the values that it shows on its own page, and where it is."""

    panel: TestPanel
    url: str = ""
    fingerprint: str = ""
    hold: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    @property
    def partner(self) -> Partner:
        """Return it as it is entered in a list, when plain HTTP is accepted for it where it speaks that."""
        with self.panel.panel.database.reading() as db:
            sync_id = db.execute("SELECT sync_id FROM site").fetchone()["sync_id"]
        return Partner(sync_id, "Here", "Store of here", self.url, plain_http=not self.fingerprint)

    def answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, once it is not held any more."""
        self.reached.set()
        self.hold.wait(LONGEST_HOLD)
        return self.panel.app(environ, start_response)


@contextmanager
def other_server(
    folder: Path, like: TestPanel, sync_id: int, lists: int, *, tls: bool = False
) -> Iterator[OtherServer]:
    """Serve another panel, which lists the site with this Sync ID as it is."""
    panel = TestPanel(settings_for(folder / "other"), like.clock, after=like.after)
    panel.become(sync_id)
    with panel.panel.database.writing() as db:
        add_partner(db, Partner(lists, "Here", "Store of here", "https://here.example.org"))
    other = OtherServer(panel)
    other.hold.set()
    made = issue(folder, "127.0.0.1") if tls else None
    other.fingerprint = in_pairs(made.fingerprint) if made else ""
    with served(other.answer, made.context if made else None) as other.url:
        try:
            yield other
        finally:
            other.hold.set()
    panel.panel.database.close()


def list_it(on: TestPanel, partner: Partner) -> int:
    """Put a server into the list, and return its row."""
    with on.panel.database.writing() as db:
        add_partner(db, partner)
        return next(listed.id for listed in all_partners(db) if listed.partner.sync_id == partner.sync_id)
