"""What a server really asks of the disk: its system calls, recorded by strace while somebody changes settings."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from processes import CHECKOUT, LONGEST, READY, environment

STRACE = shutil.which("strace")
CALLS = "pwrite64,write,ftruncate,fsync,fdatasync,openat,rename,unlink,sendto"
# The product as it is, or with one of SQLite's settings taken back.
START = (
    "import sys; from sync_panel.store import database; database.PRAGMAS['synchronous'] = sys.argv[1];"
    " from sync_panel.cli import main; raise SystemExit(main(sys.argv[2:]))"
)
LINE = re.compile(r"(?P<pid>\d+) +(?P<rest>.*)", re.DOTALL)
CALL = re.compile(r"(?P<name>\w+)\(\d+<(?P<file>[^>]*)>(?:, (?P<arguments>.*))?", re.DOTALL)
WRITE = re.compile(r'"(?P<data>(?:\\x[0-9a-f]{2})*)", \d+, (?P<at>\d+)')
APPENDED = re.compile(r'"(?P<data>(?:\\x[0-9a-f]{2})*)"')
NAMES = re.compile(r'"(?P<name>(?:\\x[0-9a-f]{2})*)"')
BY_NAME = re.compile(r"(?P<name>openat|rename|unlink)\((?P<arguments>.*)", re.DOTALL)
END = -1  # in the place of where a Write begins: after all that is there
SAID = b"ACK"  # what a program under strace prints when a change is acknowledged
RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>")
DONE = "\\x48\\x54\\x54\\x50\\x2f\\x31\\x2e\\x31\\x20\\x33\\x30\\x33"  # HTTP/1.1 303: the answer to a change


@dataclass(frozen=True)
class Write:
    """Bytes that were given to the system for a file; not on disk before the next Sync of it."""

    file: str
    at: int
    data: bytes


@dataclass(frozen=True)
class Cut:
    """A file that was cut or stretched to a length."""

    file: str
    length: int


@dataclass(frozen=True)
class Sync:
    """Everything of a file is on disk."""

    file: str


@dataclass(frozen=True)
class Made:
    """A new name in a folder; on disk with the next Sync of the folder."""

    file: str


@dataclass(frozen=True)
class Renamed:
    """A file that took another name, and the place of what had it."""

    old: str
    file: str


@dataclass(frozen=True)
class Removed:
    """A name that is gone from its folder."""

    file: str


@dataclass(frozen=True)
class Acknowledged:
    """Somebody was told that a change is saved."""


Event = Write | Cut | Sync | Made | Renamed | Removed | Acknowledged


def record(data: Path, trace: Path, change: Callable[[int], None], synchronous: str = "FULL") -> list[Event]:
    """Serve a data folder under strace while `change` changes it through a port; return what happened, in order."""
    serving = [sys.executable, "-c", START, synchronous, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [*tracing(trace), *serving],
        cwd=CHECKOUT,
        env=environment(data, {}),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        greeting = next(line for line in process.stdout if line.startswith(READY))
        try:
            change(int(greeting.split("/")[2].rpartition(":")[2]))
        finally:
            stop_traced(process)
    return list(events_of(trace.read_text("ascii", "replace")))


def record_program(data: Path, trace: Path, program: str) -> tuple[list[Event], list[str]]:
    """Run a program under strace; return what happened, and what it said in lines that acknowledge a change."""
    done = subprocess.run(
        [*tracing(trace), sys.executable, "-c", program],
        cwd=CHECKOUT,
        env=environment(data, {}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    said = [line.removeprefix(SAID).decode() for line in done.stdout.splitlines() if line.startswith(SAID)]
    return list(events_of(trace.read_text("ascii", "replace"))), said


def tracing(trace: Path) -> list[str]:
    """Return what starts a program under strace."""
    assert STRACE
    return [STRACE, "-f", "-y", "-xx", "-s", "70000", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", str(trace)]


def stop_traced(process: "subprocess.Popen[str]") -> None:
    """End the server under strace, as a power cut would: its last calls were made before."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    process.wait(LONGEST)


def events_of(trace: str) -> Iterator[Event]:
    """Yield what strace wrote: a write counts from its begin, a sync from its end only."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        parts = LINE.match(line)
        if not parts:
            continue
        pid, rest = parts["pid"], parts["rest"]
        if resumed := RESUMED.match(rest):
            call = begun.pop(pid, "")
            if resumed["name"] in {"fsync", "fdatasync"} and call:
                yield Sync(call)
        elif call_parts := CALL.match(rest):
            is_begun = rest.endswith("<unfinished ...>")
            if is_begun:
                begun[pid] = plain(call_parts["file"]).decode()
            yield from event_of(call_parts, is_begun=is_begun)
        elif by_name := BY_NAME.match(rest):
            yield from event_by_name(by_name["name"], by_name["arguments"])


def event_of(call: re.Match[str], *, is_begun: bool) -> Iterator[Event]:
    """Yield what one call does."""
    file, arguments = plain(call["file"]).decode(), call["arguments"] or ""
    if call["name"] == "pwrite64" and (write := WRITE.match(arguments)):
        yield Write(file, int(write["at"]), plain(write["data"]))
    elif call["name"] == "write" and (appended := APPENDED.match(arguments)):
        data = plain(appended["data"])
        yield Acknowledged() if file.startswith("pipe:") and data.startswith(SAID) else Write(file, END, data)
    elif call["name"] == "ftruncate":
        yield Cut(file, int(arguments.split(")")[0]))
    elif call["name"] == "sendto" and DONE in arguments:
        yield Acknowledged()
    elif call["name"] in {"fsync", "fdatasync"} and not is_begun:
        yield Sync(file)


def event_by_name(call: str, arguments: str) -> Iterator[Event]:
    """Yield what one call does with names; what it was refused is left out by who knows the names."""
    names = [plain(found["name"]).decode() for found in NAMES.finditer(arguments)]
    if call == "openat" and "O_CREAT" in arguments:
        yield Made(names[0])
    elif call == "rename":
        yield Renamed(names[0], names[1])
    elif call == "unlink":
        yield Removed(names[0])


def plain(hexadecimal: str) -> bytes:
    """Return what strace wrote in hexadecimal, all of it or none."""
    return bytes.fromhex(hexadecimal.replace("\\x", "")) if hexadecimal.startswith("\\x") else hexadecimal.encode()
