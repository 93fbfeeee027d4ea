"""`backup` and `restore` on a real data folder, and what a start does with a database that is lost."""

import shutil
from pathlib import Path

import pytest
from caller import editor_at, unlocked_editor_at
from cli.conftest import Serve
from panels import CANARY
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
def test_a_start_puts_the_newest_snapshot_in_the_place_of_a_lost_database(named: Path, serve: Serve, loss: str) -> None:
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
    assert "before" in page
    assert editor.post("/preferences/synchronisation/recovery/dismiss", {}).status == 303
    assert "The database was damaged." not in editor.get().text


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
