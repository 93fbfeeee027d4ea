"""No acknowledged change is lost, and nothing is torn, wherever the power fails.

The server's real writes and syncs are recorded while somebody changes settings; from them the states in
which a power cut may leave the disk are put together, and each is opened. SYNC_PANEL_CRASHES says how many.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from caller import unlocked_editor_at
from faults.crashes import Crash, crashes
from faults.recording import STRACE, Acknowledged, Event, record
from panels import CANARY, CHEAP, settings_for

from sync_panel.set_up import DATABASE_FILE, set_up

CRASHES = int(os.environ.get("SYNC_PANEL_CRASHES", "300"))
CHANGES = 24
BEFORE_CHANGES = 2  # answers that acknowledge no change of ours: the sign-in and the unlock

pytestmark = pytest.mark.skipif(STRACE is None and "SYNC_PANEL_DEMAND_BROWSER" not in os.environ, reason="no strace")


@dataclass(frozen=True)
class Recording:
    """What happened, and the two files as they were before."""

    events: list[Event]
    before: dict[str, bytes]


def changes_through(port: int) -> None:
    """Change the settings again and again, so that each state of them is told by its numbers."""
    editor = unlocked_editor_at(port)
    for number in range(1, CHANGES + 1):
        if number % 6 == 0:  # with a new password the log is emptied into the database
            password = {"password": f"{CANARY}{number}"}
            name = f"Name {number}"
            answer = editor.save_parameters(sync_id=1, name=name, store="Store", user_name="sync", **password)
        else:
            version = editor.version_of("interval")
            answer = editor.post("/preferences/synchronisation/interval", {"minutes": number, "version": version})
        assert answer.status == 303


def recording(tmp_path: Path, synchronous: str) -> Recording:
    """Record the changes on a new data folder."""
    data = tmp_path / "data"
    set_up(settings_for(data), CHEAP, lambda _first: None)
    database = data / DATABASE_FILE
    before = {str(database): database.read_bytes(), f"{database}-wal": b""}
    return Recording(record(data, tmp_path / "trace", changes_through, synchronous), before)


def faults_of(recorded: Recording, folder: Path, count: int) -> Iterator[str]:
    """Yield what is wrong after power cuts."""
    for number, crash in enumerate(crashes(recorded.events, recorded.before, count, seed=7)):
        if fault := fault_of(crash, folder / f"{number}.sqlite3"):
            yield fault


def fault_of(crash: Crash, path: Path) -> str | None:
    """Open what a power cut left, and return what is wrong with it."""
    (database,) = (name for name in crash.files if name.endswith(DATABASE_FILE))
    path.write_bytes(crash.files[database])
    Path(f"{path}-wal").write_bytes(crash.files.get(f"{database}-wal", b""))
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            (minutes,) = connection.execute("SELECT minutes FROM interval").fetchone()
            (name,) = connection.execute("SELECT name FROM site").fetchone()
    except sqlite3.DatabaseError as error:
        return f"cannot be used: {error}"
    finally:
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            file.unlink(missing_ok=True)
    acknowledged = max(0, crash.acknowledged - BEFORE_CHANGES)
    if found != "ok":
        return f"is damaged: {found}"
    if (minutes, name) not in {state_after(acknowledged), state_after(acknowledged + 1)}:
        return f"holds {minutes}, {name} after {acknowledged} acknowledged changes"
    return None


def state_after(changes: int) -> tuple[int, str | None]:
    """Return the interval and the name that so many changes lead to."""
    minutes = max((number for number in range(1, changes + 1) if number % 6), default=15)
    names = [number for number in range(1, changes + 1) if number % 6 == 0]
    return minutes, f"Name {names[-1]}" if names else None


def test_no_power_cut_loses_or_tears_what_was_acknowledged(tmp_path: Path) -> None:
    recorded = recording(tmp_path, "FULL")
    assert sum(isinstance(event, Acknowledged) for event in recorded.events) == CHANGES + BEFORE_CHANGES
    faults = list(faults_of(recorded, tmp_path, CRASHES))
    assert not faults, f"{len(faults)} of {CRASHES}: {faults[0]}"


def test_this_gate_finds_what_a_weaker_setting_loses(tmp_path: Path) -> None:
    """Without a sync at each commit the same power cuts lose changes that somebody was told are saved."""
    assert next(faults_of(recording(tmp_path, "NORMAL"), tmp_path, 300), None)
