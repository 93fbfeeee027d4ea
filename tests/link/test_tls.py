"""Certificates: whom an authority vouches for, whom an editor trusts by the fingerprint, and everybody else."""

import hashlib
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from link.asking import LOGIN_NEEDED, SITE, climb, failures, only_failure, primary_at
from link.certificates import Certificate, issue
from link.conftest import Pair
from link.servers import Act, Peer, Server, drips, http, keeps_still, says, serving
from serving import serving_panel

from sync_panel.guard.certificate import certificate_with_new_names, make_certificate
from sync_panel.link.failures import Failure, Rung
from sync_panel.link.ladder import PASSED, TRUSTED_BY_FINGERPRINT, Step
from sync_panel.link.wire import Network

PANEL = says(http(LOGIN_NEEDED, "401 Unauthorized"), http(SITE))


def check(*shown: Certificate, fingerprint: str | None = None) -> tuple[list[Step], Server]:
    """Check a panel that shows this certificate, or one after the other; return the server as it ended."""
    with serving(PANEL, *(certificate.context for certificate in shown)) as server:
        steps = climb(primary_at(server.url(), fingerprint, plain_http=False))
    return steps, server


def test_a_certificate_that_a_known_authority_vouches_for_is_trusted(issued: Certificate) -> None:
    steps, _ = check(issued)
    assert [step.title for step in steps] == [PASSED[rung] for rung in Rung]


def test_a_name_is_trusted_with_a_certificate_for_that_name(authority: Certificate, tmp_path: Path) -> None:
    named = issue(tmp_path, "panel.example.org", by=authority)
    with serving(PANEL, named.context) as server:
        network = Network(resolve=lambda _host, _port: ["127.0.0.1"])
        steps = climb(primary_at(server.url("panel.example.org")), network)
    assert all(step.passed for step in steps)


def test_a_certificate_that_nobody_vouches_for_is_refused_and_its_fingerprint_offered(tmp_path: Path) -> None:
    own = issue(tmp_path, "127.0.0.1")
    steps, server = check(own)
    assert only_failure(steps) is Failure.UNTRUSTED
    assert steps[-1].fingerprint == own.fingerprint
    assert server.everything == b""


def test_an_authority_that_is_not_known_vouches_for_nobody(authority: Certificate, tmp_path: Path) -> None:
    other = issue(tmp_path, "Authority of a test", authority=True)  # by the same name, with another key
    stranger = issue(tmp_path, "127.0.0.1", by=other)
    steps, server = check(stranger)
    assert only_failure(steps) is Failure.UNTRUSTED
    assert steps[-1].fingerprint == stranger.fingerprint
    assert server.everything == b""


@pytest.mark.parametrize("when", ["expired", "not_yet"])
def test_a_certificate_out_of_its_time_is_refused(authority: Certificate, tmp_path: Path, when: str) -> None:
    steps, server = check(issue(tmp_path, "127.0.0.1", by=authority, **{when: True}))
    assert only_failure(steps) is Failure.EXPIRED
    assert steps[-1].fingerprint is None
    assert server.everything == b""


@pytest.mark.parametrize("name", ["127.0.0.2", "panel.example.org"])
def test_a_certificate_for_another_name_is_refused(authority: Certificate, tmp_path: Path, name: str) -> None:
    steps, server = check(issue(tmp_path, name, by=authority))
    assert only_failure(steps) is Failure.OTHER_NAME
    assert "127.0.0.1" in str(steps[-1].remedy)
    assert steps[-1].fingerprint is None
    assert server.everything == b""


@pytest.mark.parametrize("name", ["127.0.0.1", "panel.example.org"])
@pytest.mark.parametrize("expired", [False, True])
def test_a_fingerprint_that_was_accepted_is_trusted_alone(tmp_path: Path, name: str, expired: bool) -> None:  # noqa: FBT001
    own = issue(tmp_path, name, expired=expired)
    steps, _ = check(own, fingerprint=own.fingerprint)
    assert all(step.passed for step in steps)
    assert steps[Rung.CERTIFICATE].title == TRUSTED_BY_FINGERPRINT


def own_of(folder: Path) -> Certificate:
    """Put a certificate of an older version, which has ended, into the folder as its own; return it."""
    made = issue(folder, "elsewhere", expired=True)
    (folder / "tls.crt").write_bytes(made.certificate_file.read_bytes())
    (folder / "tls.key").write_bytes(made.key_file.read_bytes())
    return made


def test_a_fingerprint_that_was_accepted_goes_on_when_names_come_in(pair: Pair, tmp_path: Path) -> None:
    accepted = own_of(tmp_path).fingerprint
    for name in ("clinic", "hospital"):
        own = certificate_with_new_names(tmp_path, [name], [])
        with serving_panel(pair.primary, own) as url:
            steps = climb(primary_at(url, accepted, plain_http=False), us=pair.us)
            assert steps[Rung.CERTIFICATE].title == TRUSTED_BY_FINGERPRINT
            assert climb(primary_at(url, plain_http=False), us=pair.us)[-1].fingerprint == accepted, (
                "as it shows itself"
            )


def test_the_certificate_itself_is_trusted_as_well_as_the_first_of_its_key(pair: Pair, tmp_path: Path) -> None:
    own_of(tmp_path)
    own = certificate_with_new_names(tmp_path, ["clinic"], [])
    itself = hashlib.sha256(ssl.PEM_cert_to_DER_cert(own.path.read_text())).hexdigest()
    assert itself != own.fingerprint
    with serving_panel(pair.primary, own) as url:
        assert climb(primary_at(url, itself, plain_http=False), us=pair.us)[Rung.CERTIFICATE].passed


