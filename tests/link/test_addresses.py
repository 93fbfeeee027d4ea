"""Where a partner may be: every address that a name leads to is checked, once, before anything connects to it."""

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from link.asking import LOGIN_NEEDED, SITE, climb, only_failure, primary_at, refusal
from link.servers import Server, http, says, serving

from sync_panel.link.address import system_resolver
from sync_panel.link.failures import Failure
from sync_panel.link.wire import Conversation, Network
from sync_panel.rules.partner import Way
from sync_panel.rules.url import parse_url

FORBIDDEN_V4 = {
    "this network": "0.0.0.0",  # noqa: S104  # refused here, not listened on
    "this network, further on": "0.1.2.3",
    "link-local": "169.254.7.7",
    "cloud metadata": "169.254.169.254",
    "protocol assignments": "192.0.0.192",
    "multicast": "224.0.0.1",
    "last multicast": "239.255.255.255",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
}
FORBIDDEN_V6 = {
    "unspecified": "::",
    "link-local": "fe80::1",
    "link-local with a zone": "fe80::1%eth0",
    "site-local": "fec0::1",
    "cloud metadata": "fd00:ec2::254",
    "multicast": "ff02::1",
    "NAT64": "64:ff9b::a9fe:a9fe",
    "NAT64 of a local network": "64:ff9b:1::a9fe:a9fe",
    "6to4": "2002:a9fe:a9fe::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "compatible": "::169.254.169.254",
}
MAPPED = {f"mapped {name}": f"::ffff:{address}" for name, address in FORBIDDEN_V4.items()}
FORBIDDEN = {**FORBIDDEN_V4, **{f"{name}, IPv6": address for name, address in FORBIDDEN_V6.items()}, **MAPPED}
ALLOWED = ["10.0.0.7", "172.16.3.4", "192.168.1.20", "100.64.0.9", "127.0.0.1", "::1", "fd12:3456::7", "203.0.113.5"]


def leading_to(*addresses: str) -> Network:
    """Return a network in which every name leads to these addresses."""
    return Network(resolve=lambda _host, _port: list(addresses))


def find(host: str, network: Network, port: int = 8765) -> None:
    shown = f"[{host}]" if ":" in host else host
    Conversation(Way(f"http://{shown}:{port}"), network).find()


@pytest.fixture
def panel_there() -> Iterator[Server]:
    """Return a server that answers as a panel does, first without and then with a login."""
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), http(SITE))) as server:
        yield server


@pytest.mark.parametrize("address", list(FORBIDDEN.values()), ids=list(FORBIDDEN))
def test_a_name_that_leads_to_a_forbidden_address_is_refused(address: str) -> None:
    steps = climb(primary_at("http://panel.example.org"), leading_to(address))
    assert only_failure(steps) is Failure.FORBIDDEN_ADDRESS
    assert len(steps) == 1
    assert "panel.example.org" in str(steps[0].remedy)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:a9fe:a9fe"])
def test_a_forbidden_address_that_was_typed_is_refused_too(address: str) -> None:
    assert refusal(lambda: find(address, Network())).failure is Failure.FORBIDDEN_ADDRESS


@pytest.mark.parametrize("spelling", ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.254.43518"])
def test_an_odd_spelling_of_an_address_is_no_url_and_the_resolver_finds_out_what_it_means(spelling: str) -> None:
    assert system_resolver(spelling, 80) == ["169.254.169.254"]
    assert refusal(lambda: find(spelling, Network())).failure is Failure.FORBIDDEN_ADDRESS
    with pytest.raises(Exception, match="neither a host name nor an IP address"):
        parse_url(f"http://{spelling}/")


@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_forbidden_address_among_good_ones_is_enough(position: int) -> None:
    addresses = ["127.0.0.1", "10.0.0.7"]
    addresses.insert(position, "169.254.169.254")
    assert refusal(lambda: find("panel.example.org", leading_to(*addresses))).failure is Failure.FORBIDDEN_ADDRESS


@pytest.mark.parametrize("address", ALLOWED)
def test_private_public_and_loopback_addresses_are_allowed(address: str) -> None:
    find("panel.example.org", leading_to(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1"])
def test_this_panel_itself_is_refused(address: str) -> None:
    network = leading_to(address)
    network.own = ("127.0.0.1", 8765)
    steps = climb(primary_at("http://panel.example.org:8765"), network)
    assert only_failure(steps) is Failure.THIS_PANEL
    assert len(steps) == 1


def test_this_panel_is_refused_when_it_is_one_address_of_several() -> None:
    network = leading_to("10.0.0.7", "127.0.0.1")
    network.own = ("127.0.0.1", 8765)
    assert refusal(lambda: find("panel.example.org", network)).failure is Failure.THIS_PANEL


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])  # noqa: S104  # told apart here, not listened on
@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.8.7", "::1"])
def test_any_address_of_this_machine_is_this_panel_when_it_listens_everywhere(everywhere: str, address: str) -> None:
    network = leading_to(address)
    network.own = (everywhere, 8765)
    assert refusal(lambda: find("panel.example.org", network)).failure is Failure.THIS_PANEL


@pytest.mark.parametrize("own", [("127.0.0.1", 8766), ("127.0.0.2", 8765), ("::1", 8765)])
def test_another_port_or_another_address_of_this_machine_is_another_server(own: tuple[str, int]) -> None:
    network = leading_to("127.0.0.1")
    network.own = own
    find("panel.example.org", network)


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])  # noqa: S104  # told apart here, not listened on
def test_another_machine_is_another_server_also_when_this_panel_listens_everywhere(everywhere: str) -> None:
    network = leading_to("203.0.113.5")
    network.own = (everywhere, 8765)
    find("panel.example.org", network)


