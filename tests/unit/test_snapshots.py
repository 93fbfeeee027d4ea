"""Snapshots before every protected change: of the state before it, private, the newest 15, and good at any moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from databases import somebody

from sync_panel.store.copies import KEPT, BadCopyError, check_copy, newest_good_snapshot, snapshots
from sync_panel.store.database import Database, create_database
from sync_panel.store.errors import StaleError, UnavailableError


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    create_database(tmp_path / "panel.sqlite3", somebody)
    opened = Database(tmp_path / "panel.sqlite3")
    yield opened
    opened.close()


def rename(database: Database, name: str) -> None:
    with database.changing() as db:
        db.execute("UPDATE site SET name = ?", (name,))


def refuse_after_a_change(db: sqlite3.Connection) -> None:
    db.execute("UPDATE site SET name = 'half'")
    raise StaleError


def name_in(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        (name,) = connection.execute("SELECT name FROM site").fetchone()
    return None if name is None else str(name)


def test_a_change_leaves_a_snapshot_of_what_was_before(database: Database, tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        rename(database, name)
    assert [name_in(path) for path in snapshots(tmp_path / "snapshots")] == ["second", "first", None]


def test_only_its_owner_may_read_a_snapshot(database: Database, tmp_path: Path) -> None:
    rename(database, "first")
    folder = tmp_path / "snapshots"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]


def test_the_newest_15_are_kept(database: Database, tmp_path: Path) -> None:
    for number in range(KEPT + 4):
        rename(database, f"name {number}")
    kept = snapshots(tmp_path / "snapshots")
    assert len(kept) == 15
    assert (name_in(kept[0]), name_in(kept[-1])) == ("name 17", "name 3")


def test_what_changed_nothing_or_was_refused_leaves_none(database: Database, tmp_path: Path) -> None:
    with database.changing() as db:
        db.execute("SELECT * FROM site").fetchall()
    with pytest.raises(StaleError), database.changing() as db:
        refuse_after_a_change(db)
    assert not snapshots(tmp_path / "snapshots")


def test_without_room_for_a_snapshot_nothing_is_changed(database: Database, tmp_path: Path) -> None:
    (tmp_path / "snapshots").write_text("in the way")
    with pytest.raises(UnavailableError, match="Nothing was saved: no copy of the database could be made"):
        rename(database, "first")
    assert name_in(tmp_path / "panel.sqlite3") is None


def test_what_a_crash_left_half_is_no_snapshot(database: Database, tmp_path: Path) -> None:
    rename(database, "first")
    folder = tmp_path / "snapshots"
    (folder / "00000002.sqlite3.new").write_bytes(b"SQLite format 3\0 and then the power failed")
    assert [path.name for path in snapshots(folder)] == ["00000001.sqlite3"]
    rename(database, "second")
    assert [path.name for path in sorted(folder.iterdir())] == ["00000001.sqlite3", "00000002.sqlite3"]


def test_the_newest_good_one_is_found_behind_damaged_ones(database: Database, tmp_path: Path) -> None:
    for name in ("first", "second", "third", "fourth"):
        rename(database, name)
    newest, second, third, oldest = snapshots(tmp_path / "snapshots")
    newest.write_bytes(b"")
    second.write_bytes(second.read_bytes()[:5000])
    third.write_bytes(third.read_bytes().replace(b"somebody", b"somebodx", 1))  # its index disagrees
    found = newest_good_snapshot(tmp_path / "snapshots")
    assert found
    assert found.path == oldest


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA application_id = 1", "is no database of this panel"),
        ("PRAGMA user_version = 999", "newer version"),
        ("PRAGMA user_version = 0", "is no database of this panel"),
        ("PRAGMA foreign_keys = OFF", None),
    ],
)
def test_a_copy_is_ours_and_not_newer(database: Database, tmp_path: Path, statement: str, words: str | None) -> None:
    rename(database, "first")
    (copy,) = snapshots(tmp_path / "snapshots")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(statement)
    if words is None:
        check_copy(copy)
    else:
        with pytest.raises(BadCopyError, match=words):
            check_copy(copy)
