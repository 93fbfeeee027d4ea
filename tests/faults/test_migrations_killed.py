"""A migration that is killed at any of its statements leaves the old version or the new one, whole."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from processes import CHECKOUT

from sync_panel.store.database import connect
from sync_panel.store.schema import migrations, statements

# Bring databases to a version, each in a process of its own that dies after so many statements of the last step.
DIE = """
import os, sqlite3, sys
from sync_panel.store import schema
# prelude
folder, version, lasts = sys.argv[1], int(sys.argv[2]), map(int, sys.argv[3:])

def bring(last):
    connection = sqlite3.connect(f"{folder}/{last}", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    seen = []
    def trace(statement):
        seen.append(statement)
        if len(seen) > last:
            os.kill(os.getpid(), 9)
    for number, text in schema.migrations()[:version]:
        if number == version:
            connection.set_trace_callback(trace)
        schema.apply_step(connection, number, text)

for last in lasts:
    if not (child := os.fork()):
        bring(last)
        os._exit(0)
    os.waitpid(child, 0)
"""
NEVER = 10**6


def schema_of(path: Path) -> tuple[int, set[str]]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        return version, {row[0] for row in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}


def bring(folder: Path, version: int, *lasts: int, prelude: str = "") -> None:
    """Bring the databases that are named by their last statement to a version, or die on the way."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", DIE.replace("# prelude", prelude), str(folder), str(version), *map(str, lasts)]
    subprocess.run(command, cwd=CHECKOUT, check=True)


@pytest.mark.parametrize(("number", "text"), migrations(), ids=[str(number) for number, _ in migrations()])
def test_a_kill_leaves_the_old_version_or_the_new_one(tmp_path: Path, number: int, text: str) -> None:
    lasts = range(len(statements(text)) + 4)  # BEGIN, the version read and written, COMMIT
    bring(tmp_path / "killed", number, *lasts)
    bring(tmp_path / "after", number, NEVER)
    after, before = schema_of(tmp_path / "after" / str(NEVER)), (0, set[str]())
    if number > 1:
        bring(tmp_path / "before", number - 1, NEVER)
        before = schema_of(tmp_path / "before" / str(NEVER))
    found = [schema_of(tmp_path / "killed" / str(last)) for last in lasts]
    assert all(schema in (before, after) for schema in found)
    assert before in found, "some were killed in time"
    for last in lasts:
        with closing(connect(tmp_path / "killed" / str(last), busy_seconds=1.0)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone()[0] == migrations()[-1][0]
