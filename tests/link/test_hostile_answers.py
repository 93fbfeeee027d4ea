"""Answers that are none: each ends in time, in words of its own, and nothing of it is ever shown."""

import gzip
import json
import socket

import pytest
from link.asking import LISTED, LOGIN_NEEDED, MARK, SITE, climb, failures, only_failure, primary_at, shown
from link.certificates import Certificate
from link.servers import Act, Peer, Server, drips, floods, http, keeps_still, says, serving

from sync_panel.link.failures import Failure, LinkError, Rung
from sync_panel.link.ladder import Step
from sync_panel.link.wire import LONGEST_ANSWER, Conversation, Network
from sync_panel.rules.partner import Way

HASTE = 0.5  # seconds; only for a server that lets us wait
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LONG = b"%s: %s\r\n" % (MARK.encode(), b"x" * 8000)
LOGIN_PAGE = f"<!doctype html><title>{MARK}</title><form>Password</form>".encode()
BOMB = gzip.compress(json.dumps({"product": "sync-panel", "protocol": 1, "zeros": "0" * 50_000_000}).encode(), 9)
DEEP = b'{"product": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"

NO_ANSWERS: dict[str, tuple[Act, Failure]] = {
    "silence": (keeps_still, Failure.TOO_SLOW),
    "one byte at a time": (drips(b"HTTP/1.1 200 OK\r\nX: "), Failure.TOO_SLOW),
    "a body one byte at a time": (drips(b"HTTP/1.1 200 OK\r\n\r\n"), Failure.TOO_SLOW),
    "a status line without end": (floods(b"HTTP/1.1 200 ", b"x" * 4096), Failure.TOO_LARGE),
    "one header without end": (floods(OK + b"X: ", b"x" * 4096), Failure.TOO_LARGE),
    "headers without end": (floods(OK, b"X: y\r\n"), Failure.OTHER_PRODUCT),
    "long headers without end": (floods(OK, LONG), Failure.TOO_LARGE),
    "100 Continue without end": (floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Failure.TOO_LARGE),
    "a body without end": (floods(OK + b"\r\n", MARK.encode() * 500), Failure.TOO_LARGE),
    "chunks without end": (
        floods(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"9\r\n" + MARK.encode() + b"\r\n"),
        Failure.TOO_LARGE,
    ),
    "a body over 64 KiB": (says(http(json.dumps(LOGIN_NEEDED).ljust(LONGEST_ANSWER).encode())), Failure.TOO_LARGE),
    "a gzip bomb": (says(http(BOMB, "200 OK", "Content-Encoding: gzip")), Failure.OTHER_PRODUCT),
    "garbage": (says(b"\x00\xff" + MARK.encode() + b"\r\n\r\n"), Failure.OTHER_PROTOCOL),
    "another protocol": (says(f"SSH-2.0-{MARK}\r\n".encode()), Failure.OTHER_PROTOCOL),
    "an unknown version of HTTP": (says(b"HTTP/7.7 200 OK\r\n\r\n" + MARK.encode()), Failure.OTHER_PRODUCT),
    "a status that is none": (says(b"HTTP/1.1 %s\r\n\r\n" % MARK.encode()), Failure.OTHER_PRODUCT),
    "nothing at all": (says(b""), Failure.HUNG_UP),
    "half a body": (says(http(LOGIN_NEEDED)[:-20]), Failure.BROKEN_OFF),
    "chunks of no size": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n" + MARK.encode()), Failure.BROKEN_OFF),
    "a body of a terabyte, it says": (says(OK + b"Content-Length: 1000000000000\r\n\r\n{}"), Failure.TOO_LARGE),
    "a body larger than any number": (says(OK + b"Content-Length: 1%s\r\n\r\n{}" % (b"0" * 30)), Failure.TOO_LARGE),
    "a chunk larger than any number": (says(CHUNKED + b"ffffffffffffffffffffffff\r\n{}"), Failure.TOO_LARGE),
    "a chunk of half a megabyte, it says": (says(CHUNKED + b"80000\r\n{}"), Failure.TOO_LARGE),
    "a chunk of less than nothing": (says(CHUNKED + b"-5\r\n{}\r\n0\r\n\r\n"), Failure.OTHER_PRODUCT),
    "a chunk of -1": (says(CHUNKED + b"-1\r\n" + json.dumps(LOGIN_NEEDED).encode()), Failure.OTHER_PRODUCT),
    "a login page": (says(http(LOGIN_PAGE)), Failure.OTHER_PRODUCT),
    "a login page that calls itself JSON": (says(http(LOGIN_PAGE, "401 Unauthorized")), Failure.OTHER_PRODUCT),
    "not found": (says(http(LOGIN_PAGE, "404 Not Found")), Failure.OTHER_PRODUCT),
    "deep JSON": (says(http(DEEP)), Failure.OTHER_PRODUCT),
    "a huge number": (says(http(b'{"protocol": %s}' % (b"9" * 60_000))), Failure.OTHER_PRODUCT),
    "another JSON": (says(http({"product": MARK})), Failure.OTHER_PRODUCT),
    **{
        f"JSON that is {value!r}": (says(http(value)), Failure.OTHER_PRODUCT)
        for value in (None, True, 3, MARK, [MARK], [], {}, {"error": MARK}, {"error": {"code": [MARK]}})
    },
    **{
        f"the protocol {value!r}": (says(http(LOGIN_NEEDED | {"protocol": value})), Failure.OTHER_PRODUCT)
        for value in (None, True, "1", 1.0, [1], {MARK: 1})
    },
}
PLACES = {
    "itself": ("http://{here}/link/v1/site?sync_id=2", Failure.REDIRECTED),
    "a path of its own": ("/elsewhere", Failure.REDIRECTED),
    "nowhere": ("", Failure.REDIRECTED),
    "a user name and a password": ("http://user:pw@{here}/", Failure.REDIRECTED),
    "an address that is none": ("https://[{here}", Failure.REDIRECTED),
    "another server": ("http://{other}/", Failure.REDIRECTED),
    "another server, with a password": ("http://user:pw@{other}/link/v1/site?sync_id=2", Failure.REDIRECTED),
    "another server over HTTPS": ("https://[::2]:8443/", Failure.REDIRECTED),
    "a host whose name begins alike": ("https://127.0.0.1.example.org/", Failure.REDIRECTED),
    "another host behind this one as user name": ("https://127.0.0.1:x@evil.example.org/", Failure.REDIRECTED),
    "HTTPS of the same host": ("https://127.0.0.1/", Failure.HTTPS_SPOKEN),
    "HTTPS of the same host at a port": ("https://127.0.0.1:8443/link/v1/site", Failure.HTTPS_SPOKEN),
}


