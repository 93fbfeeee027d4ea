"""A power cut at any moment, and then a damaged database: no more than the one change is lost, revocations hold.

The commands that change users, passwords and the code are recorded under strace. Each state in which a power cut may
leave the data folder is read once as it is, to see what had taken force; then the database is scribbled over and
recovered.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from faults.crashes import Crash, crashes
from faults.recording import STRACE, Acknowledged, Event, record_program
from panels import CHEAP, settings_for

from sync_panel.set_up import DATABASE_FILE, set_up
from sync_panel.store.database import Database
from sync_panel.store.in_force import NONE
from sync_panel.store.recovery import recover

pytestmark = pytest.mark.skipif(STRACE is None and "SYNC_PANEL_DEMAND_BROWSER" not in os.environ, reason="no strace")
CRASHES = int(os.environ.get("SYNC_PANEL_CRASHES", "300")) // 2  # each takes as long as two of the other gate
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)

# What is done: commands, with what is typed; after each the state is told.
STEPS = """
import io, json, sqlite3, sys
from sync_panel import cli
from sync_panel.guard.keys import Hasher
from sync_panel.set_up import DATABASE_FILE
from sync_panel.settings import Settings
from sync_panel.store import database
from sync_panel.store.database import Database
# prelude
cli.Hasher = lambda: Hasher("scrypt:512:8:1")
path = Settings.from_environment().data / DATABASE_FILE
steps = [
    ("user", "add", "leaver", "--edit"), 20, ("user", "password", "leaver"), ("set-code",),
    ("user", "remove", "leaver"), 21,
    ("user", "add", "leaver"), ("user", "allow-edit", "leaver"), ("user", "allow-edit", "leaver", "no"), 22,
    ("set-code",), ("user", "password", "admin"), ("user", "remove", "leaver"), 23,
]
for number, step in enumerate(steps):
    if isinstance(step, int):
        opened = Database(path)
        with opened.writing() as db:
            db.execute("UPDATE interval SET minutes = ?", (step,))
        opened.close()
    else:
        sys.stdin = io.TextIOWrapper(io.BytesIO(b"A SECRET OF THIS STEP %d\\n" % number))
        assert cli.main(step) == 0
    sys.stdout.flush()
    with sqlite3.connect(path) as connection:
        ((minutes, code),) = connection.execute("SELECT minutes, code_hash FROM interval, authorisation")
        rows = connection.execute("SELECT name, password_hash, may_edit FROM user").fetchall()
    connection.close()
    print("ACK" + json.dumps([minutes, code, {name: list(rest) for name, *rest in rows}]), flush=True)
