"""`backup` and `restore` on a real data folder, and what a start does with a database that is lost."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from caller import Caller, editor_at, unlocked_editor_at
from cli.conftest import Serve
from panels import CANARY, CODE
from processes import refusal, succeed

from sync_panel.guard.keys import new_key

DATABASE = "sync_panel.sqlite3"
FIELDS = {"sync_id": 1, "store": "Store", "user_name": "sync", "password": CANARY}


@pytest.fixture
def named(data: Path, serve: Serve) -> Path:
    """Return a data folder that was named "before" and then "after"."""
    server = serve(data)
    editor = unlocked_editor_at(server.port)
    for name in ("before", "after"):
        assert editor.save_parameters(name=name, **FIELDS).status == 303
    server.stop()
    return data


def name_of(folder: Path) -> str:
    return succeed("show", data=folder).split("name: ")[1].splitlines()[0]


def test_a_backup_made_while_the_panel_runs_is_put_back(data: Path, serve: Serve, tmp_path: Path) -> None:
    server = serve(data)
    editor = unlocked_editor_at(server.port)
    editor.save_parameters(name="first", **FIELDS)
    said = succeed("backup", str(tmp_path / "copy"), data=data)
    assert "Keep the two keys" in said
    editor.save_parameters(name="second", **FIELDS)
    assert "everybody is signed out" in succeed("restore", str(tmp_path / "copy"), data=data)
    assert name_of(data) == "first"
    assert not editor.is_signed_in
    assert "first" in editor_at(server.port).get().text, "the server that runs goes on with it"


def test_a_backup_is_private_holds_no_password_and_replaces_no_file(named: Path, tmp_path: Path) -> None:
    succeed("backup", str(tmp_path / "copy"), data=named)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    assert CANARY.encode() not in (tmp_path / "copy").read_bytes()
    assert "exists already" in refusal("backup", str(tmp_path / "copy"), data=named)


def test_no_byte_of_the_data_folder_holds_the_password(named: Path) -> None:
    files = [path for path in named.rglob("*") if path.is_file()]
    assert any(path.parent.name == "snapshots" for path in files)
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


@pytest.mark.parametrize("content", [b"", b"rubbish", b"SQLite format 3\0" + b"\xa5" * 8192])
def test_what_is_no_copy_is_refused_and_changes_nothing(named: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy").write_bytes(content)
    assert "backup" in refusal("restore", str(tmp_path / "copy"), data=named)
    assert "backup" in refusal("restore", str(tmp_path / "missing"), data=named)
    assert name_of(named) == "after"


@pytest.mark.parametrize("loss", ["emptied", "scribbled", "gone"])
def test_a_start_puts_the_copy_of_the_last_change_in_the_place_of_a_lost_database(
    named: Path, serve: Serve, loss: str
) -> None:
    database = named / DATABASE
    if loss == "gone":
        database.unlink()
    else:
        database.write_bytes(b"" if loss == "emptied" else database.read_bytes()[:4096] + b"\xa5" * 60000)
    server = serve(named)
    assert "Password:" not in "\n".join(server.greeting), "it is no first start"
    editor = editor_at(server.port)
    page = editor.get().text
    assert "The database was damaged." in page
    assert "aside-1" in page
    assert "of the parameters" in page
    assert "No later change is missing" in page
    assert "No later change is missing" in server.errors.read_text(), "the log tells the same"
    assert name_of(named) == "after"
    assert editor.post("/preferences/synchronisation/recovery/dismiss", {}).status == 303
    assert "The database was damaged." not in editor.get().text


def test_who_left_and_the_code_of_before_stay_out_after_a_recovery(data: Path, serve: Serve) -> None:
    server = serve(data)
    succeed("user", "add", "leaver", "--edit", data=data, typed="password of the leaver\n")
    assert Caller(server.port).sign_in("leaver", "password of the leaver").status == 303
    succeed("set-code", data=data, typed="ANOTHER CODE THAN BEFORE\n")
    succeed("user", "remove", "leaver", data=data)
    editor = editor_at(server.port)
    version = editor.version_of("interval")
    assert editor.post("/preferences/synchronisation/interval", {"minutes": 77, "version": version}).status == 303
    server.kill()
    (data / DATABASE).write_bytes(b"scrambled" * 9000)
    server = serve(data)
    assert Caller(server.port).sign_in("leaver", "password of the leaver").status == 422
    editor = editor_at(server.port)
    assert editor.unlock(CODE).status == 422
    assert editor.unlock("ANOTHER CODE THAN BEFORE").status == 303
    page = editor.get().text
    assert 'value="77"' in page
    assert "The last change in that is of the interval" in page
    assert "No later change is missing" in page


def test_a_copy_put_back_on_purpose_says_who_is_back(data: Path, tmp_path: Path) -> None:
    succeed("user", "add", "leaver", data=data, typed="password of the leaver\n")
    succeed("backup", str(tmp_path / "copy"), data=data)
    succeed("user", "remove", "leaver", data=data)
    succeed("set-code", data=data, typed="ANOTHER CODE THAN BEFORE\n")
    said = succeed("restore", str(tmp_path / "copy"), data=data)
    assert "are again as in the copy: leaver. See: user list" in said
    assert "The authorisation code is that of the copy." in said
    assert "leaver" in succeed("user", "list", data=data)


def test_a_backup_leaves_an_unrelated_file_alone(data: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.new").write_text("mine")
    succeed("backup", str(tmp_path / "copy"), data=data)
    assert (tmp_path / "copy.new").read_text() == "mine"


def test_a_backup_does_not_follow_a_link_that_leads_nowhere(data: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").symlink_to(tmp_path / "nowhere")
    assert "exists already" in refusal("backup", str(tmp_path / "copy"), data=data)


def test_the_last_editor_can_be_made_by_the_command_line(data: Path) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        connection.execute("UPDATE user SET may_edit = 0")
        connection.commit()
    assert "Add one with: user add NAME --edit" in refusal("--listen", "127.0.0.1:0", data=data)
    succeed("user", "allow-edit", "admin", data=data)
    succeed("show", data=data)


def test_without_snapshots_a_lost_database_stays_lost_and_is_told(data: Path) -> None:
    (data / DATABASE).write_bytes(b"")
    assert "is empty" in refusal("--listen", "127.0.0.1:0", data=data)


def test_restoring_into_a_folder_that_lost_everything_but_its_keys(named: Path, tmp_path: Path) -> None:
    succeed("backup", str(tmp_path / "copy"), data=named)
    (named / DATABASE).unlink()
    shutil.rmtree(named / "snapshots")
    succeed("restore", str(tmp_path / "copy"), data=named)
    assert name_of(named) == "after"


def test_a_backup_needs_a_folder_that_is_there(named: Path, tmp_path: Path) -> None:
    told = refusal("backup", str(tmp_path / "none" / "copy"), data=named)
    assert told.endswith(f"There is no folder {tmp_path / 'none'}. Make it first, or name a file elsewhere.")


def test_a_password_that_the_keys_here_do_not_open_is_told(named: Path, tmp_path: Path) -> None:
    succeed("backup", str(tmp_path / "copy"), data=named)
    (named / "passwords.key").write_text(new_key(), "ascii")
    told = succeed("restore", str(tmp_path / "copy"), data=named)
    assert "The password was sealed with another key. Put the right key back, or enter the password anew." in told
