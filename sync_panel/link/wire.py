"""One exchange of bytes with another server: at one checked address, by one deadline, up to one size.

`http.client` reads the answer, but from a socket that this module opens and watches: its own timeouts
are per read, so that a server which drips a byte now and then could hold it for ever.
"""

import contextlib
import errno
import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from sync_panel.machine import Address
from sync_panel.rules.partner import Way
from sync_panel.rules.url import take_apart

from .address import Resolver, find_addresses, system_resolver
from .failures import Failure, LinkError
from .spoken import LONG_ENOUGH, http_question, is_http, is_tls, tls_hello
from .tls import encrypted, fingerprint_of, handshake_failure, has_hung_up, is_trusted_by, shake_hands

LONGEST_ANSWER = 64 * 1024  # bytes, head and body together
ANOTHER_PLACE = range(300, 400)


class Shown(Protocol):
    """What the page tells of this server's own certificate."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def is_self_signed(self) -> bool: ...
    @property
    def ends(self) -> datetime: ...
    def is_near_its_end(self, now: datetime) -> bool: ...
    def has_ended(self, now: datetime) -> bool: ...


@dataclass
class Network:
    """How other servers are reached: `seconds` in all for one of them. And how this one is, once it is served.

    `own` is where it listens, `certificate` what it shows there; None for plain HTTP. `has_schedule` tells whether it
    asks its primary by itself: another WSGI server only answers.
    """

    resolve: Resolver = system_resolver
    seconds: float = 10.0
    own: tuple[str, int] | None = None
    certificate: Shown | None = None
    has_schedule: bool = False
    conversations: "set[Conversation]" = field(default_factory=set, repr=False)  # those that are under way
    is_hung_up: bool = False

    def hang_up(self) -> None:
        """End every conversation and let none begin, because the server stops: who waits learns that none answers."""
        self.is_hung_up = True
        for conversation in list(self.conversations):
            conversation.hang_up()


@dataclass(frozen=True)
class Answer:
    """What came back: the body was read whole, and is shown to nobody."""

    status: int
    body: bytes


class Conversation:
    """Requests to one server by one deadline. Every method may raise LinkError.

    The name is looked up once: what was checked is what is connected to, in later requests too.
    """

    def __init__(self, way: Way, network: Network) -> None:
        self._way, self._network = way, network
        self._place = take_apart(way.url)
        self._ends_at = time.monotonic() + network.seconds
        self._addresses: list[Address] = []
        self._connection: socket.socket | None = None
        self._incoming: Incoming | None = None  # what the last question brought

    def find(self) -> None:
        """Look the host up."""
        seconds = self._ends_at - time.monotonic()
        place, network = self._place, self._network
        self._addresses = find_addresses(place.host, place.port, network.own, network.resolve, seconds)

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
        if not self._way.is_encrypted:
            return
        trusted = self._way.fingerprint
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
            return self._exchange(method, path if at_root else self._place.path + path, headers, body)
        except (http.client.HTTPException, OSError) as error:
            raise LinkError(self._meaning_of(error)) from None
        finally:
            self.close()

    def close(self) -> None:
        self._network.conversations.discard(self)
        if self._connection:
            self._connection.close()
            self._connection = None

    def hang_up(self) -> None:
        """Break off, from another thread."""
        self._ends_at = 0.0
        with contextlib.suppress(OSError):
            self._open.shutdown(socket.SHUT_RDWR)

    def speaks_tls(self) -> bool:
        """Tell whether the server speaks TLS at this port, and so HTTPS; no secret is sent to find out."""
        return is_tls(self._answer_to(tls_hello(self._place.host)))

    def _answer_to(self, opening: bytes, shares: int = 1) -> bytes:
        """Open a connection for these bytes alone, and return how the answer begins; empty when none comes."""
        heard = b""
        with contextlib.suppress(LinkError, OSError):
            ends_at = time.monotonic() + time_left(self._ends_at) / shares
            self.connect()
            say(self._open, opening)
            while len(heard) < LONG_ENOUGH:
                self._open.settimeout(time_left(ends_at))
                if not (more := self._open.recv(LONG_ENOUGH - len(heard))):
                    break
                heard += more
        self.close()
        return heard

    def _connect_to(self, address: Address, shares: int) -> None:
        def failed(failure: Failure) -> LinkError:
            return LinkError(failure, address=str(address), port=self._place.port)

        try:
            self._connection = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6)  # noqa: PLR2004
        except OSError as error:
            is_family = error.errno == errno.EAFNOSUPPORT  # a machine without IPv6
            raise failed(Failure.NO_ROUTE if is_family else Failure.TROUBLE_HERE) from error
        self._network.conversations.add(self)
        if self._network.is_hung_up:  # between two connections nobody finds a conversation
            self._ends_at = 0.0
        try:
            self._connection.settimeout(time_left(self._ends_at) / shares)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection.connect((str(address), self._place.port))
        except TimeoutError:
            raise failed(Failure.TIMED_OUT) from None
        except ConnectionRefusedError:
            raise failed(Failure.REFUSED) from None
        except ConnectionError:  # it was there, and gone before anybody looked
            raise failed(Failure.HUNG_UP) from None
        except OSError:
            raise failed(Failure.NO_ROUTE) from None

    def _encrypt(self, *, any_certificate: bool) -> ssl.SSLSocket:
        try:
            self._open.settimeout(time_left(self._ends_at) / 2)  # a server of plain HTTP may wait for a line's end
            self._connection = connection = encrypted(self._open, self._place.host, any_certificate=any_certificate)
            shake_hands(connection, self._place.host)
        except OSError as error:
            self.close()
            raise LinkError(self._meaning_without_keys(error)) from None
        return connection

    def _meaning_without_keys(self, error: OSError) -> Failure:
        """Return what it means that no keys were agreed on: perhaps this is no TLS, perhaps nothing at all."""
        heard = self._answer_to(tls_hello(self._place.host), shares=2)
        if not is_tls(heard):
            heard = self._answer_to(http_question(self._place.authority)) or heard
        if is_tls(heard):
            return handshake_failure(error)
        if is_http(heard):
            return Failure.HTTP_SPOKEN
        if heard or not (isinstance(error, TimeoutError) or has_hung_up(error)):
            return Failure.OTHER_PROTOCOL
        return Failure.TOO_SLOW if isinstance(error, TimeoutError) else Failure.HUNG_UP

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
        incoming = self._incoming = Incoming(connection, self._ends_at)
        connection.settimeout(time_left(self._ends_at))
        sent = {"Host": self._place.authority, "Connection": "close", "Accept": "application/json"}
        sent |= {"Accept-Encoding": "identity", **headers}
        if body:
            sent["Content-Type"] = "application/json"
        if method == "POST":
            sent["Content-Length"] = str(len(body))  # of an empty one too (RFC 9110, 8.6)
        head = [f"{method} {path} HTTP/1.1", *map(": ".join, sent.items())]
        say(connection, "\r\n".join([*head, "", ""]).encode("ascii") + body)
        response = http.client.HTTPResponse(cast("Any", incoming), method=method)
        response.begin()
        answer = Answer(response.status, response.read())
        if answer.status in ANOTHER_PLACE:
            is_secured = not self._way.is_encrypted and self._is_https_of_it(response.getheader("Location") or "")
            raise LinkError(Failure.HTTPS_SPOKEN if is_secured else Failure.REDIRECTED)
        return answer

    @property
    def _open(self) -> socket.socket:
        return cast("socket.socket", self._connection)

    def _is_https_of_it(self, location: str) -> bool:
        """Tell whether a redirect, which is the other side's text, leads to HTTPS at the same host."""
        try:
            place = take_apart(location)
        except ValueError:
            return False
        return (place.scheme, place.host) == ("https", self._place.host)

    def _meaning_of(self, error: Exception) -> Failure:
        """Return what an answer that is none means: often HTTPS is spoken where plain HTTP was."""
        self.close()
        heard = self._incoming.heard if self._incoming else b""
        if not self._way.is_encrypted and self.speaks_tls():
            return Failure.HTTPS_SPOKEN
        if heard and not is_http(heard):
            return Failure.OTHER_PROTOCOL
        if isinstance(error, TimeoutError):
            return Failure.TOO_SLOW
        if not heard and has_hung_up(error):
            return Failure.HUNG_UP
        is_other = isinstance(error, http.client.HTTPException) and not isinstance(error, http.client.IncompleteRead)
        return Failure.OTHER_PRODUCT if is_other else Failure.BROKEN_OFF


