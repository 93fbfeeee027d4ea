"""HTTP/1.1 for many clients, however slow: h11 parses, the event loop reads and sends, threads run the application.

A thread builds a whole answer and is free again. Each step in which a client can be slow has one limit of time for all
of it, and what waits for a client is bounded: whoever drips, does not read, or goes away without a word keeps nobody
else out. There is no HTTP/2, no upgrade to anything and no WebSocket.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import formatdate
from http.client import responses
from itertools import chain

import h11

from .wsgi import NO_BODY, SAYS_HOW_LONG, Answer, Application, Ends, authority_of, environ_of, run

LONGEST_BODY = 64 * 1024  # bytes, as the panel tells it
LONGEST_HEAD = 16 * 1024  # bytes
PIECE = 16 * 1024  # bytes that are read or sent at once
THREADS = 6
SPOKEN = {b"1.0", b"1.1"}
SENTENCES = {
    400: "This is no request that can be understood.",
    408: "The request did not arrive in time. Send it again.",
    431: "The head of the request is too long.",
    500: "Something went wrong in the panel itself. Try again.",
    501: "The body comes in a way that is not spoken here. Send it with its length, or in chunks.",
    505: "This version of HTTP is not spoken here. Use HTTP/1.1.",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long a client may take for each step as a whole, in seconds."""

    handshake: float = 8.0  # of TLS
    head: float = 8.0  # of a request, from its first byte or from the connection on
    body: float = 15.0
    reading: float = 20.0  # an answer
    kept: float = 75.0  # until the next request: longer than any page waits before it asks again
    leaving: float = 2.0  # the end of TLS, and of a body that nobody wants


PATIENCE = Patience()


class RefusedError(Exception):
    """A request that does not reach the application; the status says why."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(SENTENCES[status])


@dataclass
class Service:
    """What connections share: the application and its threads, and the `headers` of answers that are not its own."""

    app: Application
    headers: Mapping[str, str]
    most_clients: int  # for one more, the client that was quiet for longest is given up
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "answer"))
    clients: "dict[Client, asyncio.Task[None]]" = field(default_factory=dict)  # the quietest first

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests that come over a connection, until one of both sides ends it."""
        client = Client(self, reader, writer)
        if len(self.clients) >= self.most_clients:
            next(iter(self.clients)).abort()
        self.clients[client] = asyncio.current_task()  # type: ignore[assignment]  # this is one
        try:
            await client.converse()
        finally:
            self.clients.pop(client, None)

    def heard_of(self, client: "Client") -> None:
        """Note that a client has sent a whole request, or read a whole answer."""
        if client in self.clients:
            self.clients[client] = self.clients.pop(client)

    async def stop(self, seconds: float) -> None:
        """End every connection; an answer that is under way may take so long."""
        for client in list(self.clients):
            if not client.is_answering:
                client.abort()
        if self.clients:
            await asyncio.wait(self.clients.values(), timeout=seconds)
        for client in list(self.clients):
            client.abort()
        self.threads.shutdown(wait=False, cancel_futures=True)