@pytest.mark.parametrize("problem", [OSError("no such name"), UnicodeError("label too long"), None])
def test_a_name_that_leads_nowhere_is_not_found(problem: Exception | None) -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        if problem:
            raise problem
        return []

    steps = climb(primary_at("http://panel.example.org"), Network(resolve=resolve))
    assert only_failure(steps) is Failure.NAME_NOT_FOUND
    assert "panel.example.org" in str(steps[0].remedy)


def test_a_resolver_that_answers_differently_the_second_time_is_asked_only_once(panel_there: Server) -> None:
    answers: list[list[str]] = [["127.0.0.1"], ["169.254.169.254"], ["127.0.0.2"]]
    network = Network(resolve=lambda _host, _port: answers.pop(0))
    steps = climb(primary_at(panel_there.url("panel.example.org")), network)
    assert all(step.passed for step in steps)
    assert len(answers) == 2
    assert panel_there.connections == 2  # both went to the address that was checked


def test_the_server_is_asked_under_its_name_at_the_address_that_was_checked(panel_there: Server) -> None:
    climb(primary_at(panel_there.url("panel.example.org")), leading_to("127.0.0.1"))
    assert f"\r\nHost: panel.example.org:{panel_there.port}\r\n".encode() in panel_there.heard[0]


def test_an_address_that_does_not_answer_leaves_the_turn_to_the_next(panel_there: Server) -> None:
    network = leading_to("127.0.0.3", "127.0.0.1")  # nobody listens at the first
    assert all(step.passed for step in climb(primary_at(panel_there.url("panel.example.org")), network))


def test_an_ipv6_address_is_reached() -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), http(SITE)), host="::1") as server:
        assert all(step.passed for step in climb(primary_at(server.url())))


@pytest.fixture
def without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system know no IPv6, as a kernel that was built or started without it."""
    no_sockets(monkeypatch, socket.AF_INET6, errno.EAFNOSUPPORT)


def no_sockets(monkeypatch: pytest.MonkeyPatch, refused: int, why: int) -> None:
    class Refusing(socket.socket):
        def __init__(self, family: int = -1, kind: int = -1, proto: int = -1, fileno: int | None = None) -> None:
            if family == refused and fileno is None:
                raise OSError(why, os.strerror(why))
            super().__init__(family, kind, proto, fileno)

    monkeypatch.setattr("sync_panel.link.wire.socket.socket", Refusing)


@pytest.mark.usefixtures("without_ipv6")
def test_an_ipv6_address_has_no_way_to_it_on_a_machine_without_ipv6() -> None:
    steps = climb(primary_at("http://[fd12:3456::7]:8765"))
    assert only_failure(steps) is Failure.NO_ROUTE
    assert "fd12:3456::7" in str(steps[-1].remedy)


@pytest.mark.usefixtures("without_ipv6")
def test_a_machine_without_ipv6_reaches_the_ipv4_address_of_a_name(panel_there: Server) -> None:
    network = leading_to("::1", "127.0.0.1")
    assert all(step.passed for step in climb(primary_at(panel_there.url("panel.example.org")), network))


def test_no_socket_to_be_had_is_trouble_here(monkeypatch: pytest.MonkeyPatch) -> None:
    no_sockets(monkeypatch, socket.AF_INET, errno.EMFILE)
    assert only_failure(climb(primary_at("http://127.0.0.1:8765"))) is Failure.TROUBLE_HERE


@pytest.fixture
def silent_resolver() -> Iterator[Callable[[str, int], list[str]]]:
    """Return a resolver that never answers while the test runs."""
    asked, over = threading.Event(), threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        asked.set()
        over.wait()
        return ["127.0.0.1"]

    yield resolve
    assert asked.is_set()
    over.set()


def test_a_resolver_that_never_answers_is_not_waited_for(silent_resolver: Callable[[str, int], list[str]]) -> None:
    steps = climb(primary_at("http://panel.example.org"), Network(resolve=silent_resolver, seconds=0.2))
    assert only_failure(steps) is Failure.NAME_NOT_FOUND


def test_a_port_where_nothing_listens_is_told_with_its_number() -> None:
    with socket.socket() as bound:  # taken, but nobody listens there
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        steps = climb(primary_at(f"http://127.0.0.1:{port}"))
    assert only_failure(steps) is Failure.REFUSED
    assert f"127.0.0.1 is there, but nothing listens at port {port}." in str(steps[-1].remedy)
