"""Rule of hardware IDs: as the engine has them, sign by sign; and our own installation's number is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.trying import refused, try_rule

from sync_panel.rules.partner import is_installation, parse_hardware_id

NUMBER = "5f0c2a519a1e4d6f8a430d6c3a1f7e55"
RIGHT = {
    "machine-id": "0f3c9a52d1b84e7796c1a5e2408bd731",
    "Windows": "4C4C4544-0042-3610-8056-B7C04F4E3532",
    "Android": "9774d56d682e549c",
    "in braces": "{4c4c4544-0042-3610-8056-b7c04f4e3532}",
    "shortest": "a" * 8,
    "longest": "~" * 100,
}
WRONG = {
    "too short": "a" * 7,
    "too long": "a" * 101,
    "a space": "0f3c9a52 d1b84e77",
    "two lines": "0f3c9a52\r\nX-Other: 1",
    "another script": "0f3c9a5２d1b8",
    "invisible": "0f3c9a52\u200bd1b8",
    "NUL": "0f3c9a52\0",
    "delete": "0f3c9a52\x7f",
}


@pytest.mark.parametrize("typed", list(RIGHT.values()), ids=list(RIGHT))
def test_an_id_stays_as_it_is_but_for_what_pasting_adds_around_it(typed: str) -> None:
    assert parse_hardware_id(f" \t{typed}\n") == typed


@pytest.mark.parametrize("typed", ["", " ", "\t\r\n"])
def test_an_empty_field_is_none(typed: str) -> None:
    assert parse_hardware_id(typed) is None


@pytest.mark.parametrize("typed", list(WRONG.values()), ids=list(WRONG))
def test_what_no_header_may_hold_is_refused_with_what_would_be_right(typed: str) -> None:
    sentence = try_rule(parse_hardware_id, typed)
    assert refused(sentence)
    assert "8 to 100 signs" in str(sentence)


@given(st.text(max_size=120))
def test_any_text_is_refused_or_fits_a_header(typed: str) -> None:
    found = try_rule(parse_hardware_id, typed)
    assert refused(found) or found is None or (found.isascii() and found.isprintable() and " " not in found)


@pytest.mark.parametrize("written", [NUMBER, NUMBER.upper(), "5f0c2a51-9a1e-4d6f-8a43-0d6c3a1f7e55"])
def test_our_own_number_is_known_however_it_is_written(written: str) -> None:
    assert is_installation(written, NUMBER)
    assert not is_installation(written[:-1] + "0", NUMBER)
