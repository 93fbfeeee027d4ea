"""What all tests share, and the watches across the whole run: over the shared password, and over the database file."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import flask
import pytest
from fake_clock import FakeClock
from markup import faults_in
from panels import CANARY, TestPanel, settings_for

import sync_panel
from sync_panel.set_up import DATABASE_FILE

LEAKS: list[str] = []
FAULTS: list[str] = []
BY_HAND: list[str] = []  # where the product opened its database file other than through SQLite
PRODUCT = Path(sync_panel.__file__).parent


def note_opened(event: str, arguments: tuple[object, ...]) -> None:
    """Note where the product opens the database file by hand: closing it would drop SQLite's locks on it."""
    if event == "open" and str(arguments[0]).endswith(DATABASE_FILE):
        frame: FrameType | None = sys._getframe(1)
        while frame and not Path(frame.f_code.co_filename).is_relative_to(PRODUCT):
            frame = frame.f_back
        if frame:
            BY_HAND.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")


sys.addaudithook(note_opened)


class CanaryInLog(logging.Handler):
    """Notes a log line that holds the shared password."""

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if CANARY in text:
            LEAKS.append(f"log: {text}")


def watch(response: flask.Response) -> flask.Response:
    """Note an answer that holds the shared password, in its body or its headers, or whose markup has a fault."""
    if not response.direct_passthrough and CANARY.encode() in response.get_data() + str(response.headers).encode():
        LEAKS.append(f"answer to {flask.request.method} {flask.request.path}")
    if response.mimetype == "text/html" and not response.direct_passthrough:
        faults = faults_in(response.get_data(as_text=True))
        FAULTS.extend(f"{flask.request.method} {flask.request.path}: {fault}" for fault in faults)
    return response


@pytest.fixture(scope="session", autouse=True)
def no_password_in_any_log() -> Iterator[None]:
    """Fail the run when the shared password was logged anywhere."""
    handler = CanaryInLog()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert not LEAKS


@pytest.fixture(autouse=True)
def no_password_in_any_answer() -> Iterator[None]:
    """Fail the test in which the shared password left the panel."""
    yield
    leaks = list(LEAKS)
    LEAKS.clear()
    assert not leaks


@pytest.fixture(autouse=True)
def no_fault_in_any_markup() -> Iterator[None]:
    """Fail the test in which an answer was no right HTML."""
    yield
    faults = list(dict.fromkeys(FAULTS))
    FAULTS.clear()
    assert not faults


@pytest.fixture(autouse=True)
def no_database_opened_by_hand() -> Iterator[None]:
    """Fail the test in which the product opened its database file other than through SQLite."""
    yield
    found = list(BY_HAND)
    BY_HAND.clear()
    assert not found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def on(tmp_path: Path, clock: FakeClock) -> Iterator[TestPanel]:
    """Return a panel that was just set up: stand-alone, locked, nobody signed in."""
    panel = TestPanel(settings_for(tmp_path / "data"), clock, after=watch)
    yield panel
    panel.panel.database.close()
