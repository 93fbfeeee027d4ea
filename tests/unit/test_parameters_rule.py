"""Rule of the synchronise parameters: what a synced site needs, what a stand-alone one may leave empty."""

import pytest
from panels import CANARY
from visitor import PARAMETERS

from sync_panel.rules.problems import InvalidError
from sync_panel.rules.site import Parameters, parse_parameters

NEEDED = ["name", "store", "user_name", "password"]


def problems_of(values: dict[str, str], *, password_is_set: bool = False) -> list[str]:
    """Return the names of the fields that are refused."""
    with pytest.raises(InvalidError) as invalid:
        parse_parameters(values, password_is_set=password_is_set)
    return [problem.field for problem in invalid.value.problems]


def test_all_parameters_are_taken_in_their_settled_form() -> None:
    typed = PARAMETERS | {"name": " National Medical Store ", "url": "HTTPS://Primary.example.org/"}
    assert parse_parameters(typed, password_is_set=False) == Parameters(
        1, "National Medical Store", "Central", "https://primary.example.org", "sync", CANARY
    )


@pytest.mark.parametrize("password_is_set", [False, True])
def test_without_a_sync_id_every_field_may_be_empty(password_is_set: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert parse_parameters({}, password_is_set=password_is_set) == Parameters()


@pytest.mark.parametrize("field", NEEDED)
@pytest.mark.parametrize("nothing", ["", None])
def test_a_synced_site_needs(field: str, nothing: str | None) -> None:
    values = {name: typed for name, typed in PARAMETERS.items() if name != field}
    assert problems_of(values if nothing is None else values | {field: nothing}) == [field]


@pytest.mark.parametrize("field", ["name", "store", "user_name"])
def test_spaces_alone_are_nothing(field: str) -> None:
    assert problems_of(PARAMETERS | {field: " \u00a0 "}) == [field]
    assert getattr(parse_parameters({field: " \u00a0 "}, password_is_set=False), field) is None


def test_a_synced_site_may_have_no_url() -> None:
    assert parse_parameters(PARAMETERS | {"url": ""}, password_is_set=False).url is None


def test_an_empty_password_keeps_the_one_that_is_set() -> None:
    assert parse_parameters(PARAMETERS | {"password": ""}, password_is_set=True).password is None


def test_a_sync_id_of_spaces_is_none() -> None:
    assert parse_parameters({"sync_id": " \u3000\t"}, password_is_set=False).sync_id is None


def test_an_invisible_sync_id_is_not_taken_for_none() -> None:
    assert "sync_id" in problems_of(PARAMETERS | {"sync_id": "\u200b"})


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("sync_id", "0"),
        ("name", "\u202e"),
        ("store", "x" * 101),
        ("url", "x"),
        ("user_name", "a:b"),
        ("password", "\x07"),
    ],
)
@pytest.mark.parametrize("synced", ["1", ""])
def test_a_wrong_value_is_refused_synced_or_not(field: str, typed: str, synced: str) -> None:
    assert problems_of(PARAMETERS | {"sync_id": synced} | {field: typed}) == [field]


def test_all_problems_are_told_at_once_in_the_fields_order() -> None:
    wrong = {"password": "\t", "url": "x", "sync_id": "1.5", "name": "", "store": "", "user_name": ":"}
    assert problems_of(wrong) == ["sync_id", "name", "store", "url", "user_name", "password"]


def test_a_missing_password_is_told_with_the_rest() -> None:
    assert problems_of({"sync_id": "2"}) == NEEDED


def test_no_refusal_repeats_the_password() -> None:
    with pytest.raises(InvalidError) as invalid:
        parse_parameters(PARAMETERS | {"password": f"{CANARY}\x00"}, password_is_set=False)
    assert CANARY not in str(invalid.value)
