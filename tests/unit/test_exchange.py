"""The host's exchange: a callable, or a command without a shell, bounded in time and output."""

import json
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from sync_panel.link import exchange as module
from sync_panel.link.exchange import LONGEST_LINE, CallableExchange, CommandExchange
from sync_panel.panel import exchange_of
from sync_panel.settings import Settings, secret_variables
from sync_panel.store.own_requests import Exchange, ExchangeOutcome

SETTINGS: dict[str, object] = {"role": "satellite", "name": "Honiara \u0e2a"}
LONG, SHORT = 30.0, 0.3  # seconds


def run(code: str, *arguments: str, seconds: float = LONG, settings: dict[str, object] | None = None) -> Exchange:
    """Run a program of Python as the command."""
    return CommandExchange([sys.executable, "-c", code, *arguments], seconds).run(settings or SETTINGS)


def ends(pid: int) -> bool:
    """Tell whether a process ends soon; one that nobody has waited for yet has ended as well."""
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_a_callable_gets_the_settings_and_its_result_is_told() -> None:
    assert CallableExchange(lambda given: f"for\n{given['name']}\n\n").run(SETTINGS) == Exchange(
        ExchangeOutcome.DONE, line="Honiara \u0e2a"
    )
    assert CallableExchange(lambda _given: None).run(SETTINGS) == Exchange(ExchangeOutcome.DONE)


def test_a_callable_that_raises_has_failed() -> None:
    result = CallableExchange(lambda given: given["missing"]).run(SETTINGS)
    assert result == Exchange(ExchangeOutcome.FAILED, line="KeyError: 'missing'")


class Unsayable:
    def __str__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("exchange", "line"),
    [(lambda _given: sys.exit("over"), "SystemExit: over"), (lambda _given: Unsayable(), "ValueError: no words")],
    ids=["it ends the program", "what it returns has no words"],
)
def test_a_callable_fails_in_whatever_way_and_the_schedule_goes_on(
    exchange: Callable[[object], object], line: str
) -> None:
    assert CallableExchange(exchange).run(SETTINGS) == Exchange(ExchangeOutcome.FAILED, line=line)


def test_a_command_gets_the_settings_as_json() -> None:
    result = run("import json, sys; print(json.dumps(json.load(sys.stdin.buffer)))")
    assert (result.outcome, result.status) == (ExchangeOutcome.DONE, 0)
    assert json.loads(result.line) == SETTINGS


def test_a_command_gets_the_environment_without_the_panels_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expect the data folder there, which `show --json --with-password` needs, and the host's own variables."""
    own = {setting.metadata["env"] for setting in fields(Settings)}
    for name in own | {"OF_THE_HOST"}:
        monkeypatch.setenv(name, "x")
    names = "import os, sys; print(*sorted(set(sys.argv[1:]) & set(os.environ)))"
    command = shlex.join([sys.executable, "-c", names, *own, "OF_THE_HOST"])
    exchange = exchange_of(Settings(exchange=command))
    assert exchange
    assert exchange.run(SETTINGS).line.split() == sorted((own | {"OF_THE_HOST"}) - secret_variables())


@pytest.mark.parametrize("argument", ["; echo no", "$HOME", "`id`", "a b", "*", "&& false", ""])
def test_no_shell_reads_the_arguments(argument: str) -> None:
    assert run("import sys; print(repr(sys.argv[1:]))", argument).line == repr([argument])


def test_the_status_and_the_last_line_that_says_something_are_kept() -> None:
    result = run("import sys; print('one'); print('two', file=sys.stderr); print(' \\n\\t'); sys.exit(7)")
    assert result.outcome is ExchangeOutcome.FAILED
    assert result.status == 7
    assert result.line in {"one", "two"}
    assert run("print('first'); print('last ')").line == "last"
    assert run("for number in range(5000): print(number, flush=not number % 1000)").line == "4999"


def test_a_command_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    not_a_program = tmp_path / "text"
    not_a_program.write_text("nothing", "utf-8")
    for command in ([str(tmp_path / "missing")], [str(not_a_program)], ["a\0b"], [str(tmp_path)]):
        result = CommandExchange(command, LONG).run(SETTINGS)
        assert result.outcome is ExchangeOutcome.NOT_STARTED
        assert result.status is None
        assert result.line


def test_a_command_that_is_too_slow_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = (
        "import subprocess, sys, time, pathlib;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid)); print('so far', flush=True); time.sleep(600)"
    )
    result = run(code, seconds=2)
    assert result == Exchange(ExchangeOutcome.TOO_SLOW, line="so far")
    assert ends(int(note.read_text("utf-8")))


