"""The panel as people run it: `python app.py …` from the checkout, each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
READY = "Sync Panel: "
LONGEST = 30  # seconds; a command or a stop that takes longer hangs


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    stdout: str
    stderr: str


def environment(folder: Path | None, given: dict[str, str]) -> dict[str, str]:
    """Return this machine's environment with the data folder and no other setting than those given."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("SYNC_PANEL_")}
    named = {} if folder is None else {"SYNC_PANEL_DATA": str(folder)}
    return inherited | named | given


def app(
    *arguments: str | bytes,
    data: Path | None,
    typed: str | bytes = "",
    through: Sequence[str] = (),
    onto: str | int = "",
    program: Sequence[str] = ("app.py",),
    **given: str,
) -> Done:
    """Run a command to its end, with `typed` on its standard input and settings from the environment.

    `through` is a program that starts it; `onto` is a device or an open file that takes its standard output;
    `program` is what Python runs in place of app.py.
    """
    with open(onto or os.devnull, "wb") as device:  # noqa: PTH123  # no Path opens what is open
        done = subprocess.run(
            [*through, sys.executable, *program, *arguments],
            cwd=CHECKOUT,
            env=environment(data, given),
            input=typed if isinstance(typed, bytes) else typed.encode(),
            stdout=device if onto else subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=LONGEST,
            check=False,
        )
    return Done(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())


def succeed(*arguments: str, data: Path, typed: str = "") -> str:
    """Run a command that must work, and return what it printed."""
    done = app(*arguments, data=data, typed=typed)
    assert (done.status, done.stderr) == (0, ""), done.stderr
    return done.stdout


def refusal(*arguments: str | bytes, data: Path | None, typed: str | bytes = "", **given: str) -> str:
    """Run a command that must be refused, and return its one plain line on standard error."""
    return plain_line(app(*arguments, data=data, typed=typed, **given))


def plain_line(done: Done) -> str:
    """Return the one line of a refused command, which printed nothing else and ended with a status of its own."""
    assert "Traceback" not in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.status > 0
    assert done.stdout == ""
    return done.stderr.strip()


@dataclass
class Server:
    """A panel that serves: on a free port of the loopback address, unless a test says where and how."""

    data: Path
    errors: Path
    given: dict[str, str] = field(default_factory=dict)
    umask: int = -1
    greeting: list[str] = field(default_factory=list)
    listen: str = "127.0.0.1:0"
    options: Sequence[str] = ()

    def __post_init__(self) -> None:
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "app.py", "--listen", self.listen, *self.options],
                cwd=CHECKOUT,
                env=environment(self.data, self.given),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                umask=self.umask,
            )
        self.port = self._wait_until_ready()

    @property
    def url(self) -> str:
        """Return its address as it is entered in a list."""
        return f"http://{self.listen.rpartition(':')[0]}:{self.port}"

    def _wait_until_ready(self) -> int:
        assert self.process.stdout
        for line in self.process.stdout:
            self.greeting.append(line.rstrip("\n"))
            if line.startswith(READY):
                return int(line.split("/")[2].rpartition(":")[2])
        self.stop()
        raise AssertionError(self.errors.read_text())

    def stop(self) -> str:
        """End the process as a service manager would, and return all that it ever wrote."""
        self.process.terminate()
        return self._finish()

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.kill()
        self._finish()

    def _finish(self) -> str:
        if self.process.stdout and not self.process.stdout.closed:
            try:
                self.process.wait(LONGEST)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
            finally:
                self.greeting += self.process.stdout.read().splitlines()
                self.process.stdout.close()
        return "\n".join([*self.greeting, self.errors.read_text()])