class Incoming(io.RawIOBase):
    """The bytes that come in, with an end to the time and to the number of them; `heard` is how they begin."""

    def __init__(self, connection: socket.socket, ends_at: float) -> None:
        self._connection, self._ends_at, self._left = connection, ends_at, LONGEST_ANSWER
        self.heard = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there. Raise LinkError when it has become too much, HTTPException when it cannot be HTTP."""
        if not self._left:
            raise LinkError(Failure.TOO_LARGE)
        self._connection.settimeout(time_left(self._ends_at))
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        self.heard = self.heard or bytes(buffer[: min(count, LONG_ENOUGH)])
        if self.heard and not is_http(self.heard):
            raise http.client.UnknownProtocol("")  # now, since what waits for a line's end may wait for ever
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        return Claimed(self)


class Claimed(io.BufferedReader):
    """What `http.client` reads from: it asks for as many bytes as the other side claims to send, whatever that is."""

    def read(self, size: int | None = None, /) -> bytes:
        """Read so many bytes, or all. Raise LinkError for too many, before room is made; HTTPException below 0."""
        if size is not None and size < 0:
            raise http.client.HTTPException
        if size is not None and size > LONGEST_ANSWER:
            raise LinkError(Failure.TOO_LARGE)
        return super().read(size)


def say(connection: socket.socket, question: bytes) -> None:
    """Send a question. Who has hung up already may have said why before, which is there to be read."""
    with contextlib.suppress(ConnectionError):
        connection.sendall(question)


def time_left(ends_at: float) -> float:
    """Return the seconds until then. Raise TimeoutError when there are none."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
