"""The list of partners: searched by the beginning of Sync ID, name or store, sorted, and in pages of 50."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from panels import places
from unit.lists import become, fill, partner

from sync_panel.rules.partner import Partner
from sync_panel.rules.text import fold
from sync_panel.store.database import Database, create_database
from sync_panel.store.partners import SORTED_BY, PartnerPage, search_partners

PLACES = list(places())


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Return a primary that lists the 60 places; the tests only read it."""
    path = tmp_path_factory.mktemp("places") / "panel.sqlite3"
    create_database(path)
    database = Database(path)
    with database.writing() as db:
        fill(db, *PLACES)
    with database.reading() as db:
        yield db
    database.close()


def sorted_by(place: Partner, column: str) -> Any:
    """Return what a column sorts a place by."""
    value = getattr(place, column)
    return fold(value) if column in {"name", "store"} else value


def ids(page: PartnerPage) -> list[int]:
    return [row.partner.sync_id for row in page.rows]


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        ("3", [3, *range(30, 40)]),
        ("61", [61]),
        ("lae", [3]),
        ("LAE – ang", [3]),
        ("area medical", [2, 3, 4]),
        ("Loḿe".lower(), [57]),
        ("sao tome", [59]),
        ("São", [59]),
        ("bouake", [55]),
        ("oe-cusse", [43]),
        ("hospital referal", [40, 41, 42, 43]),
        ("Vientiane (ວຽງ", [44]),
        ("hospital pharmacy", []),
        ("ae", []),
        ("https", []),
        ("6 1", []),
    ],
)
def test_the_beginning_finds_without_case_and_accents(
    listing: sqlite3.Connection, beginning: str, found: list[int]
) -> None:
    assert ids(search_partners(listing, beginning=beginning)) == found


@pytest.mark.parametrize(
    "typed", ["%", "_", "*", "?", "[a-z]", "%ae", "L_e", "La%", "'", '"', "--", "\\", "a' OR '1", "\x00"]
)
def test_a_sign_that_means_something_to_sqlite_means_itself(listing: sqlite3.Connection, typed: str) -> None:
    assert search_partners(listing, beginning=typed).matching == 0


def test_such_a_sign_is_found_where_a_name_has_it(raw: sqlite3.Connection) -> None:
    fill(raw, partner(2, "100% pure"), partner(3, "1000 hills"), partner(4, "a_b"), partner(5, "axb"))
    assert ids(search_partners(raw, beginning="100%")) == [2]
    assert ids(search_partners(raw, beginning="A_")) == [4]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: str(place.sync_id))
def test_every_place_is_found_by_every_beginning_of_its_name(listing: sqlite3.Connection, place: Partner) -> None:
    for length in range(1, len(place.name) + 1):
        found = search_partners(listing, beginning=place.name[:length])
        assert found.matching > 50 or place.sync_id in ids(found)


def test_the_first_page_has_50_and_counts_all(listing: sqlite3.Connection) -> None:
    page = search_partners(listing)
    assert ids(page) == list(range(2, 52))
    assert (page.number, page.count, page.matching, page.total) == (1, 2, 60, 60)


def test_the_last_page_has_the_rest(listing: sqlite3.Connection) -> None:
    assert ids(search_partners(listing, page=2)) == list(range(52, 62))


@pytest.mark.parametrize("number", [3, 99, 2**31, 2**70])
def test_a_page_past_the_end_is_the_last_one(listing: sqlite3.Connection, number: int) -> None:
    page = search_partners(listing, page=number)
    assert (page.number, ids(page)) == (2, list(range(52, 62)))


def test_a_search_is_paged_by_what_it_found(listing: sqlite3.Connection) -> None:
    page = search_partners(listing, beginning="hospital", page=2)
    assert (page.number, page.count, page.matching, page.total) == (1, 1, 4, 60)


@pytest.mark.parametrize("beginning", ["", "zzz"])
def test_an_empty_list_has_one_empty_page(database: Database, beginning: str) -> None:
    with database.reading() as db:
        assert search_partners(db, beginning=beginning) == PartnerPage([], 1, 1, 0, 0)


@pytest.mark.parametrize("count", [49, 50, 51, 100, 101])
def test_a_page_is_begun_only_when_the_last_one_is_full(raw: sqlite3.Connection, count: int) -> None:
    raw.execute("BEGIN")
    become(raw, 1)
    raw.executemany(
        "INSERT INTO partner (sync_id, name, store, url) VALUES (?, 'Name', 'Store', ?)",
        [(sync_id, f"https://host-{sync_id}") for sync_id in range(2, 2 + count)],
    )
    last = search_partners(raw, page=99)
    assert last.count == (count + 49) // 50
    assert len(last.rows) == (count - 1) % 50 + 1


@pytest.mark.parametrize("sort", list(SORTED_BY))
def test_every_column_sorts_both_ways(listing: sqlite3.Connection, sort: str) -> None:
    up = sorted(PLACES, key=lambda place: (sorted_by(place, sort), place.sync_id))
    down = sorted(PLACES, key=lambda place: sorted_by(place, sort), reverse=True)
    for descending, expected in ((False, up), (True, down)):
        rows = [
            row.partner
            for page in (1, 2)
            for row in search_partners(listing, sort=sort, descending=descending, page=page).rows
        ]
        assert rows == expected


def test_names_sort_without_case_and_accents_and_then_by_sync_id(raw: sqlite3.Connection) -> None:
    fill(raw, partner(2, "Zeta"), partner(3, "été"), partner(4, "Eta"), partner(5, "alpha"), partner(6, "ETE"))
    assert ids(search_partners(raw, sort="name")) == [5, 4, 3, 6, 2]


def test_sync_ids_sort_as_numbers(raw: sqlite3.Connection) -> None:
    fill(raw, partner(10), partner(9), partner(100))
    assert ids(search_partners(raw)) == [9, 10, 100]
