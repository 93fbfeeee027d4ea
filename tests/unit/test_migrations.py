"""Bringing a database to the present schema: in order, once, each step whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync_panel.store.database import Database
from sync_panel.store.errors import NotUsableError
from sync_panel.store.schema import apply_step, migrate, migrations, statements, version_of

FAILS_AT_THE_END = """
CREATE TABLE half_done (x INTEGER) STRICT;
INSERT INTO half_done VALUES (1);
INSERT INTO there_is_no_such_table VALUES (1);
"""


@pytest.fixture
def new(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a connection to a file without any table."""
    with closing(sqlite3.connect(tmp_path / "new.sqlite3", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row["name"] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_a_new_file_goes_through_the_whole_chain(new: sqlite3.Connection) -> None:
    migrate(new)
    assert version_of(new) == migrations()[-1][0]
    assert tables(new) >= {"site", "interval", "partner", "user", "authorisation", "attempt"}
    assert new.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_migrations_are_numbered_from_1_without_a_gap() -> None:
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


@pytest.mark.parametrize("text", [text for _, text in migrations()], ids=[f"{number:04}" for number, _ in migrations()])
def test_no_part_of_a_migration_is_left_out(text: str) -> None:
    assert "".join(statements(text)).strip() == text.strip()


def test_a_statement_may_hold_others_and_semicolons() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT 1;\n  SELECT ';';\nEND;\n"
    assert statements(f"-- first;\nSELECT 1;\n{trigger}") == ["-- first;\nSELECT 1;\n", trigger]


def test_a_step_that_was_applied_is_not_applied_again(new: sqlite3.Connection) -> None:
    for _ in range(2):
        apply_step(new, 1, "CREATE TABLE once (x INTEGER);")
    assert version_of(new) == 1


def test_opening_again_keeps_what_was_written(path: Path) -> None:
    for _ in range(2):
        database = Database(path)
        with database.writing() as db:
            db.execute("UPDATE interval SET minutes = minutes + 1")
        database.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT minutes FROM interval").fetchone() == (17,)
    connection.close()


def test_a_step_that_fails_leaves_the_old_version_and_no_trace(new: sqlite3.Connection) -> None:
    apply_step(new, 1, "CREATE TABLE before (x INTEGER);")
    with pytest.raises(sqlite3.OperationalError, match="there_is_no_such_table"):
        apply_step(new, 2, FAILS_AT_THE_END)
    assert not new.in_transaction
    assert (version_of(new), tables(new)) == (1, {"before"})


def test_a_step_that_failed_can_be_applied_when_it_is_mended(new: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        apply_step(new, 1, FAILS_AT_THE_END)
    apply_step(new, 1, FAILS_AT_THE_END.replace("there_is_no_such_table", "half_done"))
    assert version_of(new) == 1
    assert new.execute("SELECT count(*) FROM half_done").fetchone()[0] == 2


def test_a_database_of_a_newer_version_is_refused_and_left_alone(path: Path, raw: sqlite3.Connection) -> None:
    newer = migrations()[-1][0] + 1
    raw.execute(f"PRAGMA user_version = {newer}")
    with pytest.raises(NotUsableError, match="made by a newer version"):
        Database(path)
    assert version_of(raw) == newer


@pytest.mark.parametrize(("minutes", "succeeded_at", "untold"), [(0, "then", 1), (0, None, 0), (15, "then", 0)])
def test_a_pause_from_before_it_could_be_told_is_told(
    new: sqlite3.Connection, minutes: int, succeeded_at: str | None, untold: int
) -> None:
    for number, text in migrations()[:7]:
        apply_step(new, number, text)
    new.execute("UPDATE interval SET minutes = ?", (minutes,))
    new.execute("UPDATE request SET succeeded_at = ?", (succeeded_at,))
    migrate(new)
    assert tuple(new.execute("SELECT asking, untold FROM request").fetchone()) == (untold, untold)
