"""Data folders and servers for the command line's tests. Every server is stopped, whatever the test did."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli.linked import Processes
from panels import CHEAP, settings_for
from processes import Server

from sync_panel.set_up import set_up

Serve = Callable[..., Server]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """Return where a data folder can be made."""
    return tmp_path / "data"


@pytest.fixture
def data(fresh: Path) -> Path:
    """Return a data folder that was set up, with the usual user, password and code."""
    set_up(settings_for(fresh), CHEAP, lambda _first: None)
    return fresh


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Return a way to start servers that sync with each other."""
    with Processes(tmp_path) as processes:
        yield processes


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Return a way to start servers."""
    started: list[Server] = []

    def start(folder: Path, umask: int = -1, **given: str) -> Server:
        started.append(Server(folder, tmp_path / f"errors-{len(started)}", given, umask))
        return started[-1]

    yield start
    for server in started:
        server.stop()
