"""A data folder that cannot be used, or is damaged, is one plain line on the terminal, never a traceback."""

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from caller import Caller
from cli.conftest import Serve
from processes import app, plain_line, refusal

DATABASE = "sync_panel.sqlite3"
SERVE, SHOW = ("--listen", "127.0.0.1:0"), ("show",)
COMMANDS = pytest.mark.parametrize("command", [SERVE, SHOW], ids=["serve", "show"])
PAGE_SIZE = 4096  # bytes; SQLite's own
# Root is let through every door: it is asked to leave that privilege behind.
WITHOUT_PRIVILEGE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def scribble(path: Path, start: int, end: int | None = None) -> None:
    """Overwrite a part of a file with noise."""
    content = path.read_bytes()
    end = len(content) if end is None else end
    path.write_bytes(content[:start] + hashlib.shake_256(b"noise").digest(end - start) + content[end:])


@COMMANDS
def test_a_newer_database_is_refused_and_left_alone(data: Path, command: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as db:
        db.execute("PRAGMA user_version = 9999")
    before = (data / DATABASE).read_bytes()
    assert "newer version of this panel" in refusal(*command, data=data)
    assert (data / DATABASE).read_bytes() == before


@COMMANDS
@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 16), (16, 24), (16, 100), (100, PAGE_SIZE), (16, None)],
    ids=["magic", "page size", "header", "schema", "all but the magic"],
)
def test_a_database_with_a_scribbled_beginning_is_refused(
    data: Path, command: tuple[str, ...], start: int, end: int | None
) -> None:
    scribble(data / DATABASE, start, end)
    assert DATABASE in refusal(*command, data=data), "the file that is damaged is named"


@COMMANDS
def test_a_database_that_was_cut_short_is_refused(data: Path, command: tuple[str, ...]) -> None:
    os.truncate(data / DATABASE, 100)
    assert DATABASE in refusal(*command, data=data)


@pytest.mark.parametrize("command", [SHOW, ("user", "list")], ids=" ".join)
def test_a_command_on_a_database_with_a_scribbled_middle_is_refused(data: Path, command: tuple[str, ...]) -> None:
    scribble(data / DATABASE, PAGE_SIZE)
    assert "is damaged. " in refusal(*command, data=data)


def page_of(path: Path, table: str) -> int:
    """Return on which page a table begins, counted from 0."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    return int(page) - 1


def test_a_database_with_a_scribbled_middle_is_answered_in_words(data: Path, serve: Serve) -> None:
    start = PAGE_SIZE * page_of(data / DATABASE, "attempt")
    scribble(data / DATABASE, start, start + PAGE_SIZE)
    answer = Caller(serve(data).port).sign_in()
    assert answer.status == 503
    assert "the database is damaged. Start the panel anew" in answer.text


def test_a_file_in_the_data_folders_place_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("I was here first.")
    for command in (SERVE, SHOW):
        assert str(file) in refusal(*command, data=file)
    assert file.read_text() == "I was here first."


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = app(*SERVE, data=tmp_path / "data", through=WITHOUT_PRIVILEGE)
    tmp_path.chmod(0o700)
    assert plain_line(done) == f"Permission denied: {tmp_path / 'data'}"


def test_an_empty_folder_that_cannot_be_written_is_refused(fresh: Path) -> None:
    fresh.mkdir(mode=0o500)
    done = app(*SERVE, data=fresh, through=WITHOUT_PRIVILEGE)
    assert plain_line(done).startswith(f"Permission denied: {fresh}")


@pytest.mark.parametrize("name", ["cookies.key", "passwords.key", DATABASE])
def test_a_file_that_cannot_be_read_is_refused(data: Path, name: str) -> None:
    (data / name).chmod(0)
    said = plain_line(app(*SERVE, data=data, through=WITHOUT_PRIVILEGE))
    assert said == f"Permission denied: {data / name}"


@COMMANDS
def test_a_data_folder_that_can_only_be_read_is_refused(data: Path, command: tuple[str, ...]) -> None:
    (data / DATABASE).chmod(0o400)
    data.chmod(0o500)
    done = app(*command, data=data, through=WITHOUT_PRIVILEGE)
    data.chmod(0o700)
    plain_line(done)


@pytest.mark.parametrize("text", ["", "not a key at all"], ids=["emptied", "overwritten"])
@pytest.mark.parametrize("name", ["cookies.key", "passwords.key"])
def test_a_key_that_is_none_is_refused(data: Path, name: str, text: str) -> None:
    (data / name).write_text(text)
    assert str(data / name) in refusal(*SERVE, data=data)
