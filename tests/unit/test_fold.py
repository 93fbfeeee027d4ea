"""What searching and sorting see of a text: neither case, accents nor the number of spaces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_panel.rules.text import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chișinău", "CHISINAU"),
        ("Straße", "STRASSE"),
        ("São Tomé", "sao tome"),
        ("Niuʻui", "NIUʻUI"),
        ("İzmir", "izmir"),
        ("ΑΘΗΝΑΣ", "Αθήνας"),
        ("e\u0301", "\u00e9"),
        ("Lae  General", "lae general"),
        ("Lae \u00a0General", "lae general"),
    ],
)
def test_case_and_accents_do_not_count(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Lae", "Lao"), ("ກ", "ຂ"), ("क", "ख"), ("1", "2")])
def test_different_letters_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@settings(deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_the_beginning_of_a_text_folds_to_the_beginning_of_its_folding(start: str, rest: str) -> None:
    assert fold(start + rest).startswith(fold(start))
