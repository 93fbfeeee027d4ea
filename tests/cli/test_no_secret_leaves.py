"""Scenario k, for a real process: no secret in its command line, its output, or in the clear in the data folder."""

import sqlite3
from contextlib import closing
from pathlib import Path

from caller import Caller, unlocked_editor_at
from cli.conftest import Serve
from panels import ADMIN_PASSWORD, CANARY, CODE
from processes import Server, app
from visitor import PARAMETERS

SECRETS = [CANARY, ADMIN_PASSWORD, CODE]


def use_every_secret(port: int) -> Caller:
    """Sign in, unlock and save the shared password, each after a wrong try."""
    clumsy = Caller(port)
    assert clumsy.sign_in("admin", CANARY).status == 422
    editor = unlocked_editor_at(port)
    assert editor.unlock(CANARY).status == 422
    assert editor.save_parameters(**(PARAMETERS | {"sync_id": "none"})).status == 422
    assert editor.save_parameters(**PARAMETERS).status == 303
    return editor


def in_the_clear(folder: Path) -> list[tuple[str, str]]:
    """Return each file that holds a secret as it was typed, and the secret."""
    return [
        (path.name, secret)
        for path in filter(Path.is_file, folder.rglob("*"))
        for secret in SECRETS
        if any(secret.encode(form) in path.read_bytes() for form in ("utf-8", "utf-16-le"))
    ]


def test_the_data_folder_holds_no_secret_in_the_clear(data: Path, serve: Serve) -> None:
    server = serve(data)
    use_every_secret(server.port)
    assert in_the_clear(data) == [], "while the write-ahead log is in use"
    server.kill()
    assert in_the_clear(data) == [], "as a power cut leaves it"
    assert CANARY in app("show", "--with-password", data=data).stdout, "it is there, sealed"


def test_no_secret_is_in_the_output_or_the_command_line(data: Path, serve: Serve) -> None:
    server = serve(data, PYTHONWARNINGS="default")
    use_every_secret(server.port)
    line = command_line(server)
    written = server.stop()
    assert "app.py" in line
    assert [secret for secret in SECRETS if secret in line + written] == []


def test_a_new_password_leaves_nothing_of_the_old_one(data: Path, serve: Serve) -> None:
    """The sealed old password is gone as well, so that a copied key cannot open it in an old page.

    Only the snapshots keep it, sealed, to take the change back.
    """
    server = serve(data)
    editor = use_every_secret(server.port)
    first = sealed_in(data)
    assert editor.save_parameters(**(PARAMETERS | {"password": "the next one"})).status == 303
    assert sealed_in(data) != first
    assert not [path.name for path in filter(Path.is_file, data.iterdir()) if first in path.read_bytes()]


def test_no_secret_of_the_environment_stays_in_the_process(data: Path, serve: Serve) -> None:
    """Expect it of a folder that was set up before, too: whoever starts the panel may always name them."""
    server = serve(data, SYNC_PANEL_ADMIN_PASSWORD=ADMIN_PASSWORD, SYNC_PANEL_AUTHORISATION_CODE=CODE)
    read = Path(f"/proc/{server.process.pid}/environ").read_bytes()
    assert b"SYNC_PANEL_DATA" in read
    assert [secret for secret in SECRETS if secret.encode() in read] == []


def command_line(server: Server) -> str:
    """Return what every user of the machine may read of the process."""
    return Path(f"/proc/{server.process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def sealed_in(data: Path) -> bytes:
    """Return the sealed password as it is stored."""
    with closing(sqlite3.connect(data / "sync_panel.sqlite3")) as db:
        return bytes(db.execute("SELECT password FROM site").fetchone()[0])
