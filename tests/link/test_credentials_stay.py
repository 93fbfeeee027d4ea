"""The password leaves only for an address that qualified: the right product, encrypted or accepted, and saved."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from link.asking import LOGIN_NEEDED, SITE, US, climb, failures, primary_at, refusal, request
from link.certificates import Certificate, issue
from link.servers import Act, http, says, serving
from link.stand_in import ENGINES_ID, MSupply
from panels import CANARY

from sync_panel.link.failures import Failure
from sync_panel.rules.partner import Partner

PANEL = says(http(LOGIN_NEEDED, "401 Unauthorized"), http(SITE))
PAIR = b64encode(f"sync:{CANARY}".encode())
OTHERS: dict[str, Act] = {
    "a login page": says(http(b"<html>Log in</html>")),
    "a server that asks for a login": says(http(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')),
    "another product": says(http(LOGIN_NEEDED | {"product": "other"}, "401 Unauthorized")),
    "an older protocol": says(http(LOGIN_NEEDED | {"protocol": 0}, "401 Unauthorized")),
    "a newer protocol": says(http(LOGIN_NEEDED | {"protocol": 2}, "401 Unauthorized")),
    "a stand-alone site": says(http(LOGIN_NEEDED | {"code": "stand-alone"}, "503 Service Unavailable")),
    "a redirect": says(http(LOGIN_NEEDED, "307 Temporary Redirect", "Location: http://127.0.0.1/")),
    "a broken answer": says(http(LOGIN_NEEDED)[:-9]),
}


def is_quiet(heard: bytes) -> bool:
    """Tell whether nothing of the login stands in what was heard, in whatever form."""
    return not any(part in heard for part in (b"uthorization", PAIR, CANARY.encode(), b"Basic"))


@pytest.mark.parametrize("act", list(OTHERS.values()), ids=list(OTHERS))
def test_no_login_leaves_for_a_server_that_does_not_qualify(act: Act) -> None:
    with serving(act) as server:
        assert failures(climb(primary_at(server.url())))
        refusal(lambda: request(primary_at(server.url())))
    assert server.heard
    assert is_quiet(server.everything)


@pytest.mark.parametrize("act", [PANEL, MSupply()], ids=["panel", "mSupply"])
def test_no_login_leaves_over_plain_http_that_was_not_accepted(act: Act) -> None:
    with serving(act) as server:
        entered = primary_at(server.url(), plain_http=False, hardware_id=ENGINES_ID)
        assert failures(climb(entered)) == [Failure.NOT_ENCRYPTED]
        assert refusal(lambda: request(entered)).failure is Failure.NOT_ENCRYPTED
    assert is_quiet(server.everything)


@pytest.mark.parametrize("act", [PANEL, MSupply()], ids=["panel", "mSupply"])
def test_no_login_leaves_for_an_address_that_was_not_saved(act: Act) -> None:
    with serving(act) as server:
        steps = climb(primary_at(server.url(), hardware_id=ENGINES_ID), withheld=Failure.UNSAVED_ADDRESS)
    assert failures(steps) == [Failure.UNSAVED_ADDRESS]
    assert is_quiet(server.everything)


def entered_at(url: str, certificate: Certificate) -> list[Partner]:
    """Return a server with a certificate of its own as it is entered: without trust, and with that in another."""
    return [primary_at(url), primary_at(url, certificate.fingerprint)]


@pytest.mark.parametrize("trusting", [0, 1], ids=["untrusted", "another was trusted"])
def test_nothing_at_all_is_said_to_a_certificate_that_is_not_trusted(tmp_path: Path, trusting: int) -> None:
    own, other = issue(tmp_path, "127.0.0.1"), issue(tmp_path, "127.0.0.1")
    with serving(PANEL, own.context) as server:
        entered = entered_at(server.url(), other)[trusting]
        failure = [Failure.UNTRUSTED, Failure.OTHER_FINGERPRINT][trusting]
        assert failures(climb(entered)) == [failure]
        assert refusal(lambda: request(entered)).failure is failure
    assert server.everything == b""


@pytest.mark.parametrize("problem", ["expired", "not_yet"])
def test_plain_http_that_was_accepted_is_no_leave_for_a_wrong_certificate(
    authority: Certificate, tmp_path: Path, problem: str
) -> None:
    late = issue(tmp_path, "127.0.0.1", by=authority, **{problem: True})
    with serving(PANEL, late.context) as server:
        assert failures(climb(primary_at(server.url(), plain_http=True))) == [Failure.EXPIRED]
    assert server.everything == b""


def test_no_login_follows_a_redirect_that_answers_the_login() -> None:
    with serving(PANEL) as other:
        elsewhere = http(b"", "307 Temporary Redirect", f"Location: http://user:pw@127.0.0.1:{other.port}/")
        with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), elsewhere)) as server:
            assert failures(climb(primary_at(server.url()))) == [Failure.REDIRECTED]
        assert server.connections == 2
    assert other.everything == b""


@pytest.mark.parametrize("missing", ["user_name", "password"])
def test_no_half_login_leaves(missing: str) -> None:
    us = replace(US, site=replace(US.site, **{missing: None}))
    with serving(PANEL) as server:
        assert failures(climb(primary_at(server.url()), us=us)) == [Failure.NO_CREDENTIALS]
    assert is_quiet(server.everything)


def test_the_login_leaves_with_the_second_request_when_everything_qualifies() -> None:
    with serving(PANEL) as server:
        assert not failures(climb(primary_at(server.url())))
    first, second = server.heard
    assert is_quiet(first)
    assert second.count(b"\r\nAuthorization: Basic " + PAIR + b"\r\n") == 1
    assert second.startswith(b"GET /link/v1/site?sync_id=2 HTTP/1.1\r\n")


def test_the_login_leaves_over_https_when_the_certificate_is_trusted(issued: Certificate) -> None:
    with serving(PANEL, issued.context) as server:
        assert not failures(climb(primary_at(server.url(), plain_http=False)))
    first, second = server.heard
    assert is_quiet(first)
    assert b"\r\nAuthorization: Basic " + PAIR + b"\r\n" in second


def test_a_request_for_news_brings_the_login_with_the_second_request_only() -> None:
    with serving(PANEL) as server:
        request(primary_at(server.url()))
    first, second = server.heard
    assert is_quiet(first)
    assert first.startswith(b"GET /link/v1/site?sync_id=2 HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Basic " + PAIR + b"\r\n" in second
    assert second.startswith(b"POST /link/v1/contact HTTP/1.1\r\n")


def test_a_login_in_any_script_is_sent_as_utf_8() -> None:
    us = replace(US, site=replace(US.site, user_name="متجر", password="pass:wörd – 薬"))
    with serving(PANEL) as server:
        assert not failures(climb(primary_at(server.url()), us=us))
    assert b64encode("متجر:pass:wörd – 薬".encode()) in server.everything
