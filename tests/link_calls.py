"""Another server without a server: a WSGI client that asks a panel under /link, as a partner does."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from panels import CANARY, TestPanel
from werkzeug.test import Client, TestResponse

from sync_panel.rules.partner import Partner
from sync_panel.store.contacts import Contact, contact_of
from sync_panel.store.database import Connection
from sync_panel.store.partners import add_partner

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LINK = "/link/v1"
SITE, CONTACT = f"{LINK}/site", f"{LINK}/contact"
JSON = "application/json"
HONIARA = Partner(2, "Honiara", "Ward", "https://honiara.example.org")
MUNDA = Partner(3, "Munda", "Clinic", "https://munda.example.org")
INSTALLATION = "0123456789abcdef" * 2


def basic(user_name: str, password: str) -> str:
    """Return the header of a login (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user_name}:{password}".encode()).decode("ascii")


RIGHT, WRONG = basic("sync", CANARY), basic("sync", "something else")


def message(**changed: object) -> dict[str, object]:
    """Return a request for news of Honiara, some of it changed."""
    return {
        "sync_id": HONIARA.sync_id,
        "name": HONIARA.name,
        "store": HONIARA.store,
        "url": HONIARA.url,
        "interval_minutes": 15,
        "installation": INSTALLATION,
        "counter": 1,
    } | changed


@dataclass
class Asker:
    """A server at an address of its own; `login` is its Authorization header, None for no header."""

    on: TestPanel
    address: str = "10.0.0.7"
    login: str | None = RIGHT
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self._reach)

    def _reach(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self.on.app(environ, start_response)

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **options: Any) -> TestResponse:
        """Send any request from this address."""
        sent = dict(headers or {}) if self.login is None else {"Authorization": self.login, **(headers or {})}
        base = {"REMOTE_ADDR": self.address} | options.pop("environ_base", {})
        return self.client.open(path, method=method, headers=sent, environ_base=base, **options)

    def site(self, sync_id: object = 2) -> TestResponse:
        """Ask who the other site is."""
        return self.send("GET", f"{SITE}?sync_id={sync_id}")

    def contact(self, **changed: object) -> TestResponse:
        """Ask for news."""
        return self.send("POST", CONTACT, data=json.dumps(message(**changed)), content_type=JSON)

    def sends(self, body: bytes, content_type: str = JSON) -> TestResponse:
        """Ask for news with any body."""
        return self.send("POST", CONTACT, data=body, content_type=content_type)


def primary(on: TestPanel, *satellites: Partner) -> TestPanel:
    """Make the panel a primary that lists these satellites, Honiara when none is given."""
    on.become(1)
    with on.panel.database.writing() as db:
        for satellite in satellites or (HONIARA,):
            add_partner(db, satellite)
    return on


def noted(on: TestPanel, sync_id: int = 2) -> Contact:
    """Return what a panel knows of a partner's requests."""
    with on.panel.database.reading() as db:
        return contact_of(db, sync_id)


def failures(on: TestPanel) -> dict[str, int]:
    """Return the failed logins that are counted, by source."""
    with on.panel.database.reading() as db:
        return {row["source"]: row["failures"] for row in attempts(db)}


def attempts(db: Connection) -> list[Any]:
    """Return the rows of failed logins of partners."""
    return db.execute("SELECT source, failures FROM attempt WHERE kind = 'link'").fetchall()


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Return the members of a refusal, which has this status and code and all that every refusal has."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    read = response.get_json()
    assert isinstance(read, dict)
    told = {name: read.get(name) for name in ("status", "code", "type", "product", "protocol")}
    signature = {"product": "sync-panel", "protocol": 1}
    assert told == {"status": status, "code": code, "type": f"urn:sync-panel:{code}"} | signature
    assert read["title"]
    assert read["detail"]
    assert read["version"]
    assert not response.headers.getlist("Set-Cookie")
    assert "Traceback" not in response.text
    return read
