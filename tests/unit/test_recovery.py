"""A database that is damaged, empty or gone is replaced by the newest good copy, and never by a new one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import somebody

from sync_panel.store.copies import BadCopyError, back_up_database
from sync_panel.store.database import Database, create_database
from sync_panel.store.notice import Recovery, load_recovery
from sync_panel.store.recovery import recover, restore

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
NAME = "panel.sqlite3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a database called "now", its copy, and a snapshot of when it was called "before"."""
    create_database(tmp_path / NAME, somebody)
    rename(tmp_path, "before", "now")
    return tmp_path


def rename(folder: Path, *names: str) -> None:
    with opened(folder) as database:
        for name in names:
            with database.changing() as db:
                db.execute("UPDATE site SET name = ?", (name,))
        with database.writing() as db:
            db.execute("INSERT OR REPLACE INTO signed_in (token_hash, user_id) SELECT x'01', id FROM user LIMIT 1")


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    database = Database(folder / NAME)
    yield database
    database.close()


def name_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT name FROM site").fetchone()[0])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def scribble(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * 40000)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def not_sqlite(path: Path) -> None:
    path.write_bytes(b"rubbish" * 1000)


def change_one_byte(path: Path) -> None:
    """Let a table and its index disagree, which SQLite itself finds only when it is asked to look."""
    path.write_bytes(path.read_bytes().replace(b"somebody", b"somebodx", 1))


LOSSES: dict[str, Callable[[Path], None]] = {
    "emptied": empty,
    "scribbled": scribble,
    "cut short": cut,
    "not SQLite": not_sqlite,
    "one byte wrong": change_one_byte,
    "gone": Path.unlink,
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_the_copy_of_the_last_change_takes_its_place_and_the_damaged_one_is_kept(
    folder: Path, lose: Callable[[Path], None]
) -> None:
    lose(folder / NAME)
    damaged = (folder / NAME).read_bytes() if (folder / NAME).exists() else None
    assert recover(folder / NAME, NOW)
    assert name_in(folder / NAME) == "now"
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    kept = folder / "aside-1" / NAME
    assert (kept.read_bytes() if kept.exists() else None) == damaged


def test_a_log_that_is_left_is_not_applied_to_what_comes_in_its_place(folder: Path) -> None:
    (folder / f"{NAME}-wal").write_bytes(b"the log of another")
    empty(folder / NAME)
    assert recover(folder / NAME, NOW)
    assert (folder / "aside-1" / f"{NAME}-wal").read_bytes() == b"the log of another"
    assert name_in(folder / NAME) == "now"


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_without_that_copy_the_newest_good_snapshot_does(folder: Path, lose: Callable[[Path], None]) -> None:
    lose(folder / "latest.sqlite3")
    empty(folder / NAME)
    assert recover(folder / NAME, NOW)
    assert name_in(folder / NAME) == "before"


def test_the_page_can_tell_of_it_and_nobody_is_signed_in_by_it(folder: Path) -> None:
    empty(folder / NAME)
    recover(folder / NAME, NOW)
    database = Database(folder / NAME)
    with database.reading() as db:
        told = load_recovery(db)
        assert isinstance(told, Recovery)
        assert (told.at, told.aside) == (NOW, "aside-1")
        assert not db.execute("SELECT * FROM signed_in").fetchall()
        assert db.execute("SELECT generation FROM authorisation").fetchone()[0] == 2, "every unlock has ended"
    database.close()


def test_a_good_database_is_left_alone(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    assert not recover(folder / NAME, NOW)
    assert (folder / NAME).read_bytes() == before
    assert not (folder / "aside-1").exists()


def test_without_a_good_copy_everything_stays_as_it_is(folder: Path) -> None:
    (folder / "latest.sqlite3").unlink()
    for snapshot in (folder / "snapshots").iterdir():
        snapshot.write_bytes(b"")
    scribble(folder / NAME)
    before = (folder / NAME).read_bytes()
    assert not recover(folder / NAME, NOW)
    assert (folder / NAME).read_bytes() == before


def test_a_copy_is_put_back_and_the_old_one_kept(folder: Path, tmp_path: Path) -> None:
    back_up_database(folder / NAME, tmp_path / "backup")
    rename(folder, "later")
    serving = Database(folder / NAME)
    aside = restore(folder / NAME, tmp_path / "backup").aside
    with serving.reading() as db:
        assert db.execute("SELECT name FROM site").fetchone()[0] == "now", "a server that runs sees it at once"
        assert not db.execute("SELECT * FROM signed_in").fetchall()
        assert db.execute("SELECT generation FROM authorisation").fetchone()[0] == 2
    serving.close()
    assert aside
    assert name_in(aside / NAME) == "later"


@pytest.mark.parametrize("spoil", [empty, scribble, cut, not_sqlite])
def test_a_bad_copy_is_refused_and_changes_nothing(folder: Path, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    back_up_database(folder / NAME, tmp_path / "backup")
    spoil(tmp_path / "backup")
    before = (folder / NAME).read_bytes()
    with pytest.raises(BadCopyError):
        restore(folder / NAME, tmp_path / "backup")
    assert (folder / NAME).read_bytes() == before


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_copy_is_put_back_over_a_damaged_one(folder: Path, tmp_path: Path, lose: Callable[[Path], None]) -> None:
    back_up_database(folder / NAME, tmp_path / "backup")
    lose(folder / NAME)
    restore(folder / NAME, tmp_path / "backup")
    assert name_in(folder / NAME) == "now"
