"""Saving this site's parameters and its interval: versions, the kept password, and the list's veto."""

from dataclasses import replace
from datetime import timedelta

import pytest
from unit.lists import NOW, SEALED, become, fill, partner

from sync_panel.rules.problems import InvalidError
from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_id import Role
from sync_panel.store.database import Database
from sync_panel.store.errors import StaleError
from sync_panel.store.partners import save_parameters
from sync_panel.store.site import Interval, Site, load_interval, load_site, save_interval

HERE = Parameters(7, "Here", "Store", "https://here", "sync")
LATER = NOW + timedelta(days=1)


def load(database: Database) -> Site:
    with database.reading() as db:
        return load_site(db)


def save(database: Database, new: Parameters, *, sealed: bytes | None = b"new", version: int = 1) -> None:
    with database.writing() as db:
        save_parameters(db, new, sealed_password=sealed, version=version, now=LATER)


def test_a_new_site_is_stand_alone(database: Database) -> None:
    assert load(database) == Site(Parameters(), None, None, 1)
    assert load(database).role is Role.STAND_ALONE


def test_saved_parameters_come_back_with_a_new_version_and_without_a_password(database: Database) -> None:
    save(database, replace(HERE, password="in the clear"))
    assert load(database) == Site(HERE, b"new", LATER, 2)
    assert load(database).role is Role.SATELLITE


def test_without_a_new_password_the_old_one_and_its_time_stay(database: Database) -> None:
    with database.writing() as db:
        become(db, 7)
    save(database, HERE, sealed=None, version=2)
    assert load(database) == Site(HERE, SEALED, NOW, 3)


def test_parameters_made_from_an_older_version_are_refused(database: Database) -> None:
    save(database, HERE)
    with pytest.raises(StaleError):
        save(database, replace(HERE, name="Late"))
    assert load(database).parameters == HERE


def test_a_stale_save_is_refused_before_it_is_judged(database: Database) -> None:
    with database.writing() as db:
        fill(db, partner(2))
    with pytest.raises(StaleError):
        save(database, HERE, version=1)


@pytest.mark.parametrize("change", [{"sync_id": 7}, {"sync_id": None}, {"url": "https://host-2"}])
def test_parameters_that_the_list_contradicts_are_refused(database: Database, change: dict[str, object]) -> None:
    with database.writing() as db:
        fill(db, partner(2), partner(3))
    before = load(database)
    with pytest.raises(InvalidError):
        save(database, replace(before.parameters, **change), version=before.version)  # type: ignore[arg-type]
    assert load(database) == before


def test_a_primary_without_satellites_may_become_one(database: Database) -> None:
    save(database, replace(HERE, sync_id=1))
    save(database, HERE, version=2)
    assert load(database).role is Role.SATELLITE


def test_a_synced_site_may_become_stand_alone(database: Database) -> None:
    save(database, HERE)
    save(database, Parameters(), sealed=None, version=2)
    assert load(database) == Site(Parameters(), b"new", LATER, 3)


def test_the_first_interval_is_a_quarter_of_an_hour(database: Database) -> None:
    with database.reading() as db:
        first = load_interval(db)
    assert (first.minutes, first.version) == (15, 1)
    assert first.counted_from.utcoffset() is not None


def test_a_saved_interval_counts_from_then(database: Database) -> None:
    with database.writing() as db:
        save_interval(db, 0, version=1, now=LATER)
        assert load_interval(db) == Interval(0, LATER, 2)


def test_an_interval_made_from_an_older_version_is_refused(database: Database) -> None:
    with database.writing() as db:
        save_interval(db, 30, version=1, now=NOW)
        with pytest.raises(StaleError):
            save_interval(db, 60, version=1, now=LATER)
        assert load_interval(db) == Interval(30, NOW, 2)
