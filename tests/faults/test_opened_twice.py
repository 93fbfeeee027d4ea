"""Two applications in one process, another process that reads, and a kill: what was acknowledged is there.

Whoever opens a database file by hand and closes it lets go of the locks that SQLite holds on it in the same process:
another process then takes the log away that is still written to.
"""

import subprocess
import sys
from pathlib import Path

from panels import CHEAP, settings_for
from processes import CHECKOUT, environment, succeed

from sync_panel.set_up import DATABASE_FILE, set_up

# Open a folder twice, save something whenever a line comes in, and say so.
TWICE = """
import sys
from sync_panel import create_app
first, second = create_app(), create_app()
print("open", flush=True)
for line in sys.stdin:
    with first.extensions["sync_panel"].database.writing() as db:
        db.execute("UPDATE interval SET minutes = ?", (int(line),))
    print("saved", flush=True)
"""
BY_HAND = "import os, sys; os.close(os.open(os.path.join(os.environ['SYNC_PANEL_DATA'], '{}'), os.O_RDONLY))\n"


def minutes_after_a_kill(data: Path, program: str) -> str:
    """Return the interval that is left of one that was acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env=environment(data, {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        succeed("show", data=data)
        process.stdin.write("77\n")
        process.stdin.flush()
        assert process.stdout.readline() == "saved\n"
        process.kill()
    return succeed("show", data=data).split("interval minutes: ")[1].splitlines()[0]


def test_what_was_acknowledged_survives(tmp_path: Path) -> None:
    set_up(settings_for(tmp_path / "data"), CHEAP, lambda _first: None)
    assert minutes_after_a_kill(tmp_path / "data", TWICE) == "77"


def test_this_test_finds_a_file_that_is_opened_by_hand(tmp_path: Path) -> None:
    set_up(settings_for(tmp_path / "data"), CHEAP, lambda _first: None)
    by_hand = TWICE.replace('print("open"', BY_HAND.format(DATABASE_FILE) + 'print("open"')
    assert minutes_after_a_kill(tmp_path / "data", by_hand) == "15"