@pytest.mark.parametrize("of_its_own", [True, False], ids=["a service", "a job in the background"])
def test_what_a_command_leaves_running_does_not_hold_the_schedule(tmp_path: Path, *, of_its_own: bool) -> None:
    note = tmp_path / "left running"
    code = (
        "import subprocess, sys, pathlib;"
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        f" start_new_session={of_its_own});"
        f"pathlib.Path({str(note)!r}).write_text(str(left.pid)); print('done')"
    )
    assert run(code) == Exchange(ExchangeOutcome.DONE, 0, "done")
    os.kill(int(note.read_text("utf-8")), signal.SIGKILL)


def test_endless_output_is_bounded() -> None:
    result = run("import sys\nwhile True: sys.stdout.write('x' * 9999)", seconds=SHORT)
    assert result.outcome is ExchangeOutcome.TOO_SLOW
    assert len(result.line) <= LONGEST_LINE


WAITS_UNTIL_IT_IS_DROPPED = (
    "import os, time; print('x' * 3_000_000); print('12 records', flush=True); until = time.monotonic() + 10\n"
    "while os.fstat(1).st_size and time.monotonic() < until: time.sleep(0.001)\n"
)
SAYS_WHAT_IS_KEPT = (
    "print('much', flush=True); print('less' if os.fstat(1).st_blocks * 512 < 1_000_000 else 'all of it')"
)


@pytest.mark.parametrize(("then", "line"), [("", "12 records"), (SAYS_WHAT_IS_KEPT, "less")], ids=["silent", "more"])
def test_much_output_does_not_stay_on_the_disk(monkeypatch: pytest.MonkeyPatch, then: str, line: str) -> None:
    monkeypatch.setattr(module, "MOST_PRINTED", 1_000_000)
    assert run(WAITS_UNTIL_IT_IS_DROPPED + then) == Exchange(ExchangeOutcome.DONE, 0, line)


def test_what_a_command_leaves_running_may_print_on(tmp_path: Path) -> None:
    """Expect it to be asked by a named pipe: it then prints to where the command printed, and says so in a file."""
    asked, note = tmp_path / "asked", tmp_path / "note"
    os.mkfifo(asked)
    prints = f"open({str(asked)!r}).read(); print('more', flush=True); open({str(note)!r}, 'w').write('went on')"
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); print('done')"
    assert run(code, prints) == Exchange(ExchangeOutcome.DONE, 0, "done")
    asked.write_text("go on", "utf-8")
    until = time.monotonic() + LONG
    while not (note.exists() and note.read_text("utf-8")) and time.monotonic() < until:
        time.sleep(0.01)
    assert note.read_text("utf-8") == "went on"


def test_output_that_is_not_utf_8_is_shown_as_far_as_it_can_be() -> None:
    result = run("import sys; sys.stdout.buffer.write(b'a\\xff\\x00\\x1b[31mb\\n')")
    assert result.outcome is ExchangeOutcome.DONE
    assert result.line == "a\ufffd[31mb"


@pytest.mark.parametrize("code", ["print('done')", "import os; os.close(0); print('done')"], ids=["unread", "closed"])
def test_a_command_need_not_read_its_input(code: str) -> None:
    result = run(code, settings={"much": "x" * 1_000_000})
    assert result == Exchange(ExchangeOutcome.DONE, 0, "done")


def test_a_command_may_print_much_before_it_reads_much() -> None:
    code = "import sys; print('x' * 300_000, flush=True); print(len(sys.stdin.read()))"
    result = run(code, seconds=5, settings={"much": "x" * 300_000})
    assert result.outcome is ExchangeOutcome.DONE
    assert int(result.line) > 300_000


def test_stopping_kills_it() -> None:
    exchange = CommandExchange([sys.executable, "-c", "import time; time.sleep(600)"], 600)
    results: list[Exchange] = []
    thread = threading.Thread(target=lambda: results.append(exchange.run(SETTINGS)), daemon=True)
    thread.start()
    until = time.monotonic() + LONG
    while exchange._process is None and time.monotonic() < until:
        time.sleep(0.005)
    assert exchange._process
    pid = exchange._process.pid
    exchange.stop()
    thread.join(LONG)
    assert not thread.is_alive()
    assert results[0].outcome is ExchangeOutcome.FAILED
    assert ends(pid)


def test_stopping_what_does_not_run_is_nothing() -> None:
    CommandExchange(["true"], 1).stop()
    CallableExchange(print).stop()


def test_it_can_run_again_after_it_was_too_slow() -> None:
    code = "import sys, time; time.sleep(600 if 'slow' in sys.stdin.read() else 0)"
    exchange = CommandExchange([sys.executable, "-c", code], 1.5)
    assert exchange.run({"slow": 1}).outcome is ExchangeOutcome.TOO_SLOW
    assert exchange.run({}).outcome is ExchangeOutcome.DONE
    assert os.getpgid(0) == os.getpgrp()
