"""The host's own exchange of data, which follows a request that was answered: a callable, or a command."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import IO, Protocol

from sync_panel.store.requests import Exchange, ExchangeOutcome

LONGEST_LINE = 300  # characters of the last line that are kept
LONGEST_KEPT = 4096  # bytes of the end of the output that are looked at
LONGEST_LAST_WORDS = 1.0  # seconds after the end of a process in which its output still arrives
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

    def __init__(self, command: Sequence[str], seconds: float, withheld: Collection[str] = ()) -> None:
        """Hold the command, how long it may take, and which environment variables it does not get."""
        self._command, self._seconds, self._withheld = list(command), seconds, withheld
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def run(self, settings: Settings) -> Exchange:
        """Run it to its end, or until its time is over. What it leaves running by itself is not waited for."""
        try:
            process = self._process = start(self._command, json.dumps(settings).encode(), self._withheld)
        except (OSError, ValueError) as error:
            return Exchange(ExchangeOutcome.NOT_STARTED, line=shown(getattr(error, "strerror", None) or str(error)))
        if self._is_over:
            self.stop()
        output = Output(process)
        is_too_slow = False
        try:
            process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            is_too_slow = True
            kill(process)
            process.wait()
        finally:
            self._process = None
        last = shown(output.end().decode("utf-8", "replace"))
        if is_too_slow:
            return Exchange(ExchangeOutcome.TOO_SLOW, line=last)
        outcome = ExchangeOutcome.FAILED if process.returncode else ExchangeOutcome.DONE
        return Exchange(outcome, process.returncode, last)

    def stop(self) -> None:
        """Kill the command, and what it started; one that is just being started too."""
        self._is_over = True
        if process := self._process:
            kill(process)


class Output:
    """What a process prints, read as it comes; only the end of it is kept."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._tail = b""
        self._reading = threading.Thread(target=self._read, args=(process.stdout,), name="exchange", daemon=True)
        self._reading.start()

    def end(self) -> bytes:
        """Return the end of the output of a process that has ended; one that it left running may hold the pipe."""
        self._reading.join(LONGEST_LAST_WORDS)
        return self._tail

    def _read(self, output: IO[bytes]) -> None:
        with output:
            while read := os.read(output.fileno(), LONGEST_KEPT):
                self._tail = (self._tail + read)[-LONGEST_KEPT:]


def start(command: Sequence[str], text: bytes, withheld: Collection[str] = ()) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, so that all of it can be ended.

    It gets this process's environment, except what is withheld. Its input is a file and no pipe: it may read as much
    or as little of it as it likes, and when it likes.
    """
    environment = {name: value for name, value in os.environ.items() if name not in withheld}
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        return subprocess.Popen(  # noqa: S603  # whoever may start the panel chose it; no shell reads it
            command,
            env=environment,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


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
