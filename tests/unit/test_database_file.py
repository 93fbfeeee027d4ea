"""The database file: what is taken for one, who may read it, and what SQLite promises of it."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from sync_panel.store.database import Database, create_database
from sync_panel.store.errors import NotUsableError


def refusal(path: Path) -> str:
    """Return why a file is refused."""
    with pytest.raises(NotUsableError) as refused:
        Database(path)
    return str(refused.value)


def test_a_missing_database_is_refused_and_not_made(tmp_path: Path) -> None:
    said = refusal(tmp_path / "panel.sqlite3")
    assert f"The database {tmp_path / 'panel.sqlite3'} is missing. Put a copy back with: restore FILE." in said
    assert not list(tmp_path.iterdir())


def test_a_database_of_0_bytes_is_refused_and_left_alone(tmp_path: Path) -> None:
    empty = tmp_path / "panel.sqlite3"
    empty.touch()
    assert f"The database {empty} is empty. Put a copy" in refusal(empty)
    assert empty.stat().st_size == 0


def test_a_database_without_tables_is_refused(tmp_path: Path) -> None:
    """SQLite's own shell leaves such a file where it found none; it must not open set-up again."""
    path = tmp_path / "panel.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert refusal(path)


@pytest.mark.parametrize("content", [b"not a database", b"SQLite", b"\x00" * 4096, b"SQLite format 4\x00"])
def test_a_file_that_is_not_sqlite_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "panel.sqlite3"
    path.write_bytes(content)
    assert f"{path} is no database of this panel" in refusal(path)
    assert path.read_bytes() == content


FIRST_BYTES = b"SQLite format 3\x00"


@pytest.mark.parametrize("content", [b"", b"and then nothing that SQLite wrote" * 200])
def test_a_damaged_database_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "panel.sqlite3"
    path.write_bytes(FIRST_BYTES + content)
    assert refusal(path)


def test_a_database_that_was_cut_short_is_refused_in_words(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])
    assert refusal(path)


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "panel.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE user (theirs TEXT)")
    assert refusal(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("user",)]


def test_nobody_else_may_read_the_database_or_its_log(path: Path, database: Database) -> None:
    with database.writing() as db:
        db.execute("UPDATE interval SET minutes = 1")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes.keys() >= {"panel.sqlite3", "panel.sqlite3-wal"}
    assert set(modes.values()) == {0o600}


def test_an_unfinished_database_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "panel.sqlite3"
    for leftover in ("panel.sqlite3", "panel.sqlite3-wal", "panel.sqlite3-shm"):
        (tmp_path / leftover).write_bytes(b"left over")
    create_database(path)
    Database(path).close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0), ("secure_delete", 1)],
)
def test_the_connection_keeps_what_is_promised(database: Database, pragma: str, value: object) -> None:
    with database.reading() as db:
        assert db.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_every_table_is_strict(database: Database) -> None:
    with database.reading() as db:
        rows = db.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%'"
        )
        assert {row["name"] for row in rows if not row["strict"]} == set()
