"""Failed attempts in a row, as kept: by kind and source, and no more rows than there is room for."""

import pytest

from sync_panel.store import attempts
from sync_panel.store.attempts import count_failure, failures_of, forget_failures, take_back_failure
from sync_panel.store.database import Database


def count(database: Database, times: int, kind: str = "code", source: str = "here") -> None:
    with database.writing() as db:
        for _ in range(times):
            count_failure(db, kind, source)


def failures(database: Database, kind: str = "code", source: str = "here") -> int:
    with database.reading() as db:
        return failures_of(db, kind, source)


def test_failures_are_counted_by_kind_and_source(database: Database) -> None:
    count(database, 3)
    count(database, 1, kind="sign-in")
    count(database, 2, source="there")
    assert [failures(database), failures(database, "sign-in"), failures(database, source="there")] == [3, 1, 2]


def test_nothing_is_counted_at_first(database: Database) -> None:
    assert failures(database) == 0


def test_forgetting_starts_again_from_none_for_that_source_alone(database: Database) -> None:
    count(database, 3)
    count(database, 2, source="there")
    with database.writing() as db:
        forget_failures(db, "code", "here")
    assert [failures(database), failures(database, source="there")] == [0, 2]


@pytest.mark.parametrize(("counted", "left"), [(3, 2), (1, 0), (0, 0)])
def test_one_failure_is_taken_back(database: Database, counted: int, left: int) -> None:
    count(database, counted)
    with database.writing() as db:
        take_back_failure(db, "code", "here")
    assert failures(database) == left


def test_with_too_many_sources_the_fewest_failures_are_forgotten_but_never_the_newest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source whose failures were forgotten at once could go on for ever."""
    monkeypatch.setattr(attempts, "KEPT_AT_MOST", 3)
    for source, times in {"a": 4, "b": 1, "c": 3, "d": 2}.items():
        count(database, times, source=source)
    assert [failures(database, source=source) for source in "abcd"] == [4, 0, 3, 2]
