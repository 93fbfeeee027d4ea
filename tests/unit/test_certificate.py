"""The certificate that the panel makes for itself, and those that it is given."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from sync_panel.guard.certificate import (
    RENEWED_BEFORE,
    VALID_FOR,
    WrongCertificateError,
    given_certificate,
    own_certificate,
)
from sync_panel.names import own_addresses, own_names

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
ADDRESSES = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("fd00::2")]


def read(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())


def test_it_is_for_this_machines_names_and_addresses(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost", "clinic", "clinic.local"], ADDRESSES, NOW)
    names = read(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "clinic", "clinic.local"]
    assert names.get_values_for_type(x509.IPAddress) == ADDRESSES


def test_its_fingerprint_is_the_sha_256_of_it(tmp_path: Path) -> None:
    made = own_certificate(tmp_path, ["localhost"], ADDRESSES, NOW)
    assert made.fingerprint == read(tmp_path).fingerprint(SHA256()).hex()
    assert made.is_self_signed


def test_only_its_owner_may_read_the_key(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost"], ADDRESSES, NOW)
    assert (tmp_path / "tls.key").stat().st_mode & 0o777 == 0o600


def test_it_stays_the_same_until_it_is_renewed_before_its_end(tmp_path: Path) -> None:
    end = NOW + VALID_FOR
    first = own_certificate(tmp_path, ["localhost"], ADDRESSES, NOW)
    assert own_certificate(tmp_path, ["localhost"], ADDRESSES, end - RENEWED_BEFORE - timedelta(days=1)) == first
    assert own_certificate(tmp_path, ["localhost"], ADDRESSES, end - RENEWED_BEFORE) != first
    assert read(tmp_path).not_valid_after_utc > end


@pytest.mark.parametrize("name", ["tls.crt", "tls.key"])
def test_one_that_lost_its_other_half_is_made_anew(tmp_path: Path, name: str) -> None:
    first = own_certificate(tmp_path, ["localhost"], ADDRESSES, NOW)
    (tmp_path / name).unlink()
    assert own_certificate(tmp_path, ["localhost"], ADDRESSES, NOW) != first


def test_a_given_one_that_does_not_fit_its_key_is_refused_in_words(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        own_certificate(tmp_path / name, ["localhost"], ADDRESSES, NOW)
    with pytest.raises(WrongCertificateError, match="the two do not fit"):
        given_certificate(tmp_path / "one" / "tls.crt", tmp_path / "other" / "tls.key")


def test_a_given_one_that_is_none_or_not_there_is_refused_in_words(tmp_path: Path) -> None:
    own_certificate(tmp_path, ["localhost"], ADDRESSES, NOW)
    (tmp_path / "rubbish").write_text("no certificate")
    with pytest.raises(WrongCertificateError, match="no PEM files"):
        given_certificate(tmp_path / "rubbish", tmp_path / "tls.key")
    with pytest.raises(WrongCertificateError, match="No such file"):
        given_certificate(tmp_path / "missing", tmp_path / "tls.key")


def test_openssl_takes_it_for_each_of_its_names(tmp_path: Path) -> None:
    own_certificate(tmp_path, own_names(), own_addresses(), datetime.now(UTC))
    context = ssl.create_default_context(cafile=tmp_path / "tls.crt")
    assert context.cert_store_stats()["x509"] == 1
    assert "localhost" in own_names()
    assert {"127.0.0.1", "::1"} <= set(map(str, own_addresses()))
