"""Which fields two servers say differently, and which sign where the eye sees no difference."""

import pytest

from sync_panel.rules.partner import Identity
from sync_panel.rules.sync_with import differences, in_sentences

HERE = Identity(2, "Lae General", "Rural LAE", None)


def said(name: str, there: str) -> str:
    """Return what is told when that name is HERE's there."""
    return str(in_sentences(differences(Identity(2, there, "Store", None), Identity(2, name, "Store", None))))


def test_only_the_fields_that_differ_are_told() -> None:
    there = Identity(2, "Lae General", "Rural Lae", "https://elsewhere.example.org")
    assert str(in_sentences(differences(there, HERE))) == "Store: “Rural Lae” there, “Rural LAE” here."


def test_another_url_is_no_difference() -> None:
    assert not differences(Identity(2, "Lae General", "Rural LAE", "https://a.example.org"), HERE)


@pytest.mark.parametrize(
    ("here", "there", "sign"),
    [
        ("Lae General", "Lae  General", "Character 5 is U+0020 (space) there, U+0047 (latin capital letter g) here."),
        ("Lae General", "Lae\u00a0General", "Character 4 is U+00A0 (no-break space) there, U+0020 (space) here."),
        ("Lae", "Lae ", "Character 4 is U+0020 (space) there, missing here."),
        (
            "Lae",
            "L\u0430e",
            "Character 2 is U+0430 (cyrillic small letter a) there, U+0061 (latin small letter a) here.",
        ),
        ("Ward 1", "Ward l", "Character 6 is U+006C (latin small letter l) there, U+0031 (digit one) here."),
        ("Ill", "lll", "Character 1 is U+006C (latin small letter l) there, U+0049 (latin capital letter i) here."),
        ("W-O", "W\u20130", "Character 2 is U+2013 (en dash) there, U+002D (hyphen-minus) here."),
    ],
)
def test_what_looks_alike_is_told_by_its_sign(here: str, there: str, sign: str) -> None:
    assert said(here, there) == f"Name: “{there}” there, “{here}” here. {sign}"


@pytest.mark.parametrize(
    ("here", "there"), [("Lae", "LAE"), ("Lae", "Goroka"), ("Ward 1", "Ward 2"), ("Gizo", "Gizo Hospital"), ("É", "é")]
)
def test_what_the_eye_tells_apart_is_told_without_a_sign(here: str, there: str) -> None:
    assert said(here, there) == f"Name: “{there}” there, “{here}” here."
