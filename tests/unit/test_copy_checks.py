"""A file is put in force, or served, only when it is made as the migrations make one and holds what must be there."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from databases import somebody

from sync_panel.store import recovery
from sync_panel.store.copies import BadCopyError, back_up_database, check_copy
from sync_panel.store.database import Database, connect, create_database
from sync_panel.store.errors import NotUsableError, UnavailableError
from sync_panel.store.recovery import restore
from sync_panel.store.schema import apply_step, as_made, migrations, schema_of

NAME = "panel.sqlite3"
# What is done to a good copy, and the words that say it.
STRANGE = {
    "no table of partners": ("DROP TABLE partner", "the table “partner” is missing"),
    "a view in a table's place": (
        "DROP TABLE user; CREATE VIEW user AS SELECT 1 AS id, 'x' AS name, 'x' AS password_hash, 1 AS may_edit",
        "the table “user” is missing, the view “user” is none of this panel",
    ),
    "a trigger of another program": (
        "CREATE TRIGGER theirs AFTER INSERT ON attempt BEGIN DELETE FROM user; END",
        "the trigger “theirs” is none of this panel",
    ),
    "no trigger": ("DROP TRIGGER site_fits_partners", "the trigger “site_fits_partners” is missing"),
    "a trigger made otherwise": (
        "DROP TRIGGER site_changed_asks; CREATE TRIGGER site_changed_asks AFTER UPDATE ON site BEGIN SELECT 1; END",
        "the trigger “site_changed_asks” was made otherwise",
    ),
    "an index of another program": ("CREATE UNIQUE INDEX theirs ON partner (store)", "the index “theirs” is none"),
    "one more column": ("ALTER TABLE site ADD COLUMN more TEXT", "the table “site” was made otherwise"),
    "no rules": (
        "DROP TABLE interval; CREATE TABLE interval (id INTEGER PRIMARY KEY, minutes, counted_from, version)",
        "the table “interval” was made otherwise",
    ),
    "a name that moves the cursor": ('CREATE TABLE "\x1b[2J" (x)', "the table “?[2J” is none of this panel"),
}
INCOMPLETE = {
    "no site": ("DELETE FROM site", "the table “site” is empty"),
    "no interval": ("DELETE FROM interval", "the table “interval” is empty"),
    "no installation": ("DELETE FROM installation", "the table “installation” is empty"),
    "no request": ("DELETE FROM request", "the table “request” is empty"),
    "no code": ("DELETE FROM authorisation", "the table “authorisation” is empty"),
}
ONLY_COPIES = {
    "no user": ("DELETE FROM user", "holds no user who may edit"),
    "no editor": ("UPDATE user SET may_edit = 0", "holds no user who may edit"),
    "no time": ("UPDATE interval SET counted_from = 'yesterday'", "is damaged"),
    "no time of a change": ("UPDATE last_change SET at = 'yesterday'", "is damaged"),
}
BAD_COPIES = STRANGE | INCOMPLETE | ONLY_COPIES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create_database(tmp_path / NAME, somebody)
    return tmp_path / NAME


@pytest.fixture
def file(path: Path, tmp_path: Path) -> Path:
    back_up_database(path, tmp_path / "backup")
    return tmp_path / "backup"


def spoil(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def every_byte(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "backup" not in path.name}


@pytest.mark.parametrize(("script", "words"), BAD_COPIES.values(), ids=BAD_COPIES)
def test_such_a_copy_is_refused_before_anything_is_replaced(path: Path, file: Path, script: str, words: str) -> None:
    spoil(file, script)
    served = Database(path)
    before = every_byte(path.parent)
    with pytest.raises(BadCopyError) as refused:
        restore(path, file)
    assert words in str(refused.value)
    assert "Name a file that “backup” has made." in str(refused.value)
    after = every_byte(path.parent)
    assert {name: after[name] for name in before} == before
    assert not list(path.parent.glob("aside-*"))
    served.close()


@pytest.mark.parametrize(("script", "words"), STRANGE.values(), ids=STRANGE)
def test_such_a_database_is_not_opened_and_nothing_of_it_runs(path: Path, script: str, words: str) -> None:
    spoil(path, script)
    with pytest.raises(NotUsableError) as refused:
        Database(path)
    assert words in str(refused.value)
    assert "restore FILE" in str(refused.value)


@pytest.mark.parametrize(("script", "words"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_database_that_is_not_complete_is_refused(path: Path, script: str, words: str) -> None:
    spoil(path, script)
    with closing(Database(path)) as database, pytest.raises(NotUsableError) as refused:
        database.refuse_incomplete()
    assert words in str(refused.value)


def test_a_database_without_an_editor_is_refused_with_the_command_that_mends_it(path: Path) -> None:
    spoil(path, "UPDATE user SET may_edit = 0")
    with closing(Database(path)) as database, pytest.raises(NotUsableError, match="user add NAME --edit"):
        database.refuse_without_editor()


@pytest.mark.parametrize("page_size", [512, 1024, 65536])
def test_a_copy_with_other_pages_is_put_in_force_while_the_panel_runs(path: Path, file: Path, page_size: int) -> None:
    spoil(file, f"UPDATE interval SET minutes = 99; PRAGMA page_size = {page_size}; VACUUM")
    with closing(Database(path)) as served:
        restore(path, file)
        with served.reading() as db:
            assert db.execute("SELECT minutes FROM interval").fetchone()[0] == 99
        with served.writing() as db:
            db.execute("UPDATE interval SET minutes = 98")


def test_a_copy_with_statistics_is_as_good(path: Path, file: Path) -> None:
    spoil(file, "ANALYZE")
    restore(path, file)


@pytest.mark.parametrize("number", [number for number, _ in migrations()])
def test_a_copy_of_each_earlier_version_is_put_in_force(path: Path, tmp_path: Path, number: int) -> None:
    old = tmp_path / "old"
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {0x53796E63}")
        for step, text in migrations()[:number]:
            apply_step(connection, step, text)
        somebody(connection)
    restore(path, old)
    with closing(Database(path)) as database:
        database.refuse_incomplete()


def test_spaces_quotes_and_comments_make_no_difference_but_words_do() -> None:
    with closing(sqlite3.connect(":memory:")) as one, closing(sqlite3.connect(":memory:")) as other:
        one.execute("CREATE TABLE t (x TEXT CHECK (x <> 'a  b')) -- so it is")
        other.execute("CREATE TABLE \"t\" ( x TEXT\n CHECK(x <> 'a  b') /* and so */ )")
        assert schema_of(one) == schema_of(other)
        other.execute("DROP TABLE t")
        other.execute("CREATE TABLE t (x TEXT CHECK (x <> 'a b'))")
        assert schema_of(one) != schema_of(other)


def test_a_new_database_is_as_it_is_made(path: Path) -> None:
    with closing(connect(path, 1.0)) as connection:
        assert schema_of(connection) == as_made(migrations()[-1][0])[0]
    check_copy(path)


def test_a_disk_that_is_full_while_a_copy_is_put_back_leaves_all_as_it_was(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise UnavailableError("Nothing was saved: the disk is full.")

    monkeypatch.setattr(recovery, "copy_committed", full)
    before = path.read_bytes()
    with pytest.raises(UnavailableError):
        restore(path, file)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["backup.new", "backup-wal", "backup-journal", "backup-shm", ".backup.new"])
def test_a_backup_touches_no_other_file(path: Path, tmp_path: Path, name: str) -> None:
    there = tmp_path / "elsewhere"
    there.mkdir()
    (there / name).write_text("mine")
    back_up_database(path, there / "backup")
    assert {file.name for file in there.iterdir()} == {name, "backup"}
    assert (there / name).read_text() == "mine"
    assert (there / "backup").stat().st_mode & 0o777 == 0o600


def test_a_backup_that_fails_leaves_nothing(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: Path, unfinished: Path) -> None:
        shutil.copy(path, unfinished)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sync_panel.store.copies.copy_committed", fail)
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(UnavailableError, match="No copy of the database could be made"):
        back_up_database(path, tmp_path / "elsewhere" / "backup")
    assert not list((tmp_path / "elsewhere").iterdir())
