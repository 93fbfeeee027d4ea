"""Failed attempts in a row, as kept: by kind and source, and no more rows than there is room for."""

import pytest

from sync_panel.store import users
from sync_panel.store.database import Database
from sync_panel.store.users import failures_of, forget_failures, forget_place, keep_failures


def keep(database: Database, failures: int, kind: str = "code", source: str = "here") -> None:
    with database.writing() as db:
        keep_failures(db, kind, {source: failures})


def failures(database: Database, kind: str = "code", source: str = "here") -> int:
    with database.reading() as db:
        return failures_of(db, kind, source)


def test_failures_are_kept_by_kind_and_source(database: Database) -> None:
    keep(database, 3)
    keep(database, 1, kind="sign-in")
    keep(database, 2, source="there")
    assert [failures(database), failures(database, "sign-in"), failures(database, source="there")] == [3, 1, 2]


def test_nothing_is_counted_at_first(database: Database) -> None:
    assert failures(database) == 0


def test_forgetting_starts_again_from_none_for_that_source_alone(database: Database) -> None:
    keep(database, 3)
    keep(database, 2, source="there")
    with database.writing() as db:
        forget_failures(db, "code", "here")
    assert [failures(database), failures(database, source="there")] == [0, 2]


@pytest.mark.parametrize("none", [0, -1])
def test_a_source_without_failures_takes_no_room(database: Database, none: int) -> None:
    keep(database, 3)
    keep(database, none)
    with database.reading() as db:
        assert db.execute("SELECT count(*) FROM attempt").fetchone()[0] == 0


def test_a_place_is_forgotten_under_every_name_and_kind_and_no_other_that_begins_like_it(database: Database) -> None:
    for kind, source in (("code", "10.0.0.7"), ("link", "10.0.0.7 2"), ("sign-in", "10.0.0.7 beside")):
        keep(database, 3, kind, source)
    keep(database, 4, "link", "10.0.0.70 2")
    with database.writing() as db:
        forget_place(db, "10.0.0.7")
        left = [tuple(row) for row in db.execute("SELECT source, failures FROM attempt")]
    assert left == [("10.0.0.70 2", 4)]


def test_with_too_many_sources_the_fewest_failures_are_forgotten_but_never_the_newest_nor_those_of_many(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source whose failures were forgotten at once could go on for ever; so could whoever made the others up."""
    monkeypatch.setattr(users, "FAILURES_AT_MOST", 4)
    keep(database, 1, source="*")
    for source, times in {"a": 4, "b": 1, "c": 3, "d": 2}.items():
        keep(database, times, source=source)
    assert [failures(database, source=source) for source in "*abcd"] == [1, 4, 0, 3, 2]
    with database.writing() as db:
        keep_failures(db, "code", {"e": 1, "f": 1})
    assert [failures(database, source=source) for source in "*acdef"] == [1, 4, 0, 0, 1, 1]
