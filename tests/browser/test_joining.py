"""A primary and three satellites, each a process of its own, joined by hand: all works, and a mistake is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import Person
from browser.steps import expect_said, open_add_dialog, press
from browser.the_check import is_all_right
from browser.the_list import dialog, row, said
from cli.linked import Folder, Processes
from panels import CANARY
from playwright.sync_api import Browser, BrowserContext, expect
from processes import Server

NAMES = {1: "National Medical Store", 2: "Lae Hospital", 3: "Goroka Clinic", 4: "Daru Health Centre"}
STORE = "General store"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[int, Server]]:
    """Serve four panels that were just set up, by their Sync IDs to be, each at an address of its own."""
    with Processes(tmp_path) as processes:
        yield {
            sync_id: processes.start(Folder(tmp_path / f"site-{sync_id}"), listen=f"127.0.0.{sync_id}:0")
            for sync_id in NAMES
        }


@pytest.fixture
def editors(chromium: Browser, servers: dict[int, Server]) -> Iterator[dict[int, Person]]:
    """Return an editor at each server, signed in."""
    contexts: list[BrowserContext] = []

    def at(server: Server) -> Person:
        contexts.append(chromium.new_context())
        return Person(contexts[-1], server.url, scripts=True).sign_in()

    there = {sync_id: at(server) for sync_id, server in servers.items()}
    yield there
    for context in contexts:
        context.close()
    assert not [complaint for editor in there.values() for complaint in editor.complaints]


def give_parameters(editor: Person, sync_id: int, url: str) -> None:
    """Un-lock, and say who this site is."""
    editor.unlock()
    values = {"Sync ID": str(sync_id), "Name": NAMES[sync_id], "Store": STORE, "URL": url}
    for label, text in (values | {"User name": "sync", "Password": CANARY}).items():
        editor.parameter(label).fill(text)
    editor.button("Save parameters").click()
    expect_said(editor, "The parameters are saved")


def list_server(editor: Person, sync_id: int, url: str) -> None:
    """Add a server with +, and accept plain HTTP for it."""
    form = open_add_dialog(editor)
    for label, text in {"Sync ID": str(sync_id), "Name": NAMES[sync_id], "Store": STORE, "URL": url}.items():
        form.get_by_label(label, exact=True).fill(text)
    form.get_by_text("Certificate, plain HTTP, mSupply").click()
    form.get_by_label("Accept plain HTTP").check()
    press(form, "OK")
    said(editor, f"{NAMES[sync_id]} is added.")


def check(editor: Person, sync_id: int) -> None:
    """Check a row, see that all is right, and close."""
    row(editor, sync_id).get_by_role("link", name="Check").click()
    is_all_right(editor)
    press(dialog(editor), "Close")


def test_four_servers_are_joined_and_a_wrong_name_is_named_on_both_sides(
    servers: dict[int, Server], editors: dict[int, Person]
) -> None:
    primary, satellites = editors[1], [editors[sync_id] for sync_id in (2, 3, 4)]
    for sync_id, editor in editors.items():
        give_parameters(editor, sync_id, servers[sync_id].url)
    for sync_id in (2, 3, 4):
        list_server(primary, sync_id, servers[sync_id].url)
    for editor in satellites:
        list_server(editor, 1, servers[1].url)
    for editor in satellites:
        expect(row(editor, 1)).to_contain_text("Works")
        expect(editor.region("link")).to_contain_text("just now")
        check(editor, 1)
    expect(primary.region("link")).to_contain_text("3 on time", timeout=15_000)
    for sync_id in (2, 3, 4):
        expect(row(primary, sync_id)).to_contain_text("On time")
        check(primary, sync_id)
    expect(primary.page.locator(".state-bad")).to_have_count(0)

    wrong = editors[3]
    wrong.parameter("Name").fill("Goroka Hospital")
    wrong.button("Save parameters").click()
    expect_said(wrong, "The parameters are saved")
    expect(row(wrong, 1)).to_contain_text("Failed", timeout=15_000)
    expect(wrong.region("link")).to_contain_text(f"Name: “{NAMES[3]}” there, “Goroka Hospital” here.")
    expect(row(primary, 3)).to_contain_text("Refused", timeout=15_000)
    expect(row(primary, 3)).to_contain_text(f"Name: “Goroka Hospital” there, “{NAMES[3]}” here.")
    expect(primary.region("link")).to_contain_text("2 on time")
    expect(primary.region("link")).to_contain_text("1 refused")
