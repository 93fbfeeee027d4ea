"""Stand-ins for mSupply's servers, written from what is known of them and not from what the panel asks.

The central server of version 5 ties its site to the hardware ID of the first login, as the real one does.
"""

import http.client
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from link.asking import MARK
from link.servers import Act, Peer
from link.servers import http as answer
from panels import CANARY

USER_NAME = "sync"
ENGINES_ID = "0f3c9a52d1b84e7796c1a5e2408bd731"
ANOTHER_ID = "77e0bd1c5a4f4ccba2f2a9c36d0a9d11"
VERSIONS = range(9, 16)  # which it accepts
REPLY: Mapping[str, object] = {
    "id": f"A-{MARK}",
    "siteId": 2,
    "code": f"code-{MARK}",
    "name": USER_NAME,
    "initialisationStatus": "completed",
    "isOmSupplyCentralServer": False,
    "omSupplyCentralServerUrl": f"https://{MARK}.example.org",
    "mSupplyCentralSiteId": 1,
}


def error(code: object, **members: object) -> dict[str, object]:
    """Return an error as mSupply puts it."""
    return {"error": {"code": code, "message": f"{MARK} wrong", **members}}


# What a request without a login may get: which of them the real one gives, nobody here has seen.
WITHOUT_LOGIN: Mapping[str, bytes] = {
    "JSON": answer(error("site_name_not_found"), "401 Unauthorized"),
    "JSON with data": answer(error("site_incorrect_password", data={"hint": MARK}), "401 Unauthorized"),
    "other JSON": answer({"message": MARK}, "401 Unauthorized"),
    "JSON by another name": answer(error("header_missing"), "400 Bad Request"),
    "busy": answer(error("sync_is_running"), "503 Service Unavailable"),
    "HTML": answer(f"<html>{MARK}</html>".encode(), "401 Unauthorized"),
    "nothing": answer(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'),
}


@dataclass(frozen=True)
class Record:
    """What mSupply keeps of a site's logins."""

    hardware_id: str = ""
    app_name: str = ""
    app_version: str = ""
    logins: int = 0


USED = Record(ENGINES_ID, "Open mSupply Desktop", "2.11.04", 7)


@dataclass(eq=False)
class MSupply:
    """A central server of version 5 with one site: its answers to the right login and to none, and its record."""

    reply: object = field(default_factory=lambda: REPLY)
    status: str = "200 OK"
    without_login: bytes = WITHOUT_LOGIN["JSON"]
    record: Record = Record()
    versions: range = VERSIONS

    def __call__(self, peer: Peer) -> None:
        """Answer a request."""
        peer.connection.sendall(self.answer(peer.request))

    def answer(self, request: bytes) -> bytes:
        """Return the answer to a request; another address is not found."""
        line, *lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in lines)}
        if line != "GET /sync/v5/site HTTP/1.1":
            return answer(f"<html>{MARK}</html>".encode(), "404 Not Found")
        if "authorization" not in headers:
            return self.without_login
        return self.log_in(headers)

    def log_in(self, headers: Mapping[str, str]) -> bytes:
        """Return the answer to a login, of which the record is kept; once it holds a hardware ID, that stays."""
        user_name, _, password = b64decode(headers["authorization"].removeprefix("Basic ")).decode().partition(":")
        if user_name != USER_NAME:
            return answer(error("site_name_not_found"), "401 Unauthorized")
        if password != sha256(CANARY.encode()).hexdigest():
            return answer(error("site_incorrect_password"), "401 Unauthorized")
        if int(headers["version"]) not in self.versions:
            data = {"major": self.versions[0], "minor": self.versions[-1]}
            return answer(error("api_version_incompatible", data=data), "409 Conflict")
        if self.record.hardware_id not in {"", headers["msupply-site-uuid"]}:
            return answer(error("site_incorrect_hardware_id", data=None), "401 Unauthorized")
        self.record = Record(
            headers["msupply-site-uuid"], headers["app-name"], headers["app-version"], self.record.logins + 1
        )
        return answer(self.reply, self.status)

    def lets_its_engine_in(self, port: int) -> bool:
        """Tell whether the site's own engine still gets in, at a real socket; the record stays as it was before."""
        kept = self.record
        pair = b64encode(f"{USER_NAME}:{sha256(CANARY.encode()).hexdigest()}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "msupply-site-uuid": ENGINES_ID, "version": "14"}
        headers |= {"app-name": "Open mSupply Desktop", "app-version": "2.11.04"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/sync/v5/site", headers=headers)
        status = connection.getresponse().status
        connection.close()
        is_in = status // 100 == 2 and self.record == replace(USED, logins=kept.logins + 1)
        self.record = kept
        return is_in


def open_msupply(*, is_central: bool, path: str = "") -> Act:
    """Answer as Open mSupply does: its front end's page to every GET, and `/central/…` on a central server only."""
    page = answer(f"<!doctype html><title>{MARK}</title>".encode())
    missing = answer({"Err": {"MissingAuthHeader": f"{MARK} missing or incorrect Authorization header"}})
    remote = answer(b"Method only allowed on central server.", "405 Method Not Allowed")
    wrong = answer(b"Content type error", "400 Bad Request")

    def act(peer: Peer) -> None:
        method, target, _ = peer.request.split(b"\r\n")[0].decode("latin-1").split(" ")
        target = target.removeprefix(path)
        is_spent = target == "/central/sync_v7/get_token" or target.startswith("/central/sync/")
        assert not is_spent, "this is never to be asked"
        if target.startswith("/central/") and not is_central:
            peer.connection.sendall(remote)
        elif (method, target) == ("POST", "/central/sync_v7/site_status"):
            peer.connection.sendall(missing)
        else:
            peer.connection.sendall(page if method == "GET" else wrong)

    return act