"""

# What makes it hold, taken away.
WITHOUT = {
    "what holds before and after": "database.in_both = lambda before, after: before",
    "the copy after the change": "database.copy_latest = lambda path: None",
    "the record's sync": "from sync_panel.store import in_force; in_force.write_private = lambda path, text:"
    " path.write_text(text)",
}


@dataclass(frozen=True)
class State:
    """What a database holds that a recovery must keep, or must not bring back."""

    minutes: int
    code: str
    users: dict[str, tuple[str, bool]]


@dataclass(frozen=True)
class Recording:
    """What happened, the files as they were before, and the state before the first change and after each."""

    events: list[Event]
    before: dict[str, bytes]
    states: list[State]

    def count_of_acknowledged(self) -> int:
        return sum(isinstance(event, Acknowledged) for event in self.events)


def state_of(path: Path) -> State:
    with closing(sqlite3.connect(path)) as connection:
        ((minutes, code),) = connection.execute("SELECT minutes, code_hash FROM interval, authorisation").fetchall()
        users = connection.execute("SELECT name, password_hash, may_edit FROM user").fetchall()
    return State(minutes, code, {name: (hashed, bool(may_edit)) for name, hashed, may_edit in users})


def state_from(told: str) -> State:
    minutes, code, users = json.loads(told)
    return State(minutes, code, {name: (hashed, bool(may_edit)) for name, (hashed, may_edit) in users.items()})


def recording(tmp_path: Path, prelude: str = "") -> Recording:
    """Record the steps on a new data folder, as a start leaves it."""
    data = tmp_path / "data"
    set_up(settings_for(data), CHEAP, lambda _first: None)
    with closing(Database(data / DATABASE_FILE)) as database:
        database.keep_copy()
    first = state_of(data / DATABASE_FILE)
    before = {str(path): path.read_bytes() for path in data.iterdir() if path.is_file()}
    events, said = record_program(data, tmp_path / "trace", STEPS.replace("# prelude", prelude))
    return Recording(events, before, [first, *map(state_from, said)])


def faults_of(recorded: Recording, folder: Path, count: int) -> Iterator[str]:
    """Yield what is wrong after a power cut and damage."""
    for number, crash in enumerate(crashes(recorded.events, recorded.before, count, seed=11)):
        left = folder / f"left-{number}"
        put_down(crash, next(iter(recorded.before)), left)
        if fault := fault_of(left, crash, recorded.states):
            yield f"{fault} (state {number}, after {crash.acknowledged} acknowledged changes)"
        shutil.rmtree(left)


def put_down(crash: Crash, one: str, folder: Path) -> None:
    """Make a folder of what a power cut left."""
    folder.mkdir(mode=0o700)
    for name, content in crash.files.items():
        path = folder / Path(name).relative_to(Path(one).parent)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(content)


def fault_of(folder: Path, crash: Crash, states: list[State]) -> str | None:
    """Scribble over the database, recover it, and return what is wrong then."""
    path, acknowledged = folder / DATABASE_FILE, states[crash.acknowledged]
    in_force = state_of(path)
    if in_force not in states[crash.acknowledged : crash.acknowledged + 2]:
        return "the database itself lost something"
    path.write_bytes(b"scribbled" * 4000)
    if not recover(path, NOW):
        return "nothing was there to recover from"
    found, around = state_of(path), states[crash.acknowledged : crash.acknowledged + 2]
    if found.minutes not in {acknowledged.minutes, in_force.minutes}:
        return f"an interval of {found.minutes} is older than the last change"
    return brought_back(found, in_force) or lost_of(found, around)


def brought_back(found: State, in_force: State) -> str | None:
    """Return what holds again though it was revoked when the power failed."""
    if found.code not in {NONE, in_force.code}:
        return "a code holds that was replaced"
    for name, (hashed, may_edit) in found.users.items():
        now_hashed, now_may_edit = in_force.users.get(name, (NONE, False))
        if hashed not in {NONE, now_hashed}:
            return f"a password of {name} holds that was replaced, or its user removed"
        if hashed != NONE and may_edit > now_may_edit:
            return f"{name} may edit again"
    return None


def lost_of(found: State, around: list[State]) -> str | None:
    """Return what is lost though the change that was under way did not touch it."""
    for name, login in around[0].users.items():
        if all(state.users.get(name) == login for state in around) and found.users.get(name) != login:
            return f"{name} is locked out"
    if all(state.code == around[0].code for state in around) and found.code != around[0].code:
        return "the code is lost"
    return None


def test_a_recovery_loses_no_more_than_one_change_and_brings_back_nothing_revoked(tmp_path: Path) -> None:
    recorded = recording(tmp_path)
    assert len(recorded.states) == 1 + recorded.count_of_acknowledged() > 10
    faults = list(faults_of(recorded, tmp_path, CRASHES))
    assert not faults, f"{len(faults)} of {CRASHES}: {faults[0]}"


@pytest.mark.parametrize("prelude", WITHOUT.values(), ids=WITHOUT)
def test_this_gate_finds_what_is_lost_without_its_parts(tmp_path: Path, prelude: str) -> None:
    assert next(faults_of(recording(tmp_path, prelude), tmp_path, 300), None)
