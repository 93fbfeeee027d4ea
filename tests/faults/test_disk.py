"""A disk that fails while the panel serves: nothing is said to be saved that is not, and it works again afterwards.

strace makes the server's own system calls fail, as a full or a broken disk would.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from caller import Caller, unlocked_editor_at
from faults.recording import STRACE
from panels import CHEAP, settings_for
from processes import LONGEST, Server

from sync_panel.set_up import set_up

pytestmark = pytest.mark.skipif(STRACE is None and "SYNC_PANEL_DEMAND_BROWSER" not in os.environ, reason="no strace")
FAULTS = {
    "full at a write": "pwrite64:error=ENOSPC",
    "broken at a write": "pwrite64:error=EIO",
    "broken at a sync": "fdatasync,fsync:error=EIO",
    "read-only": "pwrite64:error=EROFS",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    data = tmp_path / "data"
    set_up(settings_for(data), CHEAP, lambda _first: None)
    serving = Server(data, tmp_path / "errors")
    yield serving
    serving.stop()


@contextmanager
def fault(server: Server, inject: str, errors: Path) -> Iterator[None]:
    """Let the server's calls fail, from here to the end of the block."""
    assert STRACE
    calls = inject.partition(":")[0]
    command = [STRACE, "-f", "-e", f"trace={calls}", "-e", f"inject={inject}", "-p", str(server.process.pid)]
    with errors.open("wb") as file, subprocess.Popen(command, stderr=file, stdout=subprocess.DEVNULL) as tracing:
        end = time.monotonic() + LONGEST
        while b"attached" not in errors.read_bytes():
            assert time.monotonic() < end, errors.read_text()
        try:
            yield
        finally:
            tracing.terminate()


def save(editor: Caller, minutes: int) -> tuple[int, str]:
    answer = editor.post(
        "/preferences/synchronisation/interval", {"minutes": minutes, "version": editor.version_of("interval")}
    )
    return answer.status, answer.text


@pytest.mark.parametrize("inject", FAULTS.values(), ids=FAULTS)
def test_a_failing_disk_is_said_in_words_and_survived(server: Server, tmp_path: Path, inject: str) -> None:
    editor = unlocked_editor_at(server.port)
    assert save(editor, 20)[0] == 303
    version = editor.version_of("interval")
    with fault(server, inject, tmp_path / "strace"):
        answer = editor.post("/preferences/synchronisation/interval", {"minutes": 45, "version": version})
    assert answer.status in {503, 507}
    assert "Nothing was saved" in answer.text
    assert 'value="45"' in answer.text, "what was typed is kept"
    assert editor.version_of("interval") == version, "the old value stays"
    assert save(editor, 50)[0] == 303
    assert server.process.poll() is None


@pytest.mark.parametrize("inject", FAULTS.values(), ids=FAULTS)
def test_no_protected_change_without_its_snapshot(server: Server, tmp_path: Path, inject: str) -> None:
    editor = unlocked_editor_at(server.port)
    fields = {"sync_id": 7, "name": "New", "store": "Store", "user_name": "sync", "password": "shared", "url": ""}
    version = editor.version_of("parameters")
    with fault(server, inject, tmp_path / "strace"):
        answer = editor.post("/preferences/synchronisation/parameters", fields | {"version": version})
    assert answer.status in {503, 507}
    assert "Nothing was saved" in answer.text
    assert editor.version_of("parameters") == version
    assert editor.save_parameters(**fields).status == 303
