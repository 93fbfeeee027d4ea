"""The host's own exchange of data, which follows a request that was answered: a callable, or a command."""

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sync_panel.store.requests import Exchange, ExchangeOutcome

LONGEST_LINE = 300  # characters of the last line that are kept
LONGEST_KEPT = 4096  # bytes of the end of the output that are looked at
Settings = Mapping[str, object]


class Exchanging(Protocol):
    """What runs after a request."""

    def run(self, settings: Settings) -> Exchange:
        """Exchange data; the settings are those of `show --json`."""

    def stop(self) -> None:
        """End what runs now: the server stops."""


class CallableExchange:
    """A Python callable of the host. What it returns is told as its last line; what it raises is a failure."""

    def __init__(self, exchange: Callable[[Settings], object]) -> None:
        self._exchange = exchange

    def run(self, settings: Settings) -> Exchange:
        """Call it."""
        try:
            said = self._exchange(settings)
        except Exception as error:  # noqa: BLE001  # the host's own code may raise anything
            return Exchange(ExchangeOutcome.FAILED, line=shown(f"{type(error).__name__}: {error}"))
        return Exchange(ExchangeOutcome.DONE, line=shown("" if said is None else str(said)))

    def stop(self) -> None:
        """Let it run: a callable ends by itself, or with the process."""


class CommandExchange:
    """A command, run without a shell, with the settings as JSON on its standard input."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command, self._seconds = list(command), seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._too_slow = threading.Event()

    def run(self, settings: Settings) -> Exchange:
        """Run it to its end, or until its time is over."""
        self._too_slow.clear()
        try:
            process = self._process = start(self._command)
        except (OSError, ValueError) as error:
            return Exchange(ExchangeOutcome.NOT_STARTED, line=shown(getattr(error, "strerror", None) or str(error)))
        alarm = threading.Timer(self._seconds, self._give_up)
        alarm.daemon = True
        alarm.start()
        try:
            last = shown(talk(process, json.dumps(settings).encode()).decode("utf-8", "replace"))
        finally:
            alarm.cancel()
            self._process = None
        if self._too_slow.is_set():
            return Exchange(ExchangeOutcome.TOO_SLOW, line=last)
        outcome = ExchangeOutcome.FAILED if process.returncode else ExchangeOutcome.DONE
        return Exchange(outcome, process.returncode, last)

    def stop(self) -> None:
        """Kill the command, and what it started."""
        if process := self._process:
            kill(process)

    def _give_up(self) -> None:
        self._too_slow.set()
        self.stop()


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, so that all of it can be ended."""
    return subprocess.Popen(  # noqa: S603  # whoever may start the panel chose it; no shell reads it
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def talk(process: subprocess.Popen[bytes], text: bytes) -> bytes:
    """Give a process its input, wait for its end, and return the end of its output."""
    assert process.stdin is not None  # noqa: S101  # both are pipes
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(BrokenPipeError), process.stdin:  # it may not read its input
        process.stdin.write(text)
    tail = b""
    while read := os.read(process.stdout.fileno(), LONGEST_KEPT):
        tail = (tail + read)[-LONGEST_KEPT:]
    process.stdout.close()
    process.wait()
    return tail


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and the group that it leads."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def shown(output: str) -> str:
    """Return the last line of an output that has any text, without what cannot be seen."""
    lines = [line.strip() for line in output.splitlines()]
    last = next((line for line in reversed(lines) if line), "")
    return "".join(char for char in last if char.isprintable())[:LONGEST_LINE]
