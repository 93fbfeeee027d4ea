"""SQLite enforces again that the site and its list agree, whichever of the two is changed."""

import sqlite3

import pytest
from unit.lists import become, partner
from unit.test_sqlite_rules import UNFIT, assert_refused

from sync_panel.store.partners import add_partner

ADD = "INSERT INTO partner (sync_id, name, store, url) VALUES ({}, 'Other', 'Store', 'https://other')"


def start(db: sqlite3.Connection, own: int | None, listed: list[int]) -> None:
    """Give the site a Sync ID and its list."""
    become(db, own)
    for sync_id in listed:
        add_partner(db, partner(sync_id))


@pytest.mark.parametrize(("own", "listed", "added"), [(1, [], 2), (1, [2], 3), (7, [], 1)])
def test_a_partner_that_fits_is_let_in(raw: sqlite3.Connection, own: int, listed: list[int], added: int) -> None:
    start(raw, own, listed)
    raw.execute(ADD.format(added))


@pytest.mark.parametrize(
    ("own", "listed", "added", "reason"),
    [
        (None, [], 1, UNFIT),
        (None, [], 2, UNFIT),
        (1, [], 1, UNFIT),
        (1, [2], 1, UNFIT),
        (7, [], 2, UNFIT),
        (7, [], 7, UNFIT),
        (7, [1], 2, UNFIT),
        (7, [1], 1, "^UNIQUE"),
    ],
)
def test_a_partner_that_does_not_fit_the_site(
    raw: sqlite3.Connection, own: int | None, listed: list[int], added: int, reason: str
) -> None:
    start(raw, own, listed)
    assert_refused(raw, ADD.format(added), reason)


@pytest.mark.parametrize(("own", "listed", "changed"), [(1, [2], 1), (7, [1], 2), (7, [1], 7)])
def test_a_partner_changed_so_that_it_does_not_fit(
    raw: sqlite3.Connection, own: int, listed: list[int], changed: int
) -> None:
    start(raw, own, listed)
    assert_refused(raw, f"UPDATE partner SET sync_id = {changed}", UNFIT)


@pytest.mark.parametrize(
    ("own", "listed", "new"), [(1, [2], "7"), (1, [2], "2"), (1, [2, 3], "NULL"), (7, [1], "1"), (7, [1], "NULL")]
)
def test_a_site_changed_so_that_its_list_does_not_fit(
    raw: sqlite3.Connection, own: int, listed: list[int], new: str
) -> None:
    start(raw, own, listed)
    assert_refused(raw, f"UPDATE site SET sync_id = {new}", UNFIT)


@pytest.mark.parametrize(("own", "listed", "new"), [(7, [1], "8"), (1, [], "7"), (7, [], "1"), (1, [], "NULL")])
def test_a_site_changed_so_that_its_list_still_fits(
    raw: sqlite3.Connection, own: int, listed: list[int], new: str
) -> None:
    start(raw, own, listed)
    raw.execute(f"UPDATE site SET sync_id = {new}")


@pytest.mark.parametrize(
    "statement",
    [
        ADD.format(9).replace("https://other", "https://here"),
        "UPDATE partner SET url = 'https://here'",
        "UPDATE site SET url = 'https://host-2'",
    ],
)
def test_the_sites_own_address_in_the_list(raw: sqlite3.Connection, statement: str) -> None:
    start(raw, 1, [2])
    assert_refused(raw, statement, UNFIT)
