"""A recovery never brings back a removed user, a replaced password or a replaced code, whatever copy it finds."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import somebody

from sync_panel.guard.keys import Hasher
from sync_panel.store import database as database_module
from sync_panel.store.copies import back_up_database
from sync_panel.store.database import KEPT, Connection, Database, create_database
from sync_panel.store.errors import UnavailableError
from sync_panel.store.in_force import IN_FORCE, in_both, load_in_force, read_in_force
from sync_panel.store.recovery import recover, restore
from sync_panel.store.users import (
    add_user,
    find_user,
    get_user,
    load_authorisation,
    remove_user,
    set_code_hash,
    set_may_edit,
    set_password_hash,
)

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
NAME = "panel.sqlite3"
Change = Callable[[Connection], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two editors and a viewer."""
    create_database(tmp_path / NAME, somebody)
    change(tmp_path, lambda db: add_user(db, "leaver", "of the leaver", may_edit=True))
    change(tmp_path, lambda db: add_user(db, "viewer", "of the viewer", may_edit=False))
    return tmp_path


def change(folder: Path, make: Change) -> None:
    with closing(Database(folder / NAME)) as database, database.changing() as db:
        make(db)


def users_of(folder: Path) -> dict[str, tuple[str, bool]]:
    """Return the hash and the right of each user."""
    with closing(sqlite3.connect(folder / NAME)) as connection:
        rows = connection.execute("SELECT name, password_hash, may_edit FROM user").fetchall()
    return {name: (hashed, bool(may_edit)) for name, hashed, may_edit in rows}


def code_of(folder: Path) -> str:
    with closing(Database(folder / NAME)) as database, database.reading() as db:
        return load_authorisation(db).code_hash


def lose(folder: Path) -> None:
    (folder / NAME).write_bytes(b"rubbish" * 2000)


REVOCATIONS: dict[str, Change] = {
    "removed": lambda db: remove_user(db, get_user(db, "leaver")),
    "password replaced": lambda db: set_password_hash(db, get_user(db, "leaver"), "another"),
    "made a viewer": lambda db: set_may_edit(db, get_user(db, "leaver"), may_edit=False),
    "code replaced": lambda db: set_code_hash(db, "another code"),
}


@pytest.mark.parametrize("without_latest", [False, True], ids=["latest copy", "old snapshot"])
@pytest.mark.parametrize("revoke", REVOCATIONS.values(), ids=REVOCATIONS)
def test_what_was_revoked_stays_so(folder: Path, revoke: Change, *, without_latest: bool) -> None:
    change(folder, revoke)
    users, code = users_of(folder), code_of(folder)
    lose(folder)
    if without_latest:
        (folder / "latest.sqlite3").unlink()
    assert recover(folder / NAME, NOW)
    assert users_of(folder) == users
    assert code_of(folder) == code


def test_one_removed_and_added_again_under_the_same_name_has_the_new_password(folder: Path) -> None:
    change(folder, REVOCATIONS["removed"])
    change(folder, lambda db: add_user(db, "Leaver", "a new one", may_edit=False))
    lose(folder)
    (folder / "latest.sqlite3").unlink()
    recover(folder / NAME, NOW)
    assert users_of(folder)["Leaver"] == ("a new one", False)
    assert "leaver" not in users_of(folder)


def test_it_stays_so_through_a_wheel_of_recoveries(folder: Path) -> None:
    change(folder, REVOCATIONS["removed"])
    change(folder, REVOCATIONS["code replaced"])
    for _ in range(3):
        lose(folder)
        (folder / "latest.sqlite3").unlink(missing_ok=True)
        assert recover(folder / NAME, NOW)
        assert "leaver" not in users_of(folder)
        assert code_of(folder) == "another code"


def change_a_name(path: Path) -> None:
    path.write_text(path.read_text().replace("viewer", "leaver"))


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("rubbish"), change_a_name])
def test_without_the_record_nobody_gets_in_until_the_command_line_says_who(
    folder: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(folder / IN_FORCE)
    lose(folder)
    told = recover(folder / NAME, NOW)
    assert told
    assert told.locked_out == ("leaver", "somebody", "viewer")
    assert not told.code_holds
    assert {hashed for hashed, _ in users_of(folder).values()} == {""}
    said = " ".join(map(str, told.sentences(str)))
    assert "set a new one with “user password”" in said
    assert "set one with “set-code”" in said


@pytest.mark.parametrize("typed", ["", "x"])
def test_no_password_fits_where_none_holds(typed: str) -> None:
    hasher = Hasher("scrypt:512:8:1")
    assert not hasher.matches(typed, None)
    assert not hasher.matches(typed, "")


@pytest.mark.parametrize("revoke", REVOCATIONS.values(), ids=REVOCATIONS)
def test_a_crash_before_or_after_the_commit_lets_nothing_in_that_was_revoked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, revoke: Change
) -> None:
    """The commit is on disk, but neither copy nor record could follow it."""
    monkeypatch.setattr(Database, "keep_copy", lambda _self: None)
    before, code = users_of(folder), code_of(folder)
    change(folder, revoke)
    after, new_code = users_of(folder), code_of(folder)
    lose(folder)
    told = recover(folder / NAME, NOW)
    assert told
    assert told.missing == 1
    for name, (hashed, may_edit) in users_of(folder).items():
        assert hashed in {"", after[name][0]}
        assert hashed in {"", before[name][0]}
        assert may_edit <= after[name][1]
    assert code_of(folder) in ({code} if code == new_code else {""})


