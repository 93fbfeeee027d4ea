"""`let-in ADDRESS`: who has to wait for what others tried gets in at once, while the panel is served."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from caller import Caller
from cli.conftest import Serve
from processes import refusal, succeed


def let_everybody_wait(data: Path) -> None:
    """Leave the counts of a guesser with many addresses, who knows the password and guesses the code as well."""
    with closing(sqlite3.connect(data / "sync_panel.sqlite3")) as db, db:
        db.executemany("INSERT INTO attempt VALUES (?, ?, 50)", [("sign-in", "*"), ("code", "* 1"), ("link", "*")])


def test_an_address_is_let_in_while_the_panel_is_served(data: Path, serve: Serve) -> None:
    let_everybody_wait(data)
    person = Caller(serve(data).port)
    assert person.sign_in().status == 429
    assert "127.0.0.1" in succeed("let-in", "127.0.0.1", data=data)
    assert person.sign_in().status == 303
    assert person.unlock().status == 303


def test_another_address_goes_on_waiting(data: Path, serve: Serve) -> None:
    let_everybody_wait(data)
    person = Caller(serve(data).port)
    succeed("let-in", "127.0.0.2", data=data)
    assert person.sign_in().status == 429


@pytest.mark.parametrize("typed", ["admin", "", "10.0.0.0/8"])
def test_what_is_no_address_is_refused_in_words(data: Path, typed: str) -> None:
    assert refusal("let-in", typed, data=data) == f"“{typed}” is no address. Name one like 192.168.1.20."
