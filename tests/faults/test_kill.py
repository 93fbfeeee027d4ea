"""A server that is killed in the middle of its work, again and again, keeps what it acknowledged.

SYNC_PANEL_KILLS says how often. A kill is no power cut (the system still writes what it was given):
test_power_loss.py tests those.
"""

import http.client
import os
import random
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from caller import Caller, editor_at
from panels import CHEAP, settings_for
from processes import LONGEST, Server

from sync_panel.set_up import DATABASE_FILE, set_up

KILLS = int(os.environ.get("SYNC_PANEL_KILLS", "4"))
ADDRESS = "/preferences/synchronisation/interval"


def save_until_killed(editor: Caller, acknowledged: list[int], saved: threading.Semaphore) -> None:
    """Save one interval after the other, and note each that the server says is saved."""
    try:
        while True:
            minutes = acknowledged[-1] % 10080 + 1
            if editor.post(ADDRESS, {"minutes": minutes, "version": editor.version_of("interval")}).status == 303:
                acknowledged.append(minutes)
                saved.release()
    except (OSError, http.client.HTTPException, AssertionError):
        return


@pytest.mark.timeout(3600)
def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    chance, data = random.Random(1), tmp_path / "data"  # noqa: S311  # moments to try, no secret
    set_up(settings_for(data), CHEAP, lambda _first: None)
    acknowledged = [15]
    for number in range(KILLS):
        server = Server(data, tmp_path / f"errors-{number}")
        saved = threading.Semaphore(0)
        saving = threading.Thread(target=save_until_killed, args=(editor_at(server.port), acknowledged, saved))
        saving.start()
        for _ in range(chance.randint(1, 20)):
            assert saved.acquire(timeout=LONGEST)
        saving.join(chance.uniform(0, 0.03))  # so that a kill meets every moment of a save
        server.kill()
        saving.join()
        with closing(sqlite3.connect(data / DATABASE_FILE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            (minutes,) = connection.execute("SELECT minutes FROM interval").fetchone()
        assert minutes in {acknowledged[-1], acknowledged[-1] % 10080 + 1}
        acknowledged.append(minutes)
