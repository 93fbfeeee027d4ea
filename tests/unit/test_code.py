"""The authorisation code: how it is made, how it is compared, and what a chosen one needs."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_panel.guard.code import ALPHABET, bare_code, check_chosen_code, new_code, readings
from sync_panel.rules.problems import RefusedError


def test_a_new_code_is_three_groups_of_four_signs() -> None:
    assert [len(group) for group in new_code().split("-")] == [4, 4, 4]


def test_no_sign_of_a_new_code_can_be_misread() -> None:
    assert not set("ILOU") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 32


def test_a_new_code_has_60_random_bits() -> None:
    """All 32 signs come up, everywhere, and no code comes twice."""
    codes = [bare_code(new_code()) for _ in range(2000)]
    assert len(codes[0]) * math.log2(len(ALPHABET)) == 60
    assert len(set(codes)) == len(codes)
    assert all(set(signs) == set(ALPHABET) for signs in zip(*codes, strict=True))


@pytest.mark.parametrize(
    "typed",
    [
        "ABCD-EFGH-2345",
        "abcd-efgh-2345",
        " ABCD EFGH 2345 ",
        "ABCDEFGH2345",
        "A-B-C-D-E-F-G-H-2-3-4-5",
        "ABCD–EFGH—2345",
        "ABCD‑EFGH‐2345",
        "ABCD\u00a0EFGH\u30002345\r\n",
        "\ufeffABCD\u200bEFGH\u00ad2345",
        "ＡＢＣＤ－ＥＦＧＨ－２３４５",
    ],
    ids=ascii,
)
def test_spaces_dashes_and_case_do_not_count(typed: str) -> None:
    assert bare_code(typed) == "ABCDEFGH2345"


@pytest.mark.parametrize("typed", ["ABCD-EFGH-2346", "ABCD-EFGH-234", "ABCD_EFGH_2345", "ABCD.EFGH.2345", "", "Ä"])
def test_every_other_sign_counts(typed: str) -> None:
    assert bare_code(typed) != "ABCDEFGH2345"


@settings(deadline=None)
@given(st.text("ABCabc019-– \u00a0"), st.text(" -–—\t\u200b"))
def test_a_code_is_the_same_however_it_is_spaced(code: str, between: str) -> None:
    assert bare_code(between.join(code)) == bare_code(code) == bare_code(code.lower())


@pytest.mark.parametrize("typed", ["OILO-ABCD-2345", "oilo abcd 2345", "Ｏ1l0-abcd-2345", "01I0-ABCD-2345"], ids=ascii)
def test_in_a_generated_code_o_reads_as_0_and_i_and_l_as_1(typed: str) -> None:
    assert readings(typed) == [bare_code(typed), "0110ABCD2345"]


@pytest.mark.parametrize(
    "typed",
    [
        "0110-ABCD-2345",
        "OILO-ABCD-234",
        "OILO-ABCD-23456",
        "OILU-ABCD-2345",
        "OIL!-ABCD-2345",
        "",
        "OPEN-SESAME-2026-AB",
    ],
)
def test_what_is_no_misread_generated_code_is_read_as_it_stands(typed: str) -> None:
    assert readings(typed) == [bare_code(typed)]


@settings(deadline=None)
@given(st.text(ALPHABET + "oilOIL- ", max_size=20))
def test_no_text_is_read_as_two_generated_codes(typed: str) -> None:
    assert sum(set(code) <= set(ALPHABET) for code in readings(typed)) <= 1


@pytest.mark.parametrize("typed", ["123456789012345", "12345-67890-12345", "x" * 200, "- " * 50 + "schlüsselblumen"])
def test_a_chosen_code_of_15_to_200_characters_is_right(typed: str) -> None:
    assert check_chosen_code(typed) == bare_code(typed)


@pytest.mark.parametrize("typed", ["", "12345678901234", "1234567-8901234", " " * 20, "-" * 20, "x" * 201])
def test_a_chosen_code_is_measured_without_spaces_and_dashes(typed: str) -> None:
    with pytest.raises(RefusedError, match="needs 15 to 200 characters, not counting spaces and dashes"):
        check_chosen_code(typed)
