"""At a terminal a secret is asked for twice, and never shown."""

import fcntl
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from caller import editor_at
from cli.conftest import Serve
from processes import CHECKOUT, LONGEST, environment, succeed

from sync_panel.guard.code import SHORTEST_CHOSEN
from sync_panel.guard.sign_in import SHORTEST_PASSWORD

TYPED = "typed at the prompt"


class Terminal:
    """A terminal on which a command runs."""

    def __init__(self, screen: int, process: "subprocess.Popen[bytes]") -> None:
        self.screen, self.process, self.shown = screen, process, ""

    def answer(self, prompt: str, typed: str) -> None:
        """Wait for a prompt, then type a line."""
        self.press(prompt, f"{typed}\n".encode())

    def press(self, prompt: str, keys: bytes) -> None:
        """Wait for a prompt, then press keys."""
        before = len(self.shown)
        while prompt not in self.shown[before:]:
            self.shown += os.read(self.screen, 1024).decode()
        os.write(self.screen, keys)

    def end(self) -> int:
        """Read what is left, and return the exit status."""
        with suppress(OSError):  # the terminal is gone when the command has ended
            while more := os.read(self.screen, 1024):
                self.shown += more.decode()
        return self.process.wait(LONGEST)


@contextmanager
def at_a_terminal(data: Path, *arguments: str) -> Iterator[Terminal]:
    screen, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "app.py", *arguments],
        cwd=CHECKOUT,
        env=environment(data, {"PYTHONUTF8": "1"}),
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no thread runs here
    )
    os.close(end)
    yield Terminal(screen, process)
    process.kill()
    process.wait(LONGEST)
    os.close(screen)


def test_a_code_is_typed_unseen_and_twice(data: Path, serve: Serve) -> None:
    with at_a_terminal(data, "set-code") as terminal:
        terminal.answer("New authorisation code", TYPED)
        terminal.answer("The same again", TYPED)
        assert terminal.end() == 0
    assert TYPED not in terminal.shown
    assert editor_at(serve(data).port).unlock(TYPED).status == 303


@pytest.mark.parametrize("arguments", [("set-code",), ("user", "add", "wendy"), ("user", "password", "admin")])
def test_two_that_differ_change_nothing(data: Path, arguments: tuple[str, ...]) -> None:
    before = (data / "sync_panel.sqlite3").read_bytes()
    with at_a_terminal(data, *arguments) as terminal:
        terminal.answer(": ", TYPED)
        terminal.answer("The same again", f"{TYPED}!")
        assert terminal.end() == 1
    assert "The two are not the same. Nothing was changed." in terminal.shown
    assert TYPED not in terminal.shown
    succeed("show", data=data)
    assert (data / "sync_panel.sqlite3").read_bytes() == before


@pytest.mark.parametrize("prompt", ["New password", "The same again"])
@pytest.mark.parametrize(
    ("keys", "status", "told"),
    [
        (b"\x04", 1, "Nothing came in on standard input. Nothing was changed."),
        (b"\x03", 130, ""),
        (b"\xff\xfe\n", 1, "What came in is not text in UTF-8. Nothing was changed."),
    ],
    ids=["Ctrl+D", "Ctrl+C", "no text"],
)
def test_a_prompt_that_gets_no_text_ends_in_one_line(
    data: Path, prompt: str, keys: bytes, status: int, told: str
) -> None:
    before = (data / "sync_panel.sqlite3").read_bytes()
    with at_a_terminal(data, "user", "password", "admin") as terminal:
        if prompt != "New password":
            terminal.answer("New password", TYPED)
        terminal.press(prompt, keys)
        assert terminal.end() == status
    assert terminal.shown.rpartition(": ")[2].strip() == told, "after the prompt comes nothing else"
    assert (data / "sync_panel.sqlite3").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "shortest"),
    [
        (("set-code",), SHORTEST_CHOSEN),
        (("user", "add", "wendy"), SHORTEST_PASSWORD),
        (("user", "password", "admin"), SHORTEST_PASSWORD),
    ],
)
def test_how_long_a_secret_must_be_is_told_before_it_is_typed(
    data: Path, arguments: tuple[str, ...], shortest: int
) -> None:
    with at_a_terminal(data, *arguments) as terminal:
        terminal.press(": ", b"\x03")
        assert terminal.end() == 130
    assert f"{shortest} characters or more" in terminal.shown


def test_how_long_a_code_must_be_is_told_by_help(data: Path) -> None:
    assert f"needs {SHORTEST_CHOSEN} characters or more" in succeed("set-code", "--help", data=data)
