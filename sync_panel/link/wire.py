"""One exchange of bytes with another server: at one checked address, by one deadline, up to one size.

`http.client` reads the answer, but from a socket that this module opens and watches: its own timeouts
are per read, so that a server which drips a byte now and then could hold it for ever.
"""

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from sync_panel.names import Address
from sync_panel.rules.url import DEFAULT_PORTS

from .address import Resolver, find_addresses, system_resolver
from .failures import Failure, LinkError
from .incoming import Incoming, time_left
from .tls import encrypted, fingerprint_of, is_trusted_by, shake_hands

ANOTHER_PLACE = range(300, 400)


class Shown(Protocol):
    """What the page tells of this server's own certificate."""

    @property
    def fingerprint(self) -> str:
        """Return its SHA-256, by which partners trust it."""

    @property
    def is_self_signed(self) -> bool:
        """Tell whether no authority vouches for it."""

    @property
    def ends(self) -> datetime:
        """Return when it ends."""

    def is_near_its_end(self, now: datetime) -> bool:
        """Tell whether that is soon, or past, and matters."""

    def has_ended(self, now: datetime) -> bool:
        """Tell whether that is past."""


@dataclass
class Network:
    """How other servers are reached: `seconds` in all for one of them. And how this one is, once it is served.

    `own` is where it listens, `certificate` what it shows there; None for plain HTTP.
    """

    resolve: Resolver = system_resolver
    seconds: float = 10.0
    own: tuple[str, int] | None = None
    certificate: Shown | None = None
    conversations: "set[Conversation]" = field(default_factory=set, repr=False)  # those that are under way

    def hang_up(self) -> None:
        """End every conversation, because the server stops: who waits for an answer learns that none will come."""
        for conversation in list(self.conversations):
            conversation.hang_up()


