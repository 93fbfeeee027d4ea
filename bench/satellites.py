"""Five hundred satellites that ask one primary within a minute, each by itself: `make bench`.

A real primary in a process of its own, and this program as its satellites, on the loopback address only.
It makes ROUNDS times SATELLITES requests, no more, and stops by itself; it prints how long they took, as a
part of the second that they may take, and what the primary's memory did.
"""

import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

from sync_panel.guard.keys import Hasher, seal
from sync_panel.link.failures import LinkError
from sync_panel.link.ladder import request_news
from sync_panel.link.probe import OwnSite
from sync_panel.link.wire import Network
from sync_panel.machine import SystemClock
from sync_panel.panel import open_panel
from sync_panel.rules.partner import Partner
from sync_panel.rules.site import Parameters
from sync_panel.set_up import set_up
from sync_panel.settings import Settings
from sync_panel.store.partners import add_partner, save_parameters
from sync_panel.store.site import load_site

SATELLITES, ROUNDS, SECONDS = 500, 3, 60.0
ALLOWED = 1.0  # seconds that the slowest hundredth of the requests may take
AT_ONCE = 64  # satellites that may be on the line together
PRIMARY = Parameters(1, "National Medical Store", "Central", None, "sync", secrets.token_urlsafe())


def main() -> int:
    """Run it, and return 1 when a promise was not kept."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        make_primary(data)
        with served(data) as (process, url):
            took: list[float] = []
            memory = []
            for number in range(1, ROUNDS + 1):
                took += one_round(Partner(1, "National Medical Store", "Central", url, plain_http=True), number)
                memory.append(memory_of(process))
                print(f"round {number}: {len(took)} requests so far, the primary holds {memory[-1]:.1f} MB", flush=True)
    return told(took, memory)


def make_primary(data: Path) -> None:
    """Set up a primary that lists all satellites."""
    settings = Settings(data=data, admin_password=secrets.token_urlsafe(), authorisation_code=secrets.token_hex())
    set_up(settings, Hasher(), lambda _first: None)
    panel = open_panel(settings, SystemClock(), Hasher())
    with panel.database.writing() as db:
        sealed = seal(panel.keys.passwords, PRIMARY.password or "")
        version = load_site(db).version
        save_parameters(db, PRIMARY, sealed_password=sealed, version=version, now=panel.clock.now())
        for sync_id in range(2, SATELLITES + 2):
            add_partner(db, Partner(sync_id, f"Clinic {sync_id}", "Ward", f"https://clinic-{sync_id}.example.org"))
    panel.database.close()


@contextmanager
def served(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a data folder on a free port of the loopback address, and yield the process and its address."""
    command = [sys.executable, "app.py", "--listen", "127.0.0.1:0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own program
        assert process.stdout  # noqa: S101  # it is a pipe
        try:
            yield process, process.stdout.readline().split()[2].rstrip("/")
        finally:
            process.terminate()


def one_round(primary: Partner, number: int) -> list[float]:
    """Let each satellite ask once, at a moment of its own within the minute; return the seconds that each took."""
    begin = time.monotonic()
    moments = sorted((random.uniform(0, SECONDS), sync_id) for sync_id in range(2, SATELLITES + 2))  # noqa: S311
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = []
        for moment, sync_id in moments:
            time.sleep(max(0.0, begin + moment - time.monotonic()))
            waiting.append(pool.submit(ask, primary, sync_id, number))
        return [future.result() for future in waiting]


def ask(primary: Partner, sync_id: int, counter: int) -> float:
    """Be one satellite that asks the primary; return the seconds, infinite when that failed."""
    site = replace(PRIMARY, sync_id=sync_id, name=f"Clinic {sync_id}", store="Ward")
    us = OwnSite(site, f"installation {sync_id}")
    begin = time.monotonic()
    try:
        request_news(primary, us, us.message(1, counter), Network(), SystemClock().now())
    except LinkError as error:
        print(f"satellite {sync_id}: {error}")
        return float("inf")
    return time.monotonic() - begin


def memory_of(process: "subprocess.Popen[str]") -> float:
    """Return the megabytes that a process holds, where the system tells."""
    status = Path(f"/proc/{process.pid}/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


def told(took: list[float], memory: list[float]) -> int:
    """Print what was measured, and return 1 when a request failed or the slowest hundredth took too long."""
    failed = sum(seconds == float("inf") for seconds in took)
    middle, slowest = quantiles(took, n=100)[49], quantiles(took, n=100)[98]
    print(f"{len(took)} requests of {SATELLITES} satellites, {ROUNDS} a satellite: {failed} failed")
    print(f"of the second that is allowed, half took less than {middle:.3f}, 99 of 100 less than {slowest:.3f}")
    print(f"the primary's memory after the last round is {memory[-1] / memory[0]:.3f} of that after the first")
    return int(bool(failed) or slowest > ALLOWED)


if __name__ == "__main__":
    raise SystemExit(main())
