"""Rules i and j: how this site and its list must agree, for every role of both."""

import pytest

from sync_panel.rules.partner import Partner
from sync_panel.rules.problems import InvalidError
from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_with import check_list, check_parameters, clashes

URL = "https://here.example.org"


def partner(sync_id: int, url: str = "") -> Partner:
    return Partner(sync_id, f"Place {sync_id}", "Store", url or f"https://host-{sync_id}")


def site(sync_id: int | None) -> Parameters:
    return Parameters(sync_id, "Here", "Store", URL, "sync")


@pytest.mark.parametrize(
    ("own", "others", "added"), [(1, [], 2), (1, [2, 3], 4), (1, [2], 2147483647), (2, [], 1), (2147483647, [], 1)]
)
def test_a_partner_that_fits_the_site_is_right(own: int, others: list[int], added: int) -> None:
    check_list(site(own), [partner(added)], [partner(other) for other in others])


@pytest.mark.parametrize(
    ("own", "others", "added", "said"),
    [
        (None, [], 1, "This site is stand-alone"),
        (None, [], 2, "This site is stand-alone"),
        (1, [], 1, "1 is this site's own Sync ID"),
        (7, [], 7, "7 is this site's own Sync ID"),
        (7, [1], 7, "7 is this site's own Sync ID"),
        (7, [], 2, "The primary's Sync ID is 1, not 2"),
        (7, [1], 2, "The primary's Sync ID is 1, not 2"),
        (7, [1], 1, "1 Place 1 has this Sync ID already"),
        (1, [2, 3], 3, "3 Place 3 has this Sync ID already"),
    ],
)
def test_a_partner_whose_sync_id_does_not_fit_is_refused(
    own: int | None, others: list[int], added: int, said: str
) -> None:
    with pytest.raises(InvalidError) as invalid:
        check_list(site(own), [partner(added, "https://new")], [partner(other) for other in others])
    assert [problem.field for problem in invalid.value.problems] == ["sync_id"]
    assert said in str(invalid.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [(URL, "is this site's own address"), ("https://host-2", "2 Place 2 has this address already")],
)
def test_a_partner_whose_address_is_taken_is_refused(url: str, said: str) -> None:
    with pytest.raises(InvalidError, match=said) as invalid:
        check_list(site(1), [partner(3, url)], [partner(2)])
    assert [problem.field for problem in invalid.value.problems] == ["url"]


def test_both_problems_of_a_partner_are_told_at_once() -> None:
    with pytest.raises(InvalidError) as invalid:
        check_list(site(1), [partner(2)], [partner(2)])
    assert [problem.field for problem in invalid.value.problems] == ["sync_id", "url"]


def test_a_whole_list_says_of_each_partner_what_keeps_it_out() -> None:
    new = [partner(2), partner(1), partner(3), partner(3, "https://new"), partner(4, URL), partner(5, "https://host-9")]
    found = [
        (number, [problem.field for problem in problems])
        for number, (_, problems) in ((new.index(wrong[0]), wrong) for wrong in clashes(site(1), new, [partner(9)]))
    ]
    assert found == [(1, ["sync_id"]), (3, ["sync_id"]), (4, ["url"]), (5, ["url"])]


def test_each_partner_of_a_long_list_is_compared_once() -> None:
    """A comparison of each with each would be fifty million."""
    compared = 0

    class Url(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return super().__eq__(other)

    check_list(site(1), [partner(2 + number, Url(f"https://host-{number}")) for number in range(10_000)])
    assert compared < 100_000


@pytest.mark.parametrize(
    ("own", "listed"), [(None, []), (1, []), (7, []), (1, [2]), (1, [2, 7, 9]), (7, [1]), (2147483647, [1])]
)
def test_a_site_that_its_list_does_not_contradict_is_right(own: int | None, listed: list[int]) -> None:
    check_parameters(site(own), [partner(sync_id) for sync_id in listed])


@pytest.mark.parametrize(
    ("own", "listed", "said"),
    [
        (None, [1], "Remove these from the list first: 1 Place 1."),
        (None, [2, 3], "Remove these from the list first: 2 Place 2, 3 Place 3."),
        (7, [2, 3], "Remove these from the list first: 2 Place 2, 3 Place 3."),
        (7, [7], "Remove these from the list first: 7 Place 7."),
        (1, [1], "1 Place 1 is listed as the primary"),
    ],
)
def test_a_sync_id_that_the_list_contradicts_is_refused_with_the_names(
    own: int | None, listed: list[int], said: str
) -> None:
    with pytest.raises(InvalidError) as invalid:
        check_parameters(site(own), [partner(sync_id) for sync_id in listed])
    assert [problem.field for problem in invalid.value.problems] == ["sync_id"]
    assert said in str(invalid.value)


@pytest.mark.parametrize(("count", "named"), [(5, "6 Place 6."), (6, "6 Place 6 (+ 1)."), (60, "6 Place 6 (+ 55).")])
def test_a_refusal_names_five_partners_and_counts_the_rest(count: int, named: str) -> None:
    with pytest.raises(InvalidError) as invalid:
        check_parameters(site(7), [partner(sync_id) for sync_id in range(2, 2 + count)])
    assert named in str(invalid.value)


def test_an_address_that_a_partner_has_is_refused_for_the_site() -> None:
    with pytest.raises(InvalidError, match="2 Place 2 has this address already") as invalid:
        check_parameters(site(1), [partner(2, URL)])
    assert [problem.field for problem in invalid.value.problems] == ["url"]


def test_a_site_without_an_address_has_no_partners_address() -> None:
    check_parameters(Parameters(1, "Here", "Store", None, "sync"), [partner(2)])