@dataclass(frozen=True)
class Target:
    """A server's URL in its normal form, and the SHA-256 of the one certificate that is trusted there, if any."""

    url: str
    fingerprint: str | None = None

    @property
    def is_encrypted(self) -> bool:
        """Tell whether HTTPS is spoken with it."""
        return self.url.startswith("https:")

    @property
    def host(self) -> str:
        """Return its host, without brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def path(self) -> str:
        """Return its path, without a slash at the end."""
        return urlsplit(self.url).path

    @property
    def port(self) -> int:
        """Return its port."""
        parts = urlsplit(self.url)
        return parts.port or DEFAULT_PORTS[parts.scheme]


@dataclass(frozen=True)
class Answer:
    """What came back: the body was read whole, and is shown to nobody."""

    status: int
    body: bytes


class Conversation:
    """Requests to one server by one deadline. Every method may raise LinkError.

    The name is looked up once: what was checked is what is connected to, in later requests too.
    """

    def __init__(self, target: Target, network: Network) -> None:
        self._target, self._network = target, network
        self._ends_at = time.monotonic() + network.seconds
        self._addresses: list[Address] = []
        self._connection: socket.socket | None = None

    def find(self) -> None:
        """Look the host up."""
        seconds = self._ends_at - time.monotonic()
        target = self._target
        self._addresses = find_addresses(target.host, target.port, self._network.own, self._network.resolve, seconds)

    def connect(self) -> None:
        """Connect to the first of its addresses that answers."""
        self.close()
        while True:
            try:
                self._connect_to(self._addresses[0], shares=len(self._addresses))
            except LinkError:
                self.close()
                if len(self._addresses) == 1:
                    raise
                self._addresses.pop(0)
            else:
                self._addresses = self._addresses[:1]
                return

    def secure(self) -> None:
        """Encrypt the connection where the URL says so, and be sure of who is at the other end."""
        if not self._target.is_encrypted:
            return
        trusted = self._target.fingerprint
        try:
            connection = self._encrypt(any_certificate=trusted is not None)
        except LinkError as error:
            raise self._with_fingerprint(error) from None
        if trusted is not None and not is_trusted_by(connection, trusted):
            present = fingerprint_of(connection)
            self.close()
            raise LinkError(Failure.OTHER_FINGERPRINT, fingerprint=present)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", *, at_root: bool = False
    ) -> Answer:
        """Send one request, on the open connection or on a new one, and read the answer whole.

        The path continues that of the URL, which is left out `at_root`.
        """
        if self._connection is None:
            self.connect()
            self.secure()
        try:
            return self._exchange(method, path if at_root else self._target.path + path, headers, body)
        except TimeoutError:
            raise LinkError(Failure.TOO_SLOW) from None
        except (http.client.HTTPException, OSError) as error:
            raise LinkError(self._meaning_of(error)) from None
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection."""
        self._network.conversations.discard(self)
        if self._connection:
            self._connection.close()
            self._connection = None

    def hang_up(self) -> None:
        """Break off, from another thread."""
        self._ends_at = 0.0
        with contextlib.suppress(OSError):
            self._open.shutdown(socket.SHUT_RDWR)

    def speaks(self, *, encrypted: bool) -> bool:
        """Tell whether the server speaks HTTPS, or plain HTTP, at this port; no secret is sent to find out."""
        try:
            self.connect()
            if encrypted:
                self._encrypt(any_certificate=True)
                return True
            connection = self._open
            connection.settimeout(time_left(self._ends_at))
            connection.sendall(f"HEAD / HTTP/1.1\r\nHost: {self._authority}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(5) == b"HTTP/"
        except (LinkError, OSError):
            return False
        finally:
            self.close()

    def _connect_to(self, address: Address, shares: int) -> None:
        def failed(failure: Failure) -> LinkError:
            return LinkError(failure, address=str(address), port=self._target.port)

        self._connection = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6)  # noqa: PLR2004
        self._network.conversations.add(self)
        try:
            self._connection.settimeout(time_left(self._ends_at) / shares)
            self._connection.connect((str(address), self._target.port))
        except TimeoutError:
            raise failed(Failure.TIMED_OUT) from None
        except ConnectionRefusedError:
            raise failed(Failure.REFUSED) from None
        except OSError:
            raise failed(Failure.NO_ROUTE) from None
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _encrypt(self, *, any_certificate: bool) -> ssl.SSLSocket:
        try:
            self._open.settimeout(time_left(self._ends_at) / 2)  # a server of plain HTTP may wait for a line's end
            self._connection = connection = encrypted(self._open, self._target.host, any_certificate=any_certificate)
            shake_hands(connection, self._target.host)
        except OSError as error:
            self.close()
            otherwise = Failure.TLS_TOO_SLOW if isinstance(error, TimeoutError) else Failure.TLS_FAILED
            raise LinkError(Failure.HTTP_SPOKEN if self.speaks(encrypted=False) else otherwise) from None
        return connection

    def _with_fingerprint(self, error: LinkError) -> LinkError:
        """Return the error with the fingerprint of the certificate that nobody vouches for."""
        if error.failure is not Failure.UNTRUSTED:
            return error
        with contextlib.suppress(LinkError):
            self.connect()
            error.fingerprint = fingerprint_of(self._encrypt(any_certificate=True))
        self.close()
        return error

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = self._open
        connection.settimeout(time_left(self._ends_at))
        sent = {"Host": self._authority, "Connection": "close", "Accept": "application/json"}
        sent |= {"Accept-Encoding": "identity", **headers}
        if body:
            sent["Content-Type"] = "application/json"
        if method == "POST":
            sent["Content-Length"] = str(len(body))  # of an empty one too (RFC 9110, 8.6)
        head = [f"{method} {path} HTTP/1.1", *map(": ".join, sent.items())]
        connection.sendall("\r\n".join([*head, "", ""]).encode("ascii") + body)
        response = http.client.HTTPResponse(cast("Any", Incoming(connection, self._ends_at)), method=method)
        response.begin()
        answer = Answer(response.status, response.read())
        if answer.status in ANOTHER_PLACE:
            is_secured = leads_to_https_of(self._target, response.getheader("Location") or "")
            raise LinkError(Failure.HTTPS_SPOKEN if is_secured else Failure.REDIRECTED)
        return answer

    @property
    def _open(self) -> socket.socket:
        return cast("socket.socket", self._connection)

    @property
    def _authority(self) -> str:
        return urlsplit(self._target.url).netloc

    def _meaning_of(self, error: Exception) -> Failure:
        """Return what an answer that is none means: often HTTPS is spoken where plain HTTP was."""
        self.close()
        if not self._target.is_encrypted and self.speaks(encrypted=True):
            return Failure.HTTPS_SPOKEN
        is_other = isinstance(error, http.client.HTTPException) and not isinstance(
            error, http.client.IncompleteRead | http.client.RemoteDisconnected
        )
        return Failure.OTHER_PRODUCT if is_other else Failure.BROKEN_OFF


def leads_to_https_of(target: Target, location: str) -> bool:
    """Tell whether a redirect, which is the other side's text, leads from plain HTTP to HTTPS at the same host."""
    try:
        place = urlsplit(location)
    except ValueError:
        return False
    return not target.is_encrypted and (place.scheme, place.hostname) == ("https", target.host)
