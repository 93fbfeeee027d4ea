"""Scenario m: everything survives a restart, and the process may be killed at any time. Scenario g: so does a wait."""

import sqlite3
import threading
from contextlib import closing
from http.client import HTTPException
from pathlib import Path

import pytest
from caller import Caller, editor_at, unlocked_editor_at
from cli.conftest import Serve
from panels import CODE
from processes import succeed
from visitor import PAGE, PARAMETERS

PARTNER = {"sync_id": 2, "name": "Clinic", "store": "Dispensary", "url": "https://clinic.example.org", "version": 0}
ROUNDS = 3
ENOUGH = 15  # acknowledged saves before the process is killed
MOST = 5000  # saves that are tried at all


def test_settings_partners_and_the_sign_in_survive_a_restart(data: Path, serve: Serve) -> None:
    first = serve(data)
    editor = unlocked_editor_at(first.port)
    assert editor.save_parameters(**PARAMETERS).status == 303
    assert editor.post(f"{PAGE}/partners/add", PARTNER).status == 303
    assert editor.post(f"{PAGE}/interval", {"minutes": 77, "version": editor.version_of("interval")}).status == 303
    first.stop()
    page = editor.on(serve(data).port).get()
    assert page.status == 200, "the browser is still signed in"
    assert [text for text in (*PARAMETERS.values(), "Clinic", 'value="77"') if text not in page.text] == [
        PARAMETERS["password"]
    ]


def test_wrong_codes_throttle_after_a_restart_too(data: Path, serve: Serve) -> None:
    first = serve(data)
    editor = editor_at(first.port)
    statuses = [editor.unlock("NOT-THE-CODE").status for _ in range(10)]
    assert statuses == [422] * 5 + [429] * 5
    first.stop()
    later = editor.on(serve(data).port)
    assert later.unlock(CODE).status == 429
    assert not later.is_unlocked


def test_failed_sign_ins_throttle_after_a_restart_too(data: Path, serve: Serve) -> None:
    first = serve(data)
    guesser = Caller(first.port)
    assert [guesser.sign_in("admin", "guess").status for _ in range(6)] == [422] * 5 + [429]
    first.stop()
    assert Caller(serve(data).port).sign_in().status == 429


def test_a_browser_that_signed_in_is_known_after_a_restart_too(data: Path, serve: Serve) -> None:
    first = serve(data)
    editor = editor_at(first.port)
    editor.post("/sign-out", {})
    editor.token = ""
    guesser = Caller(first.port)
    assert [guesser.sign_in("admin", "guess").status for _ in range(6)] == [422] * 5 + [429]
    first.stop()
    port = serve(data).port
    assert Caller(port).sign_in("admin", "guess").status == 429
    assert editor.on(port).sign_in().status == 303


class Saver(threading.Thread):
    """Somebody who saves a new interval again and again, until the server is gone."""

    def __init__(self, editor: Caller) -> None:
        super().__init__()
        self.editor, self.version = editor, editor.version_of("interval")
        self.tried = self.acknowledged = 0
        self.enough = threading.Event()

    def run(self) -> None:
        try:
            for self.tried in range(1, MOST):
                self.save()
        except (OSError, HTTPException):
            pass  # the server is gone
        finally:
            self.enough.set()

    def save(self) -> None:
        fields = {"minutes": self.tried, "version": self.version + self.acknowledged}
        assert self.editor.post(f"{PAGE}/interval", fields).status == 303
        self.acknowledged = self.tried
        if self.acknowledged == ENOUGH:
            self.enough.set()


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_killed_process_loses_no_acknowledged_save(data: Path, serve: Serve, turn: int) -> None:
    server = serve(data)
    saver = Saver(editor_at(server.port))
    saver.start()
    saver.enough.wait()
    server.kill()
    saver.join()
    assert ENOUGH <= saver.acknowledged < MOST - 1, "the server was killed amid the saves"
    serve(data)
    assert minutes_of(data) in {saver.acknowledged, saver.tried}, "one may be saved but not yet acknowledged"
    with closing(sqlite3.connect(data / "sync_panel.sqlite3")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def minutes_of(data: Path) -> int:
    """Return the interval as another process shows it."""
    (line,) = (line for line in succeed("show", data=data).splitlines() if line.startswith("interval minutes: "))
    return int(line.rpartition(" ")[2])
