"""The schedule of servers that really run: when a satellite asks its primary, and which of two processes does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from caller import Caller, editor_at
from cli.linked import A, B, Folder, Processes, wait_for
from processes import Server
from visitor import PAGE

from sync_panel.link.schedule import LOCK_FILE

PRINTS_WHO_ASKS = "python3 -c 'import os; print(os.getppid())'"


@pytest.fixture
def there(tmp_path: Path) -> Folder:
    """Return a primary that lists the satellite."""
    return Folder(tmp_path / "there").become(1, A).lists(2, B, "https://clinic.example.org")


@pytest.fixture
def primary(there: Folder, processes: Processes) -> Server:
    return processes.start(there)


@pytest.fixture
def here(tmp_path: Path, primary: Server) -> Folder:
    """Return a satellite that lists the primary, and is not served yet."""
    return Folder(tmp_path / "here").become(2, B).lists(1, A, primary.url)


def looked(here: Folder) -> bool:
    """Tell whether a schedule has begun to look at what is due."""
    return (here.path / LOCK_FILE).exists()


def save_interval(editor: Caller, minutes: int) -> None:
    saved = editor.post(f"{PAGE}/interval", {"minutes": minutes, "version": editor.version_of("interval")})
    assert saved.status == 303


def test_a_satellite_asks_its_primary_when_it_starts(here: Folder, there: Folder, processes: Processes) -> None:
    server = processes.start(here.every(60))
    wait_for(lambda: here.request.succeeded_at)
    known = there.contact(2).known
    assert known
    assert (known.address, known.minutes, known.counter) == ("127.0.0.1", 60, 1)
    page = editor_at(server.port).get().text
    assert "<strong>Works</strong>" in page
    assert "Sync now" in page


def test_a_primary_that_stopped_is_told_and_sync_now_finds_it_again(
    here: Folder, there: Folder, primary: Server, processes: Processes
) -> None:
    primary.stop()
    editor = editor_at(processes.start(here.every(60)).port)
    wait_for(lambda: here.request.failed_at)
    page = editor.get().text
    assert "<strong>Failed</strong>" in page
    assert f"127.0.0.1 is there, but nothing listens at port {primary.port}." in page
    processes.start(there, listen=f"127.0.0.1:{primary.port}")
    assert editor.post(f"{PAGE}/sync-now", {}).status == 303
    wait_for(lambda: here.request.succeeded_at)
    page = editor.get().text
    assert "<strong>Works</strong>" in page
    assert "nothing listens at port" in page, "the last failure stays to be read"


def test_a_failure_is_tried_again_by_itself(here: Folder, there: Folder, primary: Server, processes: Processes) -> None:
    primary.stop()
    processes.start(here.every(60))
    wait_for(lambda: here.request.failed_at)
    processes.start(there, listen=f"127.0.0.1:{primary.port}")
    here.asked_at(datetime.now(UTC) - timedelta(seconds=61))
    wait_for(lambda: here.request.succeeded_at)
    assert here.request.failures == 0


def test_an_interval_that_becomes_shorter_holds_at_once(here: Folder, there: Folder, processes: Processes) -> None:
    here.every(60).asked_at(datetime.now(UTC) - timedelta(minutes=2))
    editor = editor_at(processes.start(here).port)
    wait_for(lambda: looked(here))
    before = datetime.now(UTC)
    save_interval(editor, 1)
    wait_for(lambda: here.request.succeeded_at)
    last_at = here.request.last_at
    assert last_at
    assert last_at >= before, "nothing was due while it was 60"
    assert there.counter_of(2) == 1


def test_0_pauses_whatever_is_due(here: Folder, there: Folder, processes: Processes) -> None:
    editor = editor_at(processes.start(here.every(0)).port)
    wait_for(lambda: looked(here))
    assert "Paused: the interval is 0." in editor.get().text
    assert editor.post(f"{PAGE}/sync-now", {}).status == 303
    assert "Nobody is asked now" in editor.get().text
    before = datetime.now(UTC)
    save_interval(editor, 1)
    wait_for(lambda: here.request.succeeded_at)
    last_at = here.request.last_at
    assert last_at
    assert last_at >= before
    assert there.counter_of(2) == 1


def test_of_two_processes_on_one_folder_one_asks_and_the_other_takes_over(
    here: Folder, there: Folder, processes: Processes
) -> None:
    here.every(60).asked_at(datetime.now(UTC))
    both = [processes.start(here, "--exchange", PRINTS_WHO_ASKS) for _ in range(2)]
    first = {asked(here, there) for _ in range(3)}
    assert len(first) == 1, "the same process asks each time"
    assert there.counter_of(2) == 3, "once each time"
    (pid,) = first
    asker = next(server for server in both if server.process.pid == pid)
    asker.kill()
    assert asked(here, there) in {server.process.pid for server in both if server is not asker}
    assert there.counter_of(2) == 4


def asked(here: Folder, there: Folder) -> int:
    """Let a request go out, and return the process that made it."""
    before = here.request.exchanged_at
    counted = there.counter_of(2)
    here.ask()
    wait_for(lambda: here.request.exchanged_at != before)
    assert there.counter_of(2) == counted + 1
    exchange = here.request.exchange
    assert exchange
    return int(exchange.line)
