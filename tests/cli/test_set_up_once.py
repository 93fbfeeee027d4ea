"""Section 4: a data folder that was set up once never opens set-up again; one that was not, always can."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from caller import Caller, unlocked_editor_at
from cli.conftest import Serve
from panels import ADMIN, ADMIN_PASSWORD, CHEAP, CODE, settings_for
from processes import app, plain_line, refusal
from visitor import PARAMETERS

from sync_panel.set_up import FirstSecrets, set_up

DATABASE = "sync_panel.sqlite3"
GIVEN = {
    "SYNC_PANEL_ADMIN_PASSWORD": "let me in once again 1",
    "SYNC_PANEL_AUTHORISATION_CODE": "LET-ME-IN-ONCE-AGAIN-1",
}


def delete(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def overwrite(path: Path) -> None:
    path.write_text("This was a database once.\n" * 500)


LOSSES = [
    pytest.param(DATABASE, delete, "is missing", id="database deleted"),
    pytest.param(DATABASE, empty, "is empty", id="database emptied"),
    pytest.param(DATABASE, overwrite, "is no database of this panel", id="database overwritten"),
    pytest.param("cookies.key", delete, "is missing", id="cookie key deleted"),
    pytest.param("passwords.key", delete, "is missing", id="password key deleted"),
]


@pytest.mark.parametrize(("name", "lose", "reason"), LOSSES)
def test_what_was_lost_is_said_and_set_up_stays_closed(
    data: Path, name: str, lose: Callable[[Path], None], reason: str
) -> None:
    lose(data / name)
    left = contents(data)
    said = refusal("--listen", "127.0.0.1:0", data=data, **GIVEN)
    assert str(data / name) in said
    assert reason in said
    assert "another data folder with --data" in said, "what to do is said too"
    assert contents(data) == left, "nothing is made anew"


@pytest.mark.parametrize(("name", "lose", "reason"), LOSSES[:2] + LOSSES[-1:])
def test_every_other_command_says_the_same(data: Path, name: str, lose: Callable[[Path], None], reason: str) -> None:
    lose(data / name)
    assert reason in refusal("show", data=data)
    assert reason in refusal("set-code", data=data, typed="")


def test_a_folder_whose_marker_was_lost_is_marked_again_at_the_next_start(data: Path, serve: Serve) -> None:
    (data / "set-up").unlink()
    serve(data).stop()
    (data / DATABASE).unlink()
    (data / "latest.sqlite3").unlink()
    assert "is missing" in refusal("serve", "--listen", "127.0.0.1:0", data=data)


def test_a_folder_of_which_only_a_copy_is_left_is_not_set_up_again(data: Path, serve: Serve) -> None:
    serve(data).stop()
    (data / "set-up").unlink()
    (data / DATABASE).unlink()
    server = serve(data)
    assert "Password:" not in "\n".join(server.greeting)
    assert Caller(server.port).sign_in().status == 303


def test_a_folder_that_was_never_set_up_is_not_made_by_other_commands(fresh: Path) -> None:
    assert "was not set up yet" in refusal("show", data=fresh)
    assert not fresh.exists()


class TerminalGoneError(Exception):
    """What a set-up meets whose terminal was closed."""


def fail(_first: FirstSecrets) -> None:
    raise TerminalGoneError


def test_a_set_up_that_nobody_read_begins_again(fresh: Path, serve: Serve) -> None:
    unread: list[FirstSecrets] = []

    def tell(first: FirstSecrets) -> None:
        unread.append(first)
        raise TerminalGoneError

    with pytest.raises(TerminalGoneError):
        set_up(replace(settings_for(fresh), admin_password="", authorisation_code=""), CHEAP, tell)
    server = serve(fresh)
    assert [line.split(":")[0] for line in server.greeting[:3]] == ["First user", "Password", "Authorisation code"]
    assert unread[0].password
    assert Caller(server.port).sign_in(ADMIN, unread[0].password).status == 422


def test_a_set_up_whose_terminal_is_full_is_refused_and_begins_again(fresh: Path) -> None:
    for _ in range(2):
        done = app("--listen", "127.0.0.1:0", data=fresh, onto="/dev/full", PYTHONUNBUFFERED="")
        assert "No space left" in plain_line(done)
        assert not (fresh / DATABASE).exists()
        assert not (fresh / "set-up").exists()


def test_two_broken_set_ups_leave_a_folder_that_works(fresh: Path, serve: Serve) -> None:
    for _ in range(2):
        with pytest.raises(TerminalGoneError):
            set_up(settings_for(fresh), CHEAP, fail)
    set_up(settings_for(fresh), CHEAP, lambda _first: None)
    caller = Caller(serve(fresh).port)
    assert caller.sign_in(ADMIN, ADMIN_PASSWORD).status == 303
    assert caller.unlock(CODE).status == 303


def test_only_the_owner_may_read_the_data_folder_while_it_is_served(fresh: Path, serve: Serve) -> None:
    """Proved under the most permissive umask, which a service may well have."""
    server = serve(fresh, umask=0, **GIVEN)
    editor = unlocked_editor_at(server.port, GIVEN["SYNC_PANEL_ADMIN_PASSWORD"], GIVEN["SYNC_PANEL_AUTHORISATION_CODE"])
    assert editor.save_parameters(**PARAMETERS).status == 303
    files = {path.name: mode_of(path) for path in filter(Path.is_file, fresh.rglob("*"))}
    folders = [fresh, *filter(Path.is_dir, fresh.rglob("*"))]
    assert {path.name: oct(mode_of(path)) for path in folders if mode_of(path) != 0o700} == {}
    assert {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "cookies.key", "passwords.key"} <= set(files)
    assert {name: oct(mode) for name, mode in files.items() if mode != 0o600} == {}


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in filter(Path.is_file, folder.iterdir())}