def test_who_shows_the_accepted_certificate_without_its_key_is_another(tmp_path: Path) -> None:
    accepted, thief = issue(tmp_path, "127.0.0.1"), ec.generate_private_key(ec.SECP256R1())
    carried = accepted.certificate.public_bytes(Encoding.DER)
    forged, key_file = tmp_path / "forged.crt", tmp_path / "forged.key"
    forged.write_text(make_certificate(["127.0.0.1"], [], thief, carried))
    key_file.write_bytes(thief.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(forged, key_file)
    with serving(PANEL, context) as server:
        steps = climb(primary_at(server.url(), accepted.fingerprint, plain_http=False))
    assert only_failure(steps) is Failure.OTHER_FINGERPRINT
    assert steps[-1].fingerprint not in {None, accepted.fingerprint}
    assert server.everything == b""


def test_another_certificate_than_the_accepted_one_is_named_and_hears_nothing(tmp_path: Path) -> None:
    own, other = issue(tmp_path, "127.0.0.1"), issue(tmp_path, "127.0.0.1")
    steps, server = check(other, fingerprint=own.fingerprint)
    assert only_failure(steps) is Failure.OTHER_FINGERPRINT
    assert steps[-1].fingerprint == other.fingerprint
    assert (server.connections, server.everything) == (1, b"")


def test_an_authority_does_not_replace_the_fingerprint_that_was_accepted(issued: Certificate, tmp_path: Path) -> None:
    own = issue(tmp_path, "127.0.0.1")
    steps, server = check(issued, fingerprint=own.fingerprint)
    assert only_failure(steps) is Failure.OTHER_FINGERPRINT
    assert server.everything == b""


def test_a_certificate_that_changes_between_two_requests_is_noticed(tmp_path: Path) -> None:
    own, other = issue(tmp_path, "127.0.0.1"), issue(tmp_path, "127.0.0.1")
    steps, server = check(own, other, fingerprint=own.fingerprint)
    assert [step.passed for step in steps] == [True] * 5 + [False]
    assert failures(steps) == [Failure.OTHER_FINGERPRINT]
    assert server.connections == 2
    assert server.everything.count(b"GET") == 1
    assert b"Authorization" not in server.everything


def test_a_trusted_certificate_that_is_replaced_between_two_requests_is_noticed(
    issued: Certificate, tmp_path: Path
) -> None:
    steps, server = check(issued, issue(tmp_path, "127.0.0.1"))
    assert failures(steps) == [Failure.UNTRUSTED]
    assert b"Authorization" not in server.everything


def test_http_where_https_is_spoken_is_told_apart(issued: Certificate) -> None:
    with serving(PANEL, issued.context) as server:
        steps = climb(primary_at(server.url().replace("https:", "http:")))
    assert only_failure(steps) is Failure.HTTPS_SPOKEN
    assert b"Authorization" not in server.everything


def test_https_where_http_is_spoken_is_told_apart() -> None:
    with serving(PANEL) as server:
        steps = climb(primary_at(server.url().replace("http:", "https:")))
    assert only_failure(steps) is Failure.HTTP_SPOKEN
    assert b"Authorization" not in server.everything


def test_https_where_http_waits_for_the_end_of_a_line_is_told_apart() -> None:
    def act(peer: Peer) -> None:
        (keeps_still if peer.request.startswith(b"\x16") else PANEL)(peer)

    with serving(act) as server:
        steps = climb(primary_at(server.url().replace("http:", "https:")), Network(seconds=1))
    assert only_failure(steps) is Failure.HTTP_SPOKEN


def test_neither_scheme_spoken_is_told_as_what_it_is() -> None:
    with serving(says(b"SSH-2.0-something\r\n")) as server:
        steps = climb(primary_at(server.url().replace("http:", "https:")))
    assert only_failure(steps) is Failure.OTHER_PROTOCOL


@pytest.mark.parametrize("act", [keeps_still, drips(b"\x16\x03\x03\x40\x00")], ids=["silence", "one byte at a time"])
def test_a_server_that_shows_no_certificate_in_time_has_none_that_is_trusted(act: Act) -> None:
    with serving(act) as server:
        steps = climb(primary_at(server.url().replace("http:", "https:")), Network(seconds=0.5))
    assert not steps[-1].passed
    assert PASSED[Rung.CERTIFICATE] not in [step.title for step in steps]


def test_a_real_panel_over_https_is_checked_whole(pair: Pair, issued: Certificate) -> None:
    with serving_panel(pair.primary, issued.served) as url:
        steps = climb(primary_at(url, plain_http=False), us=pair.us)
    assert [step.passed for step in steps[: Rung.VALUES]] == [True] * Rung.VALUES


def test_a_real_panel_over_https_is_told_to_who_writes_http(pair: Pair, issued: Certificate) -> None:
    with serving_panel(pair.primary, issued.served) as url:
        assert only_failure(climb(primary_at(url.replace("https:", "http:")))) is Failure.HTTPS_SPOKEN


def test_a_real_panel_over_http_is_told_to_who_writes_https(pair: Pair) -> None:
    steps = climb(primary_at(pair.url.replace("http:", "https:")))
    assert only_failure(steps) is Failure.HTTP_SPOKEN
