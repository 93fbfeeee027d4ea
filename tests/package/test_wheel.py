"""The wheel holds all that the panel needs: it is built once, unpacked elsewhere, and that copy is tried."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from processes import CHECKOUT, environment

ANSWER = """
import sys
from pathlib import Path
import sync_panel
from sync_panel import Settings, create_app
from sync_panel.guard.keys import Hasher
from sync_panel.set_up import set_up

where, data = map(Path, sys.argv[1:])
assert Path(sync_panel.__file__).is_relative_to(where), sync_panel.__file__
settings = Settings(data=data, admin_password="correct horse battery", authorisation_code="OPEN-SESAME-2026-AB")
set_up(settings, Hasher("scrypt:512:8:1"), lambda first: None)
client = create_app(settings).test_client()
for path in ["/sign-in", *sys.stdin.read().split()]:
    answer = client.get(path)
    print(answer.status_code, answer.mimetype)
    if path == "/sign-in":
        print(answer.text)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as an installation does, from the checkout and without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, CHECKOUT], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    """Return the folder in which the wheel was unpacked, as an installation would."""
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files_under(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by their path from it, compiled Python aside."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("name", ["templates", "static"])
def test_every_template_and_static_file_is_inside_the_package(unpacked: Path, name: str) -> None:
    assert files_under(unpacked / "sync_panel" / name) == files_under(CHECKOUT / name)


def test_every_module_and_migration_is_inside(unpacked: Path) -> None:
    inside = files_under(unpacked / "sync_panel")
    assert {name: content for name, content in inside.items() if not name.startswith(("templates/", "static/"))} == (
        files_under(CHECKOUT / "sync_panel")
    )


def test_nothing_else_is_installed_beside_the_package(unpacked: Path) -> None:
    beside = sorted(path.name.rpartition(".")[2] for path in unpacked.iterdir() if path.name != "sync_panel")
    assert beside == ["dist-info"]


def ask(unpacked: Path, data: Path, *paths: str) -> str:
    """Return what a panel of the unpacked wheel answers at /sign-in and at these paths."""
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", ANSWER, unpacked, data],
        cwd=unpacked.parent,
        env=environment(None, {"PYTHONPATH": str(unpacked)}),
        input="\n".join(paths),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_panel_of_the_wheel_answers_with_the_sign_in_page(unpacked: Path, tmp_path: Path) -> None:
    said = ask(unpacked, tmp_path / "data")
    assert said.startswith("200 text/html\n<!doctype html>")
    assert "User name" in said
    assert 'type="password"' in said


def test_a_panel_of_the_wheel_sends_its_static_files(unpacked: Path, tmp_path: Path) -> None:
    page = ask(unpacked, tmp_path / "one")
    linked = [part.split('"')[0] for part in page.split('="') if part.startswith("/sync-panel-static/")]
    kinds = [
        line.partition(" ")[2] for line in ask(unpacked, tmp_path / "two", *linked).splitlines() if line[:4] == "200 "
    ]
    assert sorted(kinds) == ["image/svg+xml", "text/css", "text/html", "text/javascript", "text/javascript"]
