"""Rules of the shared user name and password (RFC 7617), and of the passwords people sign in with."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.trying import refused, try_rule

from sync_panel.guard.code import check_chosen_code
from sync_panel.guard.sign_in import check_chosen_password
from sync_panel.rules.problems import RefusedError
from sync_panel.rules.site import parse_password, parse_user_name


@pytest.mark.parametrize("typed", ["sync", "s", "x" * 100, "sync@example.org", "Füße 7", "सिंक"])
def test_a_user_name_of_1_to_100_characters_is_right(typed: str) -> None:
    assert parse_user_name(f" {typed} ") == typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "empty"), ("  ", "empty"), ("x" * 101, "101 characters"), ("a\x00b", "U+0000"), ("a\u200bb", "U+200B")],
)
def test_a_wrong_user_name_is_refused(typed: str, said: str) -> None:
    with pytest.raises(RefusedError) as error:
        parse_user_name(typed)
    assert said in str(error.value)


@pytest.mark.parametrize("typed", [":", "a:b", ":a", "a:"])
def test_a_user_name_with_a_colon_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="may not contain a colon"):
        parse_user_name(typed)


@pytest.mark.parametrize(
    "typed",
    [" leading", "trailing ", "  ", "a:b", "e\u0301", "\u00a0", "\u200b", "x" * 200, "p", "%s", "密码"],
    ids=ascii,
)
def test_a_password_is_kept_exactly_as_typed(typed: str) -> None:
    assert parse_password(typed) == typed


def test_an_empty_password_keeps_the_old_one() -> None:
    assert parse_password("") is None


def test_a_password_of_201_characters_is_refused() -> None:
    with pytest.raises(RefusedError, match="longer than 200 characters"):
        parse_password("x" * 201)


@pytest.mark.parametrize("char", ["\x00", "\t", "\n", "\x7f", "\x85", "\ufffd"], ids=ascii)
def test_a_control_character_in_a_password_is_refused(char: str) -> None:
    with pytest.raises(RefusedError, match="may not contain control characters"):
        parse_password(f"pass{char}word")


@settings(deadline=None)
@given(st.text(min_size=20))
def test_any_password_is_kept_or_refused_without_being_repeated(typed: str) -> None:
    result = try_rule(parse_password, typed)
    assert typed not in str(result) if refused(result) else result in {typed, None}


@pytest.mark.parametrize("typed", ["12345678", " " * 8, "x" * 1000])
def test_a_password_to_sign_in_with_has_8_to_1000_characters(typed: str) -> None:
    assert check_chosen_password(typed) == typed


@pytest.mark.parametrize("typed", ["", "1234567", "x" * 1001])
def test_a_shorter_or_longer_one_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="needs 8 to 1000 characters"):
        check_chosen_password(typed)


@pytest.mark.parametrize("rule", [parse_password, check_chosen_password, check_chosen_code])
def test_what_came_as_bytes_that_are_no_text_is_refused(rule: Callable[[str], object]) -> None:
    """Python stands such bytes of the environment or of standard input into text as lone surrogates."""
    with pytest.raises(RefusedError):
        rule(b"passw\xf6rd".decode("utf-8", "surrogateescape"))
