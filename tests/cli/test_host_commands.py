"""The commands below a host's `flask`, and how they are listed: one line each."""

from pathlib import Path

import pytest
from processes import CHECKOUT, Done, app, plain_line

from sync_panel.cli import panel_commands

HOST = """
from flask import Flask
from sync_panel.cli import panel_commands

app = Flask(__name__)
app.cli.add_command(panel_commands)
"""


@pytest.fixture
def host(tmp_path: Path) -> list[str]:
    """Return how the `flask` of an application is run that took the commands."""
    (tmp_path / "host.py").write_text(HOST)
    return ["-m", "flask", "--app", str(tmp_path / "host.py"), "sync-panel"]


def flask(host: list[str], *arguments: str, data: Path | None, typed: str = "", **given: str) -> Done:
    return app(*arguments, data=data, typed=typed, program=host, PYTHONPATH=str(CHECKOUT), **given)


def test_a_host_shows_the_settings_of_the_folder_that_the_environment_names(host: list[str], data: Path) -> None:
    done = flask(host, "show", data=data)
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout == app("show", data=data).stdout
    assert "role: stand-alone" in done.stdout.splitlines()


def test_a_host_shows_the_settings_of_the_folder_that_an_option_names(
    host: list[str], data: Path, tmp_path: Path
) -> None:
    done = flask(host, "show", "--data", str(data), data=tmp_path / "elsewhere")
    assert "role: stand-alone" in done.stdout.splitlines()


def test_a_host_reads_a_secret_from_standard_input(host: list[str], data: Path) -> None:
    assert flask(host, "user", "add", "wendy", data=data, typed="wendy's password\n").status == 0
    assert "wendy  (viewer)" in flask(host, "user", "list", data=data).stdout


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("show",), 1, "was not set up yet"),
        (("frobnicate",), 2, "flask sync-panel --help."),
        (("--frobnicate",), 2, "flask sync-panel --help."),
        ((), 2, "flask sync-panel --help."),
        (("show", "--frobnicate"), 2, "flask sync-panel show --help."),
        (("user",), 2, "flask sync-panel user --help."),
    ],
    ids=str,
)
def test_a_host_tells_an_error_in_one_line(
    host: list[str], fresh: Path, arguments: tuple[str, ...], status: int, told: str
) -> None:
    done = flask(host, *arguments, data=fresh)
    assert told in plain_line(done)
    assert done.status == status
    assert not fresh.exists()


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_the_help_has_a_line_for_each_command(option: str) -> None:
    listed = lines_of(app(option, data=None))
    assert [line.split()[0] for line in listed] == sorted(panel_commands.commands)
    assert not [line for line in listed if line.endswith("...")], "and each of them is told to its end"
    assert [line.split()[0] for line in lines_of(app("user", option, data=None))] == [
        *("add", "allow-edit", "list", "password", "remove")
    ]


def lines_of(done: Done) -> list[str]:
    """Return the lines in which a help lists commands."""
    assert (done.status, done.stderr) == (0, "")
    return done.stdout.split("Commands:\n")[1].splitlines()
