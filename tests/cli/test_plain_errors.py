"""Section 4: an error is one plain line on standard error and a non-zero exit status, never a traceback."""

import os
import socket
from pathlib import Path

import pytest
from processes import app, plain_line, refusal

ANYWHERE = "127.0.0.1:0"
ANYWHERE_TOO = ("--listen", ANYWHERE)


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "",
        "127.0.0.1",
        ":8765",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:http",
        "::1:8765",
        "[127.0.0.1]:8765",
        "192.0.2.1:8765",
        "müller..example:8765",
    ],
)
def test_an_address_that_cannot_be_listened_on_is_refused(fresh: Path, address: str) -> None:
    said = refusal("--listen", address, data=fresh)
    assert address in said
    assert "127.0.0.1:8765" in said or "--listen" in said, "what would be right is said too"
    assert not fresh.exists(), "nothing is set up before there is an address"


def test_a_port_in_use_is_said_to_be_in_use(fresh: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        assert f"Cannot listen on {address}: Address already in use" in refusal("--listen", address, data=fresh)
    assert not fresh.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("SYNC_PANEL_UNLOCK_SECONDS", text) for text in ("ten", "0", "-5", "1.5", " ", "9999999999", "٣")),
        ("SYNC_PANEL_UNLOCK_LONGEST_SECONDS", "two hours"),
        ("SYNC_PANEL_SIGN_IN_SECONDS", "12h"),
    ],
)
def test_a_setting_that_is_no_number_of_seconds_is_refused(data: Path, name: str, text: str) -> None:
    said = refusal("--listen", ANYWHERE, data=data, **{name: text})
    assert said == f"{name} is “{text}”. Set it to a whole number of seconds above 0."


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("SYNC_PANEL_ADMIN_PASSWORD", "short77", "A password needs 8 to 1000 characters."),
        ("SYNC_PANEL_ADMIN_PASSWORD", "x" * 1001, "A password needs 8 to 1000 characters."),
        ("SYNC_PANEL_AUTHORISATION_CODE", "- A - B -", "An authorisation code needs 15 to 200 characters"),
        ("SYNC_PANEL_AUTHORISATION_CODE", "x" * 201, "An authorisation code needs 15 to 200 characters"),
    ],
)
def test_a_first_secret_that_the_rules_refuse_sets_nothing_up(fresh: Path, name: str, text: str, reason: str) -> None:
    said = refusal("--listen", ANYWHERE, data=fresh, **{name: text})
    assert said.startswith(f"{name} cannot be used. {reason}")
    assert text not in said
    assert not fresh.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("--frobnicate",),
        ("serve", "--listen"),
        ("show", "--frobnicate"),
        ("user",),
        ("user", "frobnicate"),
        ("user", "add"),
        ("user", "allow-edit", "admin", "perhaps"),
    ],
    ids=" ".join,
)
def test_a_command_that_there_is_not_is_refused_in_one_line(data: Path, arguments: tuple[str, ...]) -> None:
    refusal(*arguments, data=data)


@pytest.mark.parametrize("command", ["add", "remove", "password", "allow-edit"])
def test_a_name_that_is_no_text_is_refused(data: Path, command: str) -> None:
    refusal("user", command, b"\xff\xfe", data=data, typed="a good password\n")


@pytest.mark.parametrize("reading", ["utf-8:strict", "utf-8:surrogateescape"])
@pytest.mark.parametrize("command", [("set-code",), ("user", "password", "admin")], ids=" ".join)
def test_a_secret_that_is_no_text_is_refused(data: Path, command: tuple[str, ...], reading: str) -> None:
    refusal(*command, data=data, typed=b"\xff\xfe no text at all\n", PYTHONIOENCODING=reading)


@pytest.mark.parametrize("command", [("show",), ("user", "list"), ("--help",), ANYWHERE_TOO], ids=" ".join)
def test_a_command_whose_reader_has_gone_ends_without_a_word(data: Path, command: tuple[str, ...]) -> None:
    read, written = os.pipe()
    os.close(read)
    done = app(*command, data=data, onto=written, PYTHONUNBUFFERED="")
    assert done.stderr == ""
    assert done.status > 0


@pytest.mark.parametrize("command", [("show",), ("user", "list")], ids=" ".join)
def test_what_cannot_be_printed_is_told(data: Path, command: tuple[str, ...]) -> None:
    assert plain_line(app(*command, data=data, onto="/dev/full", PYTHONUNBUFFERED="")) == "No space left on device"


def test_an_error_is_one_line_even_of_a_name_that_has_more(data: Path) -> None:
    assert refusal("backup", "no\nfolder/copy", data=data).startswith("There is no folder no folder.")
    refusal("show", "no\ncommand", data=data)
    refusal("no\ncommand", data=data)


def test_a_file_may_have_any_name(data: Path, tmp_path: Path) -> None:
    """Expect it of one that is no text in UTF-8, and under any terminal's encoding."""
    copy = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    done = app("backup", os.fsencode(copy), data=data, onto=str(tmp_path / "told"), PYTHONIOENCODING="ascii")
    assert (done.status, done.stderr) == (0, "")
    assert copy.exists()
    assert os.fsencode(copy) in (tmp_path / "told").read_bytes()
