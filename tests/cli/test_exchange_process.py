"""`--exchange` of a server that really runs, the end of the process while something hangs, and empty answers."""

import http.client
import json
import shlex
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from caller import Caller, editor_at
from cli.linked import A, B, Folder, Processes, wait_for
from panels import CANARY
from processes import Server, refusal
from visitor import PAGE

from sync_panel.store.own_requests import ExchangeOutcome

LONGEST_END = 6  # seconds; less than a request may take in all, and far less than an exchange may
READS_SETTINGS = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read()); print('first'); print('12 records'); "
# A command which starts another one that says so over a connection, and then waits; both hold it open.
WAITS = "import os; os.write(0, b'x'); input()"
HANGS = (
    "import socket, subprocess, sys; open_ = socket.create_connection(('127.0.0.1', int(sys.argv[1])));"
    f'subprocess.run([sys.executable, "-c", "{WAITS}"], stdin=open_)'
)


@pytest.fixture
def primary(tmp_path: Path, processes: Processes) -> Server:
    there = Folder(tmp_path / "there").become(1, A).lists(2, B, "https://clinic.example.org")
    return processes.start(there)


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "here").become(2, B).every(60)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Return a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)
        yield listening


def url_of(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def python(code: str, *arguments: object) -> str:
    """Return a command line that runs some Python."""
    return shlex.join(["python3", "-c", code, *map(str, arguments)])


def test_the_exchange_gets_the_settings_and_its_last_line_is_on_the_page(
    here: Folder, primary: Server, processes: Processes, tmp_path: Path
) -> None:
    got = tmp_path / "got.json"
    here.lists(1, A, primary.url)
    server = processes.start(here, "--exchange", python(READS_SETTINGS, got))
    wait_for(lambda: here.request.exchanged_at)
    settings = json.loads(got.read_text())
    assert (settings["role"], settings["sync_id"], settings["interval_minutes"]) == ("satellite", 2, 60)
    assert [partner["url"] for partner in settings["partners"]] == [primary.url]
    assert CANARY not in got.read_text()
    page = editor_at(server.port).get().text
    assert "done: 12 records" in page
    assert "first" not in page.split('id="link"')[1].split("</section>")[0]


def test_an_exchange_that_fails_is_told_with_its_status(here: Folder, primary: Server, processes: Processes) -> None:
    here.lists(1, A, primary.url)
    server = processes.start(here, "--exchange", python("print('disk full'); raise SystemExit(3)"))
    wait_for(lambda: here.request.exchanged_at)
    assert "failed with status 3: disk full" in editor_at(server.port).get().text


def test_after_a_request_that_failed_nothing_is_exchanged(here: Folder, primary: Server, processes: Processes) -> None:
    here.become(2, "Another Clinic").lists(1, A, primary.url)
    server = processes.start(here, "--exchange", python("print('ran')"))
    wait_for(lambda: here.request.failed_at)
    server.stop()
    assert here.request.exchange is None


@pytest.mark.parametrize("command", ["echo 'no end", '"', " "])
def test_a_command_that_cannot_be_read_is_one_plain_line(data: Path, command: str) -> None:
    line = refusal("--exchange", command, "--listen", "127.0.0.1:0", data=data)
    assert line == f"“{command}” is no command for --exchange. Check its quotes."


def test_a_command_that_is_not_there_is_told_on_the_page(here: Folder, primary: Server, processes: Processes) -> None:
    here.lists(1, A, primary.url)
    server = processes.start(here, "--exchange", "no-such-program")
    wait_for(lambda: here.request.exchanged_at)
    exchange = here.request.exchange
    assert exchange
    assert exchange.outcome is ExchangeOutcome.NOT_STARTED
    assert "could not be started: No such file or directory" in editor_at(server.port).get().text


def test_the_server_ends_while_a_request_hangs(here: Folder, silent: socket.socket, processes: Processes) -> None:
    server = processes.start(here.lists(1, A, url_of(silent)))
    with silent.accept()[0]:
        server.process.terminate()
        server.process.wait(LONGEST_END)
    assert here.request.failed_at is None, "it counts for nothing"
    assert here.request.asking, "and is made at the next start"


def test_the_server_ends_while_a_check_of_the_page_hangs(
    here: Folder, silent: socket.socket, processes: Processes
) -> None:
    here.every(0).lists(1, A, url_of(silent))
    server = processes.start(here)
    editor = editor_at(server.port)
    editor.get()

    def check() -> None:
        with suppress(http.client.HTTPException, OSError):  # it may get no answer any more
            editor.post(f"{PAGE}/partners/1/check", {})

    asking = threading.Thread(target=check)
    asking.start()
    try:
        with silent.accept()[0]:
            server.process.terminate()
            server.process.wait(LONGEST_END)
    finally:
        asking.join()


def test_the_server_ends_while_an_exchange_runs_and_ends_that_too(
    here: Folder, primary: Server, silent: socket.socket, processes: Processes
) -> None:
    here.lists(1, A, primary.url)
    server = processes.start(here, "--exchange", python(HANGS, silent.getsockname()[1]))
    connection = silent.accept()[0]
    with connection:
        connection.settimeout(LONGEST_END)
        assert connection.recv(1) == b"x"
        server.process.terminate()
        server.process.wait(LONGEST_END)
        assert connection.recv(1) == b"", "nobody holds it any more: the command is gone, and what it started"


@pytest.mark.parametrize("path", ["/sign-in", "/link/v1/openapi.json", "/static/panel.css", "/no-such-page"])
def test_head_is_answered_as_get_without_a_body(data: Path, processes: Processes, path: str) -> None:
    server = processes.start(Folder(data))
    answers = []
    for method in ("GET", "HEAD"):
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
            connection.request(method, path)
            response = connection.getresponse()
            answers.append((response.status, response.headers["Content-Type"]))
            assert bool(response.read()) == (method == "GET")
    assert answers[0] == answers[1]


def test_an_answer_without_content_is_one(here: Folder, processes: Processes) -> None:
    server = processes.start(here)
    editor = editor_at(server.port)
    assert editor.get(f"{PAGE}/check") == editor.get(f"{PAGE}/check")
    assert (editor.get(f"{PAGE}/check").status, editor.get(f"{PAGE}/check").text) == (204, "")
    assert Caller(server.port).get("/link/v1/site?sync_id=1").status == 401, "and the server goes on"
