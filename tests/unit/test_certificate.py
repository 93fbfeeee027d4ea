"""The certificate that the panel makes for itself, and those that it is given."""

import ipaddress
import ssl
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from fake_clock import FakeClock
from link.certificates import issue
from processes import CHECKOUT

from sync_panel.cli.serve import watch_certificate
from sync_panel.guard.certificate import (
    Certificate,
    WrongCertificateError,
    certificate_with_new_key,
    certificate_with_new_names,
    given_certificate,
    own_certificate,
)
from sync_panel.machine import own_addresses, own_names

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ADDRESSES = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("fd00::2")]


def read(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())


def test_it_is_for_this_machines_names_and_addresses(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost", "clinic", "clinic.local"], ADDRESSES)
    names = read(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "clinic", "clinic.local"]
    assert names.get_values_for_type(x509.IPAddress) == ADDRESSES


def test_its_fingerprint_is_the_sha_256_of_it(tmp_path: Path) -> None:
    made = own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert made.fingerprint == read(tmp_path).fingerprint(SHA256()).hex()
    assert made.is_self_signed


def test_only_its_owner_may_read_the_key(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert (tmp_path / "tls.key").stat().st_mode & 0o777 == 0o600


def test_no_clock_is_before_its_beginning_and_it_has_no_end(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert read(tmp_path).not_valid_before_utc == datetime(1970, 1, 1, tzinfo=UTC)
    assert b"99991231235959Z" in ssl.PEM_cert_to_DER_cert((tmp_path / "tls.crt").read_text()), "RFC 5280, 4.1.2.5"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_no_later_start_changes_it_under_whatever_names(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, ["localhost"], ADDRESSES)
    before = files(tmp_path)
    assert own_certificate(tmp_path, ["localhost", "renamed"], []) == first
    assert files(tmp_path) == before


def older(folder: Path) -> str:
    """Put a certificate with an end into the folder, as older versions made them; return its fingerprint."""
    made = issue(folder, "localhost", expired=True)
    made.certificate_file.rename(folder / "tls.crt")
    made.key_file.rename(folder / "tls.key")
    return made.fingerprint


def test_one_of_an_older_version_is_served_on_after_its_end(tmp_path: Path) -> None:
    fingerprint = older(tmp_path)
    own = own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert own.fingerprint == fingerprint
    assert not own.is_near_its_end(datetime.now(UTC)), "it is trusted by its fingerprint, whatever its dates"


def test_a_key_that_is_lost_is_told_and_no_other_is_made(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost"], ADDRESSES)
    (tmp_path / "tls.key").unlink()
    before = files(tmp_path)
    with pytest.raises(WrongCertificateError, match=r"tls\.key of the certificate .* is missing.*new-certificate"):
        own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert files(tmp_path) == before


def test_a_key_alone_gets_a_certificate_and_the_log_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert not caplog.messages
    key, public = (tmp_path / "tls.key").read_bytes(), read(tmp_path).public_key()
    (tmp_path / "tls.crt").unlink()
    own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert (tmp_path / "tls.key").read_bytes() == key
    assert read(tmp_path).public_key() == public
    assert "tls.crt is missing" in caplog.text


@pytest.mark.parametrize("name", ["tls.crt", "tls.key"])
@pytest.mark.parametrize("left", [b"", b"rubbish", None], ids=["nothing", "rubbish", "another's"])
def test_a_damaged_half_is_told_and_left_alone(tmp_path: Path, name: str, left: bytes | None) -> None:
    for folder in (tmp_path / "one", tmp_path / "other"):
        folder.mkdir()
        own_certificate(folder, ["localhost"], ADDRESSES)
    (tmp_path / "one" / name).write_bytes((tmp_path / "other" / name).read_bytes() if left is None else left)
    before = files(tmp_path / "one")
    with pytest.raises(WrongCertificateError, match="new-certificate"):
        own_certificate(tmp_path / "one", ["localhost"], ADDRESSES)
    assert files(tmp_path / "one") == before


@pytest.mark.parametrize("left", [b"", b"rubbish"], ids=["nothing", "rubbish"])
def test_a_damaged_key_alone_is_told(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "tls.key").write_bytes(left)
    with pytest.raises(WrongCertificateError, match="damaged"):
        own_certificate(tmp_path, ["localhost"], ADDRESSES)
    assert files(tmp_path) == {"tls.key": left}


def test_processes_that_start_at_once_serve_one_certificate(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from sync_panel.guard.certificate import own_certificate; sys.stdin.readline();"
        "print(own_certificate(pathlib.Path(sys.argv[1]), ['localhost'], []).fingerprint)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
    told = {process.communicate(timeout=60)[0] for process in started}
    assert told == {own_certificate(tmp_path, ["localhost"], []).fingerprint.encode() + b"\n"}
    assert set(files(tmp_path)) == {"tls.crt", "tls.key"}


def test_a_new_one_has_another_key(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, ["localhost"], ADDRESSES)
    public = read(tmp_path).public_key()
    second = certificate_with_new_key(tmp_path, ["localhost"], ADDRESSES)
    assert second.fingerprint != first.fingerprint
    assert read(tmp_path).public_key() != public
    assert own_certificate(tmp_path, ["localhost"], ADDRESSES) == second
    assert set(files(tmp_path)) == {"tls.crt", "tls.key"}


@pytest.mark.parametrize("lost", ["tls.crt", "tls.key"])
def test_a_new_one_takes_the_place_of_half_of_one(tmp_path: Path, lost: str) -> None:
    first = own_certificate(tmp_path, ["localhost"], ADDRESSES)
    (tmp_path / lost).unlink()
    assert certificate_with_new_key(tmp_path, ["localhost"], ADDRESSES).fingerprint != first.fingerprint


def test_where_the_power_fails_while_a_new_one_comes_the_next_start_has_a_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    own_certificate(tmp_path, ["localhost"], ADDRESSES)
    taken = Path.rename, Path.unlink
    for steps in range(8):
        left = [steps]

        def after(step: object, left: list[int] = left) -> object:
            def take(*given: object, **named: object) -> object:
                if not left[0]:
                    raise PowerCutError
                left[0] -= 1
                return step(*given, **named)  # type: ignore[operator]

            return take

        with monkeypatch.context() as patch, suppress(PowerCutError):
            patch.setattr(Path, "rename", after(taken[0]))
            patch.setattr(Path, "unlink", after(taken[1]))
            certificate_with_new_key(tmp_path, ["localhost"], ADDRESSES)
        own_certificate(tmp_path, ["localhost"], ADDRESSES)


@pytest.mark.parametrize("was_older", [True, False])
def test_new_names_come_in_with_the_key_and_the_fingerprint_that_are_known(tmp_path: Path, *, was_older: bool) -> None:
    if was_older:
        older(tmp_path)
    first = own_certificate(tmp_path, ["localhost"], ADDRESSES)
    key = (tmp_path / "tls.key").read_bytes()
    for name in ("clinic", "hospital"):
        assert certificate_with_new_names(tmp_path, [name], ADDRESSES).fingerprint == first.fingerprint
    names = read(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "clinic", "hospital"]
    assert names.get_values_for_type(x509.IPAddress) == ADDRESSES
    before = files(tmp_path)
    certificate_with_new_names(tmp_path, ["clinic"], ADDRESSES)
    assert files(tmp_path) == before, "there is no new name"
    assert (tmp_path / "tls.key").read_bytes() == key
    assert own_certificate(tmp_path, ["localhost"], ADDRESSES).fingerprint == first.fingerprint


def given_for(folder: Path, days: int) -> Certificate:
    """Return a certificate that was given and is valid for so many days from now on, whatever it looks like."""
    own = own_certificate(folder, ["localhost"], ADDRESSES)
    return Certificate(own.path, own.key_path, own.fingerprint, is_self_signed=True, begins=NOW, ends=NOW + days * DAY)


@pytest.mark.parametrize(
    ("days", "passed", "is_near", "has_ended"),
    [
        (365, 334, False, False),
        (365, 336, True, False),
        (365, 366, True, True),
        (90, 60, False, False),
        (90, 68, True, False),
        (6, 4, False, False),
        (6, 5, True, False),
        (365, -1, False, False),
        (365, -20000, False, False),
    ],
)
def test_a_given_one_is_near_its_end_where_renewing_it_is_late(
    tmp_path: Path, days: int, passed: int, *, is_near: bool, has_ended: bool
) -> None:
    given, now = given_for(tmp_path, days), NOW + passed * DAY
    assert (given.is_near_its_end(now), given.has_ended(now)) == (is_near, has_ended)


def test_the_log_says_each_day_that_a_given_one_is_near_its_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class StoppedError(Exception):
        pass

    clock = FakeClock()
    told: list[str] = []
    clock.calendar = NOW + 333 * DAY

    def pass_a_day(seconds: float) -> None:
        told.append("".join(caplog.messages))
        caplog.clear()
        clock.pass_time(seconds)
        if len(told) == 35:
            raise StoppedError

    with pytest.raises(StoppedError):
        watch_certificate(given_for(tmp_path, 365), clock, pass_a_day)
    assert told[:2] == ["", ""]
    assert told[3].startswith("The certificate ends on 2027-11-23 14:30+00:00. Put a new one in its place")
    assert all(told[3:])
    assert "ended on 2027-11-23" in told[34]


def test_a_given_one_that_does_not_fit_its_key_is_refused_in_words(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        own_certificate(tmp_path / name, ["localhost"], ADDRESSES)
    with pytest.raises(WrongCertificateError, match="the two do not fit"):
        given_certificate(tmp_path / "one" / "tls.crt", tmp_path / "other" / "tls.key")


def test_a_given_one_that_is_none_or_not_there_is_refused_in_words(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost"], ADDRESSES)
    (tmp_path / "rubbish").write_text("no certificate")
    with pytest.raises(WrongCertificateError, match="no PEM files"):
        given_certificate(tmp_path / "rubbish", tmp_path / "tls.key")
    with pytest.raises(WrongCertificateError, match="No such file"):
        given_certificate(tmp_path / "missing", tmp_path / "tls.key")


def test_openssl_takes_it_for_each_of_its_names(tmp_path: Path) -> None:
    own_certificate(tmp_path, own_names(), own_addresses())
    context = ssl.create_default_context(cafile=tmp_path / "tls.crt")
    assert context.cert_store_stats()["x509"] == 1
    assert "localhost" in own_names()
    assert {"127.0.0.1", "::1"} <= set(map(str, own_addresses()))
