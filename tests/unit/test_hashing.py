"""Hashing secrets: salted, as strong as is in use, with a cap on the length and no hint at unknown users."""

import pytest
from panels import CHEAP
from werkzeug.security import check_password_hash

from sync_panel.guard import keys
from sync_panel.guard.keys import LONGEST_SECRET, SCRYPT, Hasher


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each secret for which the real work of a comparison is done."""
    secrets: list[str] = []
    real = check_password_hash

    def noting(hashed: str, secret: str) -> bool:
        secrets.append(secret)
        return real(hashed, secret)

    monkeypatch.setattr(keys, "check_password_hash", noting)
    return secrets


@pytest.mark.parametrize("secret", ["correct horse", "", "密码", " x ", "x" * LONGEST_SECRET])
def test_a_secret_matches_its_own_hash_only(secret: str) -> None:
    hashed = CHEAP.hash(secret)
    assert CHEAP.matches(secret, hashed)
    assert not CHEAP.matches(f"{secret}x", hashed)


def test_two_hashes_of_one_secret_differ() -> None:
    assert CHEAP.hash("secret") != CHEAP.hash("secret")


def test_a_hash_is_made_as_strong_as_is_asked_for() -> None:
    assert SCRYPT == "scrypt:32768:8:3"
    assert Hasher().hash("secret").startswith(f"{SCRYPT}$")


def test_a_hash_made_with_other_settings_still_matches() -> None:
    assert CHEAP.matches("secret", Hasher("scrypt:1024:8:1").hash("secret"))


def test_a_secret_over_the_limit_is_refused_without_any_work(checked: list[str]) -> None:
    too_long = "x" * (LONGEST_SECRET + 1)
    assert not CHEAP.matches(too_long, CHEAP.hash(too_long))
    assert checked == []


@pytest.mark.parametrize("secret", ["", "some password"])
def test_an_unknown_user_costs_as_much_as_a_wrong_password_and_never_matches(checked: list[str], secret: str) -> None:
    hasher = Hasher("scrypt:512:8:1")
    assert not hasher.matches(secret, None)
    assert not hasher.matches(secret, None)
    assert checked == [secret, secret]


def test_what_stands_in_for_an_unknown_user_is_as_strong_as_the_rest() -> None:
    hasher = Hasher("scrypt:512:8:1")
    hasher.matches("secret", None)
    assert hasher._hash_of_nothing.startswith("scrypt:512:8:1$")
