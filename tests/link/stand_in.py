"""A stand-in for an mSupply central server, which answers GET /sync/v5/site."""

from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256

from link.asking import MARK
from link.servers import Act, Peer, http
from panels import CANARY

USER_NAME = "sync"
REPLY: Mapping[str, object] = {
    "id": f"A-{MARK}",
    "siteId": 2,
    "code": f"code-{MARK}",
    "name": "Here",
    "initialisationStatus": "completed",
    "isOmSupplyCentralServer": False,
    "omSupplyCentralServerUrl": f"https://{MARK}.example.org",
    "mSupplyCentralSiteId": 1,
}


def error(code: object) -> dict[str, object]:
    """Return an error as mSupply puts it."""
    return {"error": {"code": code, "message": f"{MARK} wrong", "data": {"hint": MARK}}}


def msupply(reply: object = REPLY, status: str = "200 OK", path: str = "") -> Act:
    """Answer the right login with the reply, and others as mSupply does; it knows no other address."""

    def act(peer: Peer) -> None:
        line, *lines = peer.request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in lines)}
        if line != f"GET {path}/sync/v5/site HTTP/1.1":
            peer.connection.sendall(http(f"<html>{MARK}</html>".encode(), "404 Not Found"))
        elif not is_right(headers.get("authorization", "")):
            peer.connection.sendall(http(error("site_incorrect_password"), "401 Unauthorized"))
        elif not headers.keys() >= {"msupply-site-uuid", "app-version", "app-name", "version"}:
            peer.connection.sendall(http(error("api_version_incompatible"), "400 Bad Request"))
        else:
            peer.connection.sendall(http(reply, status))

    return act


def is_right(header: str) -> bool:
    """Tell whether a Basic header holds the user name and the hexadecimal SHA-256 of the password."""
    scheme, _, pair = header.partition(" ")
    return scheme == "Basic" and b64decode(pair).decode() == f"{USER_NAME}:{sha256(CANARY.encode()).hexdigest()}"