def remove_and_fail(database: Database) -> None:
    """Get as far as the commit, which fails."""
    with database.changing() as db:
        remove_user(db, get_user(db, "leaver"))
        database._before_it_takes_force(db)
        raise RuntimeError


def test_a_change_that_never_took_force_changes_nothing_while_the_database_is_good(folder: Path) -> None:
    before = users_of(folder)
    database = Database(folder / NAME)
    with pytest.raises(RuntimeError):
        remove_and_fail(database)
    assert users_of(folder) == before
    with database.writing() as db:
        db.execute("DELETE FROM attempt")
    record = read_in_force(folder)
    assert record
    assert "leaver" in record.users, "the next write makes the record good"
    database.close()


def test_without_room_for_the_record_nothing_is_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_folder: Path, _record: object) -> None:
        raise OSError(28, "No space left on device")

    before = users_of(folder)
    monkeypatch.setattr(database_module, "write_in_force", full)
    with pytest.raises(UnavailableError, match="Nothing was saved: what a recovery needs could not be written"):
        change(folder, REVOCATIONS["removed"])
    assert users_of(folder) == before


def test_a_copy_that_fails_after_the_commit_is_logged_and_made_good(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    database = Database(folder / NAME)
    with monkeypatch.context() as patched:
        patched.setattr(database_module, "copy_latest", full)
        for minutes in (20, 21):
            with database.writing() as db:
                db.execute("UPDATE interval SET minutes = ?", (minutes,))
    assert [record.message for record in caplog.records] == [
        "The last change is saved, but could not be copied for a recovery: [Errno 28] No space left on device"
    ]
    with database.writing() as db:
        db.execute("DELETE FROM attempt")
    database.close()
    assert minutes_in(folder / "latest.sqlite3") == 21


def minutes_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT minutes FROM interval").fetchone()[0])


def test_what_only_notes_something_makes_no_copy(folder: Path) -> None:
    before = (folder / "latest.sqlite3").stat().st_ino
    with closing(Database(folder / NAME)) as database:
        for statement in (
            "INSERT INTO attempt VALUES ('code', 'x', 1)",
            "INSERT INTO contact (sync_id) VALUES (5)",
            "UPDATE request SET asking = 1",
            "UPDATE installation SET counter = counter + 1",
        ):
            with database.writing() as db:
                db.execute(statement)
    assert (folder / "latest.sqlite3").stat().st_ino == before


def test_each_table_is_either_kept_or_only_notes_something(folder: Path) -> None:
    """A new table must be put on one of the two sides."""
    notes = {
        *("removed_partner", "signed_in", "attempt", "installation", "contact", "rival", "request"),
        *("recovery", "last_change", "known_place", "refused_contact", "refused_login"),
    }
    with closing(sqlite3.connect(folder / NAME)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        assert {name for (name,) in rows} == notes | set(KEPT)


def test_the_copy_says_after_which_change_it_is_and_what_is_missing(folder: Path) -> None:
    change(folder, lambda db: db.execute("UPDATE interval SET minutes = 99"))
    lose(folder)
    (folder / "latest.sqlite3").unlink()
    told = recover(folder / NAME, NOW)
    assert told
    assert (told.after, told.missing, told.missing_what) == (("user",), 1, ("interval",))
    said = " ".join(map(str, told.sentences(lambda moment: f"{moment:%Y-%m-%d}")))
    assert "The last change in that is of the users, made on 20" in said
    assert "One change is missing, of the interval on 20" in said


def test_a_database_that_fell_back_is_put_aside_for_its_newer_copy(folder: Path) -> None:
    """As when the log beside it was lost, with what only stood in there."""
    older = (folder / NAME).read_bytes()
    change(folder, REVOCATIONS["removed"])
    (folder / NAME).write_bytes(older)
    assert recover(folder / NAME, NOW)
    assert "leaver" not in users_of(folder)


def test_a_copy_put_back_on_purpose_brings_its_users_back_and_says_so(folder: Path, tmp_path: Path) -> None:
    back_up_database(folder / NAME, tmp_path / "backup")
    for revoke in REVOCATIONS.values():
        change(folder, revoke)
        if revoke is REVOCATIONS["removed"]:
            change(folder, lambda db: add_user(db, "leaver", "other", may_edit=True))
    restored = restore(folder / NAME, tmp_path / "backup")
    assert restored.back_again == ("leaver",)
    assert restored.old_code
    assert users_of(folder)["leaver"] == ("of the leaver", True)
    assert recover(folder / NAME, NOW) is None, "it counts as newer than every copy of before"
    lose(folder)
    recover(folder / NAME, NOW)
    assert users_of(folder)["leaver"] == ("of the leaver", True)


def test_what_holds_before_and_after_is_no_more_than_either(folder: Path) -> None:
    with closing(Database(folder / NAME)) as database:
        with database.reading() as db:
            before = load_in_force(db)
        with database.writing() as db:
            set_may_edit(db, get_user(db, "viewer"), may_edit=True)
            assert find_user(db, "leaver")
            remove_user(db, get_user(db, "leaver"))
            add_user(db, "new", "new", may_edit=True)
            both = in_both(before, load_in_force(db))
    assert both.users.keys() == {"somebody", "viewer"}
    assert not both.users["viewer"].may_edit