def ask(act: Act, *answers: bytes) -> tuple[list[Step], Server]:
    """Check a server that answers so; return the steps, and the server as it ended."""
    with serving(act) as server:
        steps = climb(primary_at(server.url()), Network(seconds=HASTE if waits(act) else 10))
    assert MARK not in shown(steps)
    assert b"Authorization" not in server.everything
    return steps, server


def waits(act: Act) -> bool:
    return act in {NO_ANSWERS[name][0] for name in NO_ANSWERS if NO_ANSWERS[name][1] is Failure.TOO_SLOW}


@pytest.mark.parametrize(("act", "failure"), list(NO_ANSWERS.values()), ids=list(NO_ANSWERS))
def test_an_answer_that_is_none_ends_in_words_of_its_own(act: Act, failure: Failure) -> None:
    steps, _ = ask(act)
    assert only_failure(steps) is failure
    assert steps[-1].rung is failure.rung


def test_a_connection_closed_before_anything_was_read_is_told_as_such() -> None:
    with serving(lambda peer: peer.connection.close()) as server:
        assert only_failure(climb(primary_at(server.url()))) is Failure.HUNG_UP


@pytest.mark.parametrize(("place", "failure"), list(PLACES.values()), ids=list(PLACES))
@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_told_and_never_followed(status: str, place: str, failure: Failure) -> None:
    with serving(says(http({"product": "sync-panel", "protocol": 1})), host="127.0.0.2") as other:

        def act(peer: Peer) -> None:
            here = f"127.0.0.1:{peer.connection.getsockname()[1]}"
            filled = place.format(here=here, other=f"127.0.0.2:{other.port}")
            peer.connection.sendall(http(MARK.encode(), status, f"Location: {filled}"))

        with serving(act) as server:
            steps = climb(primary_at(server.url()))
    assert only_failure(steps) is failure
    assert MARK not in shown(steps)
    assert (server.connections, other.heard) == (1, [])


