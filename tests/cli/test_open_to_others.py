"""A data folder that somebody else may read or write is refused, with the command that ends that."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from cli.conftest import Serve
from processes import app, plain_line, refusal, succeed

from sync_panel.set_up import DATABASE_FILE

COMMANDS = pytest.mark.parametrize(
    "command", [("--listen", "127.0.0.1:0"), ("show",), ("user", "list"), ("restore", "app.py")], ids=" ".join
)
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@COMMANDS
@pytest.mark.parametrize("mode", [0o755, 0o710, 0o702], ids=oct)
def test_a_folder_that_others_may_enter_read_or_write(data: Path, command: tuple[str, ...], mode: int) -> None:
    data.chmod(mode)
    assert_mended(refusal(*command, data=data), data, data)


@pytest.mark.parametrize(("name", "mode"), [("cookies.key", 0o640), ("passwords.key", 0o604), (DATABASE_FILE, 0o620)])
def test_a_file_in_it_that_others_may_read_or_write(data: Path, name: str, mode: int) -> None:
    (data / name).chmod(mode)
    assert_mended(refusal("show", data=data), data / name, data)


def test_what_a_running_panel_adds_is_looked_at_too(data: Path, serve: Serve) -> None:
    serve(data).stop()
    for name in ("latest.sqlite3", "in-force"):
        (data / name).chmod(0o644)
        assert_mended(refusal("show", data=data), data / name, data)


def assert_mended(told: str, path: Path, folder: Path) -> None:
    """Run the command that was named, and see that it was enough."""
    assert told.startswith(f"Others may read or write {path}. Forbid it with: chmod ")
    command = told.partition("Forbid it with: ")[2].partition(" Or name")[0]
    subprocess.run(shlex.split(command), check=True)
    succeed("show", data=folder)


def test_an_empty_folder_is_refused_before_anything_is_made_in_it(fresh: Path) -> None:
    fresh.mkdir(mode=0o755)
    fresh.chmod(0o755)
    assert "chmod -R go=" in refusal("--listen", "127.0.0.1:0", data=fresh)
    assert not list(fresh.iterdir())


def test_a_folder_with_a_space_in_its_name_is_quoted(tmp_path: Path) -> None:
    folder = tmp_path / "my data; rm x"
    folder.mkdir()
    folder.chmod(0o755)
    assert f"chmod -R go= {shlex.quote(str(folder))}" in refusal("--listen", "127.0.0.1:0", data=folder)


def test_a_link_counts_as_what_it_leads_to(data: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(data)
    succeed("show", data=tmp_path / "link")
    key = (data / "cookies.key").rename(tmp_path / "cookies.key")
    (data / "cookies.key").symlink_to(key)
    succeed("show", data=data)
    key.chmod(0o644)
    assert "Others may read or write" in refusal("show", data=data)


@AS_ROOT
@pytest.mark.parametrize("name", [".", "passwords.key"])
def test_what_belongs_to_somebody_else_is_refused(data: Path, name: str) -> None:
    os.chown(data / name, 12345, 12345)
    told = plain_line(app("show", data=data))
    assert told.startswith(f"{data / name} belongs to another user (12345). Run this command as that user, or give")
    subprocess.run(shlex.split(told.partition("with: ")[2].partition(" Or name")[0]), check=True)
    succeed("show", data=data)
