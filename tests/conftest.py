"""What all tests share, and the watch over the shared password across the whole run."""

import logging
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
from fake_clock import FakeClock
from markup import faults_in
from panels import CANARY, TestPanel, settings_for

LEAKS: list[str] = []
FAULTS: list[str] = []


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


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def on(tmp_path: Path, clock: FakeClock) -> Iterator[TestPanel]:
    """Return a panel that was just set up: stand-alone, locked, nobody signed in."""
    panel = TestPanel(settings_for(tmp_path / "data"), clock, after=watch)
    yield panel
    panel.panel.database.close()