def test_a_redirect_to_https_of_the_same_ipv6_address_is_told_as_https() -> None:
    with serving(says(http(b"", "301 Moved", "Location: https://[::1]/")), host="::1") as server:
        assert only_failure(climb(primary_at(server.url()))) is Failure.HTTPS_SPOKEN


def test_a_redirect_of_a_server_that_speaks_https_is_never_followed(issued: Certificate) -> None:
    answer = http(b"", "301 Moved", "Location: https://127.0.0.1/elsewhere")
    with serving(says(answer), issued.context) as server:
        assert only_failure(climb(primary_at(server.url()))) is Failure.REDIRECTED
    assert server.connections == 1


WRONG_SITES: dict[str, object] = {
    "a list": [MARK],
    "nothing": {},
    "no site": SITE | {"site": None},
    "a site of another type": SITE | {"site": [MARK]},
    "a Sync ID of another type": SITE | {"site": {"sync_id": MARK, "name": "Primary", "store": "Central"}},
    "a Sync ID that is not finite": SITE | {"site": {"sync_id": float("nan"), "name": "Primary", "store": "Central"}},
    "a name that is too long": SITE | {"site": {"sync_id": 1, "name": MARK * 50, "store": "Central"}},
    "a name nobody can see": SITE | {"site": {"sync_id": 1, "name": f"{MARK}\u202e", "store": "Central"}},
    "half a character": SITE | {"site": {"sync_id": 1, "name": f"{MARK}\ud800", "store": "Central"}},
    "a listing of another type": SITE | {"listed": MARK},
    "a listing with a URL that is none": SITE | {"listed": LISTED | {"url": f"javascript:{MARK}"}},
    "a time that is none": SITE | {"time": MARK},
    "a time without a zone": SITE | {"time": "2026-11-23T14:30:00"},
    "a time of another type": SITE | {"time": {"at": MARK}},
}


@pytest.mark.parametrize("answer", list(WRONG_SITES.values()), ids=list(WRONG_SITES))
def test_an_answer_to_the_login_that_breaks_the_rules_is_told_as_trouble_there(answer: object) -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), http(answer))) as server:
        steps = climb(primary_at(server.url()))
    assert only_failure(steps) is Failure.TROUBLE_THERE
    assert MARK not in shown(steps)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_clock_at_the_end_of_time_is_only_a_clock_that_is_wrong(time: str) -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), http(SITE | {"time": time}))) as server:
        assert only_failure(climb(primary_at(server.url()))) is Failure.OTHER_CLOCK


@pytest.mark.parametrize(("act", "failure"), [NO_ANSWERS[name] for name in ("half a body", "a body without end")])
def test_the_answer_to_the_login_is_bounded_like_the_first(act: Act, failure: Failure) -> None:
    def first_right(peer: Peer) -> None:
        (says(http(LOGIN_NEEDED)) if peer.number == 1 else act)(peer)

    with serving(first_right) as server:
        steps = climb(primary_at(server.url()))
    assert failures(steps) == [failure]
    assert steps[-1].rung is Rung.LOGIN
    assert MARK not in shown(steps)


def test_who_hangs_up_lets_no_conversation_go_on() -> None:
    network = Network()
    with socket.create_server(("127.0.0.1", 0)) as server:
        conversation = Conversation(Way(f"http://127.0.0.1:{server.getsockname()[1]}"), network)
        conversation.find()
        network.hang_up()
        with pytest.raises(LinkError) as refused:
            conversation.connect()
    assert refused.value.failure is Failure.TIMED_OUT
