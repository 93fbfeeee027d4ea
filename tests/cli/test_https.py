"""HTTPS in the server itself: with a certificate made here or given, and plain HTTP only where somebody says so."""

import hashlib
import http.client
import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from link.certificates import issue
from processes import Server, refusal, succeed

from sync_panel.guard.certificate import own_certificate
from sync_panel.machine import own_addresses

Start = Callable[..., Server]
ANYWHERE = "0.0.0.0:0"  # what is refused without TLS


def ask(port: int, path: str = "/sign-in", host: str = "127.0.0.1") -> tuple[http.client.HTTPResponse, str, str]:
    """Ask over HTTPS, whatever the certificate; return the answer, its text and the certificate's fingerprint."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, port, context=context, timeout=10)
    try:
        connection.connect()
        fingerprint = hashlib.sha256(connection.sock.getpeercert(binary_form=True) or b"").hexdigest()
        connection.request("GET", path)
        response = connection.getresponse()
        return response, response.read().decode(), fingerprint
    finally:
        connection.close()


def printed(server: Server) -> str:
    """Return the fingerprint that the start printed."""
    found = re.search(r"Certificate, SHA-256: ([0-9A-F:]{95})", "\n".join(server.greeting))
    assert found
    return found[1].replace(":", "").lower()


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Start]:
    """Return a way to serve the data folder with options."""
    servers: list[Server] = []

    def begin(*options: str) -> Server:
        servers.append(Server(data, tmp_path / f"errors-{len(servers)}", listen="127.0.0.1:0", options=options))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


def test_the_fingerprint_that_is_printed_is_the_certificates_own_and_stays(start: Start) -> None:
    server = start("--tls")
    response, text, fingerprint = ask(server.port)
    assert response.status == 200
    assert "Sign in" in text
    assert fingerprint == printed(server)
    assert response.getheader("Strict-Transport-Security") is None, "nobody vouches for it"
    assert "Secure" in (response.getheader("Set-Cookie") or "")
    server.stop()
    assert printed(start("--tls")) == fingerprint


def test_https_is_spoken_and_nothing_else(start: Start) -> None:
    server = start("--tls")
    plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    plain.request("GET", "/sign-in")
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.getresponse()
    plain.close()


def test_other_machines_reach_plain_http_only_when_somebody_says_so(data: Path) -> None:
    said = refusal("--listen", ANYWHERE, data=data)
    assert "Add --tls, or --allow-plain-http" in said


def test_a_certificate_needs_its_key(data: Path, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("no certificate")
    assert "Name both" in refusal("--tls-cert", str(tmp_path / "one"), data=data)
    said = refusal("--tls-cert", str(tmp_path / "one"), "--tls-key", str(tmp_path / "one"), data=data)
    assert "cannot be used" in said


def test_a_given_certificate_is_served(start: Start, tmp_path: Path) -> None:
    given = own_certificate(tmp_path, ["localhost"], own_addresses())
    server = start("--tls-cert", str(given.path), "--tls-key", str(given.key_path))
    assert ask(server.port)[2] == printed(server) == given.fingerprint


@pytest.mark.parametrize(("days", "told"), [(10, "ends on"), (-10, "ended on"), (300, "")])
def test_a_start_logs_that_a_given_certificate_is_near_its_end(
    start: Start, tmp_path: Path, days: int, told: str
) -> None:
    given = issue(tmp_path, "localhost", ends_in=days)
    server = start("--tls-cert", str(given.certificate_file), "--tls-key", str(given.key_file))
    assert ask(server.port)[0].status == 200
    lines = [line for line in server.stop().splitlines() if "The certificate e" in line]
    assert len(lines) == bool(told)
    assert all(told in line for line in lines)


def test_a_start_with_half_of_its_certificate_says_which_command_makes_another(start: Start, data: Path) -> None:
    first = start("--tls")
    first.stop()
    (data / "tls.key").unlink()
    said = refusal("--tls", "--listen", "127.0.0.1:0", data=data)
    assert "tls.key" in said
    assert "new-certificate" in said
    assert "Every partner" in succeed("new-certificate", data=data)
    assert printed(start("--tls")) != printed(first)


def test_a_new_certificate_is_made_by_a_command_only(start: Start, data: Path) -> None:
    first = start("--tls")
    first.stop()
    said = succeed("new-certificate", "--same-key", data=data)
    assert ":".join(re.findall("..", printed(first).upper())) in said
    second = start("--tls")
    assert printed(second) == printed(first)
    second.stop()
    said = succeed("new-certificate", data=data)
    assert "Every partner" in said
    third = start("--tls")
    assert printed(third) != printed(first)
    assert ask(third.port)[2] == printed(third)
    assert ":".join(re.findall("..", printed(third).upper())) in said


def test_a_start_says_which_names_the_certificate_lacks(start: Start, data: Path) -> None:
    own_certificate(data, ["elsewhere"], [])
    lacking = start("--tls")
    assert any("does not name localhost" in line for line in lacking.greeting)
    lacking.stop()
    succeed("new-certificate", "--same-key", data=data)
    assert not any("does not name" in line for line in start("--tls").greeting)
