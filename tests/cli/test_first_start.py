"""Scenario a: the first start prints the password and the code once, to the terminal only."""

import os
import signal
from pathlib import Path

import pytest
from caller import Caller
from cli.conftest import Serve
from panels import ADMIN, ADMIN_PASSWORD, CODE
from processes import READY, Server

GIVEN = {"SYNC_PANEL_ADMIN_PASSWORD": ADMIN_PASSWORD, "SYNC_PANEL_AUTHORISATION_CODE": CODE}


def secrets_of(server: Server) -> tuple[str, str]:
    """Return the password and the code that a first start printed."""
    said = dict(line.split(": ", 1) for line in server.greeting if ": " in line)
    return said["Password"], said["Authorisation code"]


def test_the_first_start_prints_a_password_and_a_code_that_work(fresh: Path, serve: Serve) -> None:
    server = serve(fresh)
    password, code = secrets_of(server)
    caller = Caller(server.port)
    assert "First user: admin" in server.greeting
    assert caller.sign_in(ADMIN, password).status == 303
    assert caller.unlock(code).status == 303
    assert caller.is_unlocked


def test_the_password_and_the_code_are_on_the_terminal_only(fresh: Path, serve: Serve) -> None:
    server = serve(fresh)
    secrets = secrets_of(server)
    assert server.errors.read_text() == ""
    for path in fresh.rglob("*"):
        assert not [secret for secret in secrets if secret.encode() in path.read_bytes()], path


def test_the_second_start_prints_neither(fresh: Path, serve: Serve) -> None:
    first = serve(fresh)
    password, code = secrets_of(first)
    first.stop()
    second = serve(fresh)
    assert [line.startswith(READY) for line in second.greeting] == [True]
    assert Caller(second.port).sign_in(ADMIN, password).status == 303
    assert not [secret for secret in (password, code) if secret in second.stop()]


def test_each_first_start_makes_secrets_of_its_own(tmp_path: Path, serve: Serve) -> None:
    (one_password, one_code), (other_password, other_code) = (secrets_of(serve(tmp_path / name)) for name in "ab")
    assert one_password != other_password
    assert one_code != other_code


def test_both_from_the_environment_are_used_and_not_printed(fresh: Path, serve: Serve) -> None:
    server = serve(fresh, **GIVEN)
    caller = Caller(server.port)
    assert len(server.greeting) == 1
    assert caller.sign_in(ADMIN, ADMIN_PASSWORD).status == 303
    assert caller.unlock(CODE).status == 303
    assert not [secret for secret in GIVEN.values() if secret in server.stop()]


@pytest.mark.parametrize(
    ("name", "told", "kept"),
    [
        ("SYNC_PANEL_ADMIN_PASSWORD", "Authorisation code: ", "Password: "),
        ("SYNC_PANEL_AUTHORISATION_CODE", "Password: ", "Authorisation code: "),
    ],
)
def test_one_from_the_environment_leaves_the_other_to_be_told(
    fresh: Path, serve: Serve, name: str, told: str, kept: str
) -> None:
    server = serve(fresh, **{name: GIVEN[name]})
    assert [line for line in server.greeting if line.startswith(told)]
    assert not [line for line in server.greeting if line.startswith(kept)]


def test_the_environment_of_a_later_start_changes_nothing(data: Path, serve: Serve) -> None:
    server = serve(
        data, SYNC_PANEL_ADMIN_PASSWORD="another password", SYNC_PANEL_AUTHORISATION_CODE="ANOTHER-CODE-2026-A"
    )
    assert Caller(server.port).sign_in(ADMIN, "another password").status == 422
    assert Caller(server.port).sign_in().status == 303


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_ends_without_a_word(data: Path, serve: Serve, how: signal.Signals) -> None:
    server = serve(data)
    Caller(server.port).get()
    os.kill(server.process.pid, how)
    assert server.process.wait(60) == 0
    assert server.errors.read_text() == ""
