"""Rule of the Sync ID: a whole number from 1 to 2147483647, which also says the role."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.trying import refused, try_rule

from sync_panel.rules.problems import RefusedError
from sync_panel.rules.sync_id import Role, parse_sync_id, role_of


@pytest.mark.parametrize(
    ("typed", "sync_id"),
    [("1", 1), ("2", 2), ("2147483647", 2147483647), (" 7\n", 7), ("\u00a07\u2003", 7), ("007", 7)],
)
def test_a_whole_number_in_range_is_right(typed: str, sync_id: int) -> None:
    assert parse_sync_id(typed) == sync_id


@pytest.mark.parametrize("typed", ["0", "2147483648", "4294967297", "9" * 20])
def test_a_number_out_of_range_is_refused_with_the_range(typed: str) -> None:
    with pytest.raises(RefusedError, match=f"{typed} is out of range. A Sync ID lies between 1 and 2147483647"):
        parse_sync_id(typed)


@pytest.mark.parametrize(
    "typed", ["-1", "+1", "1.0", "1 000", "1,000", "seven", "٧", "７", "²", "0x1", "1_000", "9" * 21]
)
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="is not a whole number"):
        parse_sync_id(typed)


@pytest.mark.parametrize("char", ["\u200b", "\ufeff", "\u202e", "\u200d", "\x00"])
def test_an_invisible_character_pasted_with_an_id_is_named(char: str) -> None:
    with pytest.raises(RefusedError, match=rf"invisible character \(U\+{ord(char):04X}"):
        parse_sync_id(f"{char}7")


@pytest.mark.parametrize("typed", ["", "  ", "\u3000"])
def test_an_empty_sync_id_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="This is empty"):
        parse_sync_id(typed)


@settings(deadline=None)
@given(st.text())
@example("%(typed)s")
def test_any_text_is_a_sync_id_or_refused(typed: str) -> None:
    result = try_rule(parse_sync_id, typed)
    assert refused(result) or 1 <= result <= 2147483647
    assert len(str(result)) < 200


@pytest.mark.parametrize(
    ("sync_id", "role"),
    [(None, Role.STAND_ALONE), (1, Role.PRIMARY), (2, Role.SATELLITE), (2147483647, Role.SATELLITE)],
)
def test_the_sync_id_says_what_a_site_is(sync_id: int | None, role: Role) -> None:
    assert role_of(sync_id) is role
