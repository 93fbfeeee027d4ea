"""Rule of names and stores: 1 to 100 characters that can be seen, in one spelling, without outer or double spaces."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import places
from unit.trying import refused, try_rule

from sync_panel.rules.partner import Partner, parse_partner
from sync_panel.rules.problems import RefusedError
from sync_panel.rules.text import parse_name

SRI_LANKA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf"  # Sinhala needs the joiner after its virama
NEPALI = "\u0915\u094d\u200c\u0937"  # Devanagari, with a non-joiner after its virama


@pytest.mark.parametrize("space", list(" \t\r\n\u00a0\u1680\u2003\u2007\u202f\u205f\u3000"), ids=ascii)
def test_outer_spaces_of_every_kind_are_trimmed(space: str) -> None:
    assert parse_name(f"{space}Central{space}{space}") == "Central"


@pytest.mark.parametrize("space", list("\u00a0\u1680\u2003\u202f\u3000"), ids=ascii)
def test_every_kind_of_space_inside_becomes_a_plain_one(space: str) -> None:
    assert parse_name(f"Port{space}Vila") == "Port Vila"


@pytest.mark.parametrize("between", ["  ", " " * 50, " \u00a0", "\u3000\u2003", "\u2002 \u2002"], ids=ascii)
def test_several_spaces_inside_are_one(between: str) -> None:
    assert parse_name(f"Lae{between}General{between}Hospital") == "Lae General Hospital"


def test_a_name_is_measured_with_its_single_spaces() -> None:
    assert parse_name("x" * 50 + " " * 60 + "y" * 49) == "x" * 50 + " " + "y" * 49


@pytest.mark.parametrize(
    ("typed", "composed"), [("Cafe\u0301", "Caf\u00e9"), ("\u212b", "\u00c5"), ("\u1100\u1161", "\uac00")], ids=ascii
)
def test_one_text_has_one_spelling(typed: str, composed: str) -> None:
    assert parse_name(typed) == parse_name(composed) == composed


def test_a_name_is_measured_in_its_composed_form() -> None:
    assert parse_name("e\u0301" * 100) == "\u00e9" * 100


@pytest.mark.parametrize("name", ["x", "x" * 100, "\U0001f3e5" * 100, " " + "x" * 100 + " "], ids=len)
def test_a_name_may_have_1_to_100_characters(name: str) -> None:
    assert parse_name(name) == name.strip()


@pytest.mark.parametrize("length", [101, 5000])
def test_a_longer_name_is_refused_with_its_length(length: int) -> None:
    with pytest.raises(RefusedError, match=f"This has {length} characters. Shorten it to 100"):
        parse_name("x" * length)


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\u3000\t"], ids=ascii)
def test_an_empty_name_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="This is empty"):
        parse_name(typed)


@settings(deadline=None)
@given(st.characters(categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")))
def test_a_character_without_ink_is_refused_by_number_and_position(char: str) -> None:
    with pytest.raises(RefusedError, match=rf"U\+{ord(char):04X}, .*at position 3\."):
        parse_name(f"ab{char}c")


@pytest.mark.parametrize(
    "char",
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180d\u180f\u2800\u3164\uffa0\ufffd\ufe00\ufe0f\U000e0100\U000e01ef",
    ids=ascii,
)
def test_a_visible_category_does_not_let_a_blank_character_in(char: str) -> None:
    with pytest.raises(RefusedError, match="invisible character"):
        parse_name(f"ab{char}c")


@pytest.mark.parametrize("char", "\u200b\u200e\u202e\u2066\u2069\ufeff\u00ad\x00\x7f\x85", ids=ascii)
def test_an_invisible_character_is_not_trimmed_away(char: str) -> None:
    with pytest.raises(RefusedError, match="invisible character"):
        parse_name(f"{char}Central{char}")


@pytest.mark.parametrize("name", [SRI_LANKA, NEPALI], ids=ascii)
def test_a_joiner_after_a_virama_belongs_to_the_name(name: str) -> None:
    assert parse_name(name) == name


@pytest.mark.parametrize(
    "typed", ["\u200dCentral", "Cen\u200dtral", "Central\u200c", "\u0dca\u200d\u200d", "\u0dbb\u200d\u0dca"], ids=ascii
)
def test_a_joiner_anywhere_else_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="invisible character"):
        parse_name(typed)


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_any_text_is_a_settled_name_or_refused(typed: str) -> None:
    """A name that went through once stays as it is: composed, trimmed, with single spaces, of the right length."""
    name = try_rule(parse_name, typed)
    if refused(name):
        return
    assert parse_name(name) == unicodedata.normalize("NFC", name) == name.strip() == name
    assert "  " not in name
    assert 1 <= len(name) <= 100


@pytest.mark.parametrize("place", list(places()), ids=lambda place: str(place.sync_id))
def test_a_real_place_in_its_own_script_keeps_its_name(place: Partner) -> None:
    typed = {"sync_id": str(place.sync_id), "name": place.name, "store": place.store, "url": place.url}
    assert parse_partner(typed) == place
