"""Another panel for the browser tests to check: on loopback, with or without TLS, held up when a test wants it."""

import datetime as dt
import ipaddress
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from panels import TestPanel, settings_for
from werkzeug.serving import WSGIRequestHandler, make_server

from sync_panel.rules.fingerprint import in_pairs
from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner, all_partners

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LONGEST_HOLD = 20  # seconds, for a test that failed before it let go


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, *_: object) -> None:
        """Say nothing."""


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
    made = certificate(folder) if tls else None
    context = (str(folder / "certificate.pem"), str(folder / "key.pem")) if tls else None
    server = make_server("127.0.0.1", 0, other.answer, threaded=True, request_handler=Quiet, ssl_context=context)
    other.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.port}"
    other.fingerprint = in_pairs(made.fingerprint(hashes.SHA256()).hex()) if made else ""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield other
    finally:
        other.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
        panel.panel.database.close()


def certificate(folder: Path) -> x509.Certificate:
    """Make a certificate that no authority vouches for, and write it and its key into the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made


def list_it(on: TestPanel, partner: Partner) -> int:
    """Put a server into the list, and return its row."""
    with on.panel.database.writing() as db:
        add_partner(db, partner)
        return next(listed.id for listed in all_partners(db) if listed.partner.sync_id == partner.sync_id)
