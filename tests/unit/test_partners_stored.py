"""Changing the list: what contradicts it, what came too late, removing and Undo."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from unit.lists import become, fill, partner

from sync_panel.rules.partner import Partner
from sync_panel.rules.problems import InvalidError
from sync_panel.store.database import Database
from sync_panel.store.errors import GoneError, StaleError
from sync_panel.store.partners import (
    Listed,
    add_partner,
    all_partners,
    get_partner,
    remove_partners,
    removed_partners,
    save_partner,
    search_partners,
    undo_removal,
)
from sync_panel.store.site import load_installation

TWO, THREE, FOUR = partner(2), partner(3), partner(4)


@pytest.fixture
def rows(database: Database) -> list[Listed]:
    """Return the rows of a primary's list: 2, 3 and 4."""
    with database.writing() as db:
        return fill(db, TWO, THREE, FOUR)


def rows_of(database: Database) -> list[Listed]:
    with database.reading() as db:
        return all_partners(db)


def now_listed(database: Database) -> list[Partner]:
    return [row.partner for row in rows_of(database)]


def save(database: Database, row: Listed, new: Partner) -> None:
    with database.writing() as db:
        save_partner(db, row.id, new, version=row.version)


def remove(database: Database, *chosen: Listed) -> list[Partner]:
    with database.writing() as db:
        return remove_partners(db, [(row.id, row.version) for row in chosen])


def undo(database: Database) -> list[Partner]:
    with database.writing() as db:
        return undo_removal(db)


def add(database: Database, new: Partner) -> None:
    with database.writing() as db:
        add_partner(db, new)


@pytest.mark.parametrize(
    "wrong", [partner(1), partner(2, url="https://new"), partner(5, url="https://here"), partner(5, url=TWO.url)]
)
def test_a_partner_that_does_not_fit_is_not_added(database: Database, rows: list[Listed], wrong: Partner) -> None:
    with pytest.raises(InvalidError):
        add(database, wrong)
    assert now_listed(database) == [TWO, THREE, FOUR]


def test_a_changed_partner_has_a_new_version(database: Database, rows: list[Listed]) -> None:
    new = partner(9, "New", "Other store", "https://new")
    save(database, rows[0], new)
    with database.reading() as db:
        assert get_partner(db, rows[0].id) == Listed(rows[0].id, rows[0].version + 1, new)


def test_a_partner_may_keep_its_own_sync_id_and_address(database: Database, rows: list[Listed]) -> None:
    save(database, rows[0], partner(2, "New name"))
    assert now_listed(database)[0].name == "New name"


@pytest.mark.parametrize("wrong", [partner(1), partner(3, url="https://new"), partner(2, url=THREE.url)])
def test_a_partner_is_not_changed_to_what_does_not_fit(database: Database, rows: list[Listed], wrong: Partner) -> None:
    with pytest.raises(InvalidError):
        save(database, rows[0], wrong)
    assert now_listed(database) == [TWO, THREE, FOUR]


def test_a_change_made_from_an_older_version_is_refused(database: Database, rows: list[Listed]) -> None:
    save(database, rows[0], partner(2, "First"))
    with pytest.raises(StaleError):
        save(database, rows[0], partner(2, "Second"))
    assert now_listed(database)[0].name == "First"


def test_a_change_of_a_removed_partner_is_refused(database: Database, rows: list[Listed]) -> None:
    remove(database, rows[0])
    with pytest.raises(GoneError):
        save(database, rows[0], partner(2, "New"))


def test_removed_partners_are_gone_and_kept_for_undo(database: Database, rows: list[Listed]) -> None:
    assert remove(database, rows[2], rows[0]) == [FOUR, TWO]
    assert now_listed(database) == [THREE]
    with database.reading() as db:
        assert [row.partner for row in removed_partners(db)] == [TWO, FOUR]


def test_undo_brings_all_of_the_last_removal_back_and_once(database: Database, rows: list[Listed]) -> None:
    remove(database, *rows)
    assert undo(database) == [TWO, THREE, FOUR]
    assert now_listed(database) == [TWO, THREE, FOUR]
    with pytest.raises(GoneError):
        undo(database)


