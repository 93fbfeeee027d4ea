"""The host's own exchange of data, which follows a request that was answered: a callable, or a command."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import IO, Protocol

from sync_panel.store.own_requests import Exchange, ExchangeOutcome

LONGEST_LINE = 300  # characters of the last line that are kept
LONGEST_KEPT = 4096  # bytes of the end of the output that are looked at
MOST_PRINTED = 16 * 1024 * 1024  # bytes of it on the disk, and what is printed between two looks
LOOK_EVERY = 0.2  # seconds
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
        try:
            said = self._exchange(settings)
            return Exchange(ExchangeOutcome.DONE, line=shown("" if said is None else str(said)))
        except BaseException as error:  # noqa: BLE001  # the host's own code may raise anything, SystemExit too
            return Exchange(ExchangeOutcome.FAILED, line=shown(f"{type(error).__name__}: {error}"))

    def stop(self) -> None:
        """Let it run: a callable ends by itself, or with the process."""


class CommandExchange:
    """A command, run without a shell, with the settings as JSON on its standard input.

    It may take so many seconds, and does not get the environment variables that are `withheld`.
    """

    def __init__(self, command: Sequence[str], seconds: float, withheld: Collection[str] = ()) -> None:
        self._command, self._seconds, self._withheld = list(command), seconds, withheld
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def run(self, settings: Settings) -> Exchange:
        """Run it to its end, or until its time is over. What it leaves running by itself is not waited for."""
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context(tempfile.TemporaryFile(buffering=0))
                process = self._process = start(self._command, json.dumps(settings).encode(), file, self._withheld)
            except (OSError, ValueError) as error:
                return Exchange(ExchangeOutcome.NOT_STARTED, line=shown(getattr(error, "strerror", None) or str(error)))
            if self._is_over:
                self.stop()
            output = Output(file)
            try:
                is_too_slow = not ends_in_time(process, self._seconds, output)
                if is_too_slow:
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
    """What a process prints: a file without a name, of which only the end counts.

    What the process leaves running may hold the file for ever, as it could hold a pipe, and nobody waits for that.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._dropped, self._kept = file, 0, b""

    def drop_much(self) -> None:
        """Give the disk back what was printed, once that is much: no output fills it, as far as it knows of holes.

        A limit of the system's own on files would hold for the data that the command exchanges, too.
        """
        if self._size() - self._dropped > MOST_PRINTED:
            self._kept = self.end()
            self._dropped = self._file.tell()
            self._file.truncate(0)  # the process goes on where it was, behind the hole

    def end(self) -> bytes:
        """Return the end of what was printed. The place in the file is the process's as well, and is its end again."""
        size = self._size()
        if size > self._dropped:
            self._file.seek(max(self._dropped, size - LONGEST_KEPT))
            self._kept = (self._kept + self._file.read(LONGEST_KEPT))[-LONGEST_KEPT:]
        return self._kept

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size


def ends_in_time(process: subprocess.Popen[bytes], seconds: float, output: Output) -> bool:
    ends_at = time.monotonic() + seconds
    while (left := ends_at - time.monotonic()) > 0:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(min(left, LOOK_EVERY))
            return True
        output.drop_much()
    return False


def start(
    command: Sequence[str], text: bytes, output: IO[bytes], withheld: Collection[str] = ()
) -> subprocess.Popen[bytes]:
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
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
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