class Client:
    """One connection. Its requests are answered one after another, and the next is not read before."""

    def __init__(self, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._service, self._reader, self._writer = service, reader, writer
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        self.is_answering = False
        writer.transport.set_write_buffer_limits(high=1)  # sent is what the system has; no more than a piece waits here
        writer.transport.max_size = PIECE  # type: ignore[attr-defined]  # bytes a read, where asyncio knows this limit

    def abort(self) -> None:
        self._writer.transport.abort()

    async def converse(self) -> None:
        patience = PATIENCE.head
        try:
            while await self._is_asked(patience) and await self._answer_next():
                self._h11.start_next_cycle()
                patience = PATIENCE.kept
        except (OSError, TimeoutError, h11.RemoteProtocolError):
            self.abort()  # it went away, or does not read: no fault of this side
        except Exception:
            log.exception("A connection could not be served")
            self.abort()
        finally:
            self._writer.close()

    async def _is_asked(self, seconds: float) -> bool:
        self.is_answering = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return bool(self._h11.trailing_data[0] or await self._read())
        return False

    async def _answer_next(self) -> bool:
        try:
            async with in_time(PATIENCE.head):
                request = await self._next_event()
            if not isinstance(request, h11.Request):
                return False
            self.is_answering = True
            answer = await self._answer_to(request)
        except h11.RemoteProtocolError as error:
            return await self._refuse(error.error_status_hint)
        except RefusedError as refused:
            return await self._refuse(refused.status)
        return await self._send(answer, has_body=request.method != b"HEAD")

    async def _answer_to(self, request: h11.Request) -> Answer:
        """Let the application answer. It also refuses what is too long, which is then not read to its end."""
        declared = how_long(request)
        body = await self._body() if declared <= LONGEST_BODY else b""
        self._service.heard_of(self)
        environ = environ_of(request, body, max(declared, len(body)), self._ends())
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._service.threads, run, self._service.app, environ)
        if answer is None:
            raise RefusedError(500)
        return answer

    async def _body(self) -> bytes:
        body = bytearray()
        async with in_time(PATIENCE.body):
            if self._h11.they_are_waiting_for_100_continue:
                self._write(h11.InformationalResponse(status_code=100, headers=[]))
            while len(body) <= LONGEST_BODY and isinstance(event := await self._next_event(), h11.Data):
                body += event.data
        return bytes(body)

    async def _send(self, answer: Answer, *, has_body: bool) -> bool:
        """Send an answer in one limit of time, and tell whether another request may follow."""
        is_read = self._h11.their_state not in {h11.IDLE, h11.SEND_BODY, h11.ERROR}
        added = [("Date", formatdate(usegmt=True)), *([] if is_read else [("Connection", "close")])]
        headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in [*answer.headers, *added]]
        body = answer.body if has_body and answer.status not in NO_BODY else b""
        reason = responses.get(answer.status, "")
        head = h11.Response(status_code=answer.status, headers=headers, reason=reason)
        pieces = (h11.Data(data=body[start : start + PIECE]) for start in range(0, len(body), PIECE))
        async with asyncio.timeout(PATIENCE.reading):
            for event in chain((head,), pieces, (h11.EndOfMessage(),)):
                self._write(event)
                await self._writer.drain()
        self._service.heard_of(self)
        if not is_read:
            await self._leave()
        return self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE

    async def _refuse(self, status: int) -> bool:
        """Answer what does not reach the application, with the headers of each answer, and let nothing follow."""
        if self._h11.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return False
        text = f"{SENTENCES.get(status, SENTENCES[400])}\n"
        headers = [*self._service.headers.items(), ("Content-Type", "text/plain"), ("Content-Length", str(len(text)))]
        await self._send(Answer(status, headers, text.encode("ascii")), has_body=True)
        return False

    async def _leave(self) -> None:
        """Drop for a while what still comes: to close over it would take the answer away from the client."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE.leaving):
                while await self._reader.read(PIECE):
                    pass

    async def _next_event(self) -> object:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            await self._read()
        return event

    async def _read(self) -> bytes:
        data = await self._reader.read(PIECE)
        self._h11.receive_data(data)
        return data

    def _write(self, event: h11.Event) -> None:
        self._writer.write(self._h11.send(event) or b"")

    def _ends(self) -> Ends:
        tell = self._writer.get_extra_info
        return Ends(tell("sockname")[:2], tell("peername")[:2], tell("sslcontext") is not None)


def how_long(request: h11.Request) -> int:
    """Return the length that a request gives its body, 0 for none. Raise RefusedError for what is not spoken here.

    Two ways to say where the body ends may say two things to two servers (RFC 9112, section 6.1).
    """
    if request.http_version not in SPOKEN:
        raise RefusedError(505)
    named = {name: value for name, value in request.headers if name in SAYS_HOW_LONG}
    if len(named) == len(SAYS_HOW_LONG) or not is_place(request):
        raise RefusedError(400)
    return int(named.get(b"content-length", 0))


def is_place(request: h11.Request) -> bool:
    """Tell whether the target is a place on this server: a path, or a whole address (RFC 9112, section 3.2)."""
    if request.method == b"OPTIONS" and request.target == b"*":
        return True
    return request.method != b"CONNECT" and (request.target.startswith(b"/") or bool(authority_of(request.target)))


@contextlib.asynccontextmanager
async def in_time(seconds: float) -> AsyncIterator[None]:
    """Raise RefusedError, 408, when the block is not done in so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise RefusedError(408) from None