def test_undo_brings_everything_back_that_was_entered(database: Database, rows: list[Listed]) -> None:
    whole = replace(TWO, fingerprint="3f" * 32, plain_http=True, hardware_id="0f3c9a52d1b84e7796c1a5e2408bd731")
    save(database, rows[0], whole)
    with database.reading() as db:
        saved = get_partner(db, rows[0].id)
    remove(database, saved)
    assert undo(database) == [whole]
    assert now_listed(database) == [whole, THREE, FOUR]


@pytest.mark.parametrize("written", [str, str.upper])
def test_our_own_number_is_no_hardware_id(
    database: Database, rows: list[Listed], written: Callable[[str], str]
) -> None:
    with database.reading() as db:
        ours = written(load_installation(db).number)
    with pytest.raises(InvalidError, match="this panel's own number"):
        save(database, rows[0], replace(TWO, hardware_id=ours))
    with pytest.raises(InvalidError, match="this panel's own number"):
        add(database, replace(partner(5), hardware_id=ours))
    assert now_listed(database) == [TWO, THREE, FOUR]


def test_undo_reaches_only_to_the_last_removal(database: Database, rows: list[Listed]) -> None:
    remove(database, rows[0])
    remove(database, rows[1])
    assert undo(database) == [THREE]
    assert now_listed(database) == [THREE, FOUR]


def test_without_a_removal_there_is_nothing_to_undo(database: Database, rows: list[Listed]) -> None:
    with pytest.raises(GoneError):
        undo(database)


def test_a_removal_of_a_partner_that_changed_removes_none(database: Database, rows: list[Listed]) -> None:
    save(database, rows[1], partner(3, "New"))
    with pytest.raises(StaleError):
        remove(database, *rows)
    assert len(now_listed(database)) == 3


def test_a_removal_of_a_partner_that_is_gone_removes_none_and_keeps_undo(
    database: Database, rows: list[Listed]
) -> None:
    remove(database, rows[0])
    with pytest.raises(GoneError):
        remove(database, rows[1], rows[0])
    assert now_listed(database) == [THREE, FOUR]
    assert undo(database) == [TWO]


@pytest.mark.parametrize("in_the_way", [partner(2, url="https://new"), partner(9, url=TWO.url)])
def test_undo_that_no_longer_fits_brings_none_back(database: Database, rows: list[Listed], in_the_way: Partner) -> None:
    remove(database, rows[1], rows[0])
    add(database, in_the_way)
    with pytest.raises(InvalidError):
        undo(database)
    assert now_listed(database) == sorted([FOUR, in_the_way], key=lambda each: each.sync_id)


@pytest.mark.parametrize("sync_id", [None, 7])
def test_undo_does_not_contradict_what_the_site_became(
    database: Database, rows: list[Listed], sync_id: int | None
) -> None:
    remove(database, *rows)
    with database.writing() as db:
        become(db, sync_id)
    with pytest.raises(InvalidError):
        undo(database)
    assert now_listed(database) == []


def test_a_partner_that_came_back_is_not_mistaken_for_the_one_that_was_removed(
    database: Database, rows: list[Listed]
) -> None:
    """A row's number is never given twice, so that a late save or removal finds nothing."""
    remove(database, rows[2])
    undo(database)
    with pytest.raises(GoneError):
        remove(database, rows[2])
    assert now_listed(database) == [TWO, THREE, FOUR]


def test_undo_reads_the_list_once_however_much_it_brings_back(database: Database) -> None:
    with database.writing() as db:
        rows = fill(db, *(partner(2 + number) for number in range(60)))
    remove(database, *rows)
    statements: list[str] = []
    with database.writing() as db:
        db.set_trace_callback(statements.append)
        assert len(undo_removal(db)) == 60
        db.set_trace_callback(None)
    assert len([one for one in statements if one.startswith("SELECT") and "FROM partner" in one]) == 1


def test_a_name_that_was_saved_with_several_spaces_is_read_with_one(database: Database, rows: list[Listed]) -> None:
    with database.writing() as db:
        db.execute("UPDATE partner SET name = 'Lae  General', store = 'Lae   Ward' WHERE sync_id = 2")
        assert get_partner(db, rows[0].id).partner == partner(2, "Lae General", "Lae Ward")
        assert search_partners(db, beginning="lae general").matching == 1
    assert remove(database, rows_of(database)[0]) == undo(database) == [partner(2, "Lae General", "Lae Ward")]
