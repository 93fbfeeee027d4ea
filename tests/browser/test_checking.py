"""The check of a listed server: its steps while it runs and afterwards, from the row and by keyboard."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.conftest import Person
from browser.keys import choose, expect_focus_in, press
from browser.other_server import OtherServer, list_it, other_server
from browser.steps import expect_locked, expect_said
from browser.the_check import check_row, ended_with, failed_with, is_all_right, open_check, steps
from browser.the_list import dialog, row
from panels import VIEWER, VIEWER_PASSWORD, TestPanel
from playwright.sync_api import APIResponse, Route, expect

from sync_panel.rules.partner import Partner


@pytest.fixture
def primary(on: TestPanel, tmp_path: Path) -> Iterator[OtherServer]:
    """Make the panel a satellite, and serve the primary that it lists."""
    on.become(5)
    with other_server(tmp_path, on, sync_id=1, lists=5) as other:
        list_it(on, other.partner)
        yield other


def test_every_step_of_a_check_is_shown_while_locked(person: Person, primary: OtherServer) -> None:
    check_row(person.sign_in(), 1)
    is_all_right(person)
    dialog(person).get_by_role("button", name="Close").click()
    expect_locked(person)
    expect(dialog(person)).to_have_count(0)


def test_the_first_steps_are_there_before_the_last(people: Callable[..., Person], primary: OtherServer) -> None:
    editor = people().sign_in()
    primary.hold.clear()
    open_check(editor, 1)
    expect(steps(editor, "passed")).to_have_text(["✓ Passed: Address found", "✓ Passed: Connected"])
    expect(steps(editor).last).to_have_text("Checking …")
    primary.hold.set()
    is_all_right(editor)
    expect(dialog(editor).locator(".waiting")).to_have_count(0)


def test_steps_that_come_in_late_replace_no_finished_ladder(
    people: Callable[..., Person], primary: OtherServer
) -> None:
    editor = people().sign_in()
    late: list[tuple[Route, APIResponse]] = []

    def hold_up(route: Route) -> None:
        late.append((route, route.fetch()))
        editor.page.evaluate("document.body.id = 'held-up'")

    primary.hold.clear()
    editor.page.route("**/synchronisation/check", hold_up)
    open_check(editor, 1)
    expect(editor.page.locator("#held-up")).to_have_count(1)
    primary.hold.set()
    is_all_right(editor)
    ((route, unfinished),) = late
    assert "Checking …" in unfinished.text()
    with editor.page.expect_response("**/synchronisation/check"):
        route.fulfill(response=unfinished)
    is_all_right(editor)
    expect(dialog(editor).locator(".waiting")).to_have_count(0)


def test_a_step_that_failed_shows_what_helps(person: Person, on: TestPanel, primary: OtherServer) -> None:
    primary.panel.become(1, "https://elsewhere.example.org")
    with primary.panel.panel.database.writing() as db:
        db.execute("UPDATE site SET name = 'Elsewhere'")
    check_row(person.sign_in(), 1)
    failed = "Name: “Elsewhere” there, “Here” here."
    failed_with(person, "Another server than entered", failed)
    expect(steps(person, "passed")).to_have_count(8)


@pytest.mark.parametrize(("own_id", "kind"), [(2, "failed"), (1, "unneeded")], ids=["satellite", "primary"])
def test_a_server_that_does_not_run_ends_the_check_early(person: Person, on: TestPanel, own_id: int, kind: str) -> None:
    on.become(own_id)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    other_id = 3 - own_id
    list_it(on, Partner(other_id, "Lae", "Lae", f"http://127.0.0.1:{port}"))
    check_row(person.sign_in(), other_id)
    ended_with(person, "No connection", f"nothing listens at port {port}", kind)
    expect(steps(person)).to_have_count(2)


def test_a_check_can_be_made_again_once_the_mistake_is_gone(person: Person, primary: OtherServer) -> None:
    with primary.panel.panel.database.writing() as db:
        db.execute("UPDATE partner SET name = 'There'")
    check_row(person.sign_in(), 1)
    failed_with(person, "This site is not listed there", "Name: “There” there, “Here” here.")
    with primary.panel.panel.database.writing() as db:
        db.execute("UPDATE partner SET name = 'Here'")
    person.button("Check").click()
    is_all_right(person)


def test_escape_closes_a_running_check_and_nothing_breaks(people: Callable[..., Person], primary: OtherServer) -> None:
    editor = people().sign_in()
    primary.hold.clear()
    open_check(editor, 1)
    expect(steps(editor, "passed")).to_have_count(2)
    press(editor, "Escape")
    expect(dialog(editor)).to_have_count(0)
    with editor.page.expect_response(lambda answer: answer.request.method == "POST"):
        primary.hold.set()
    expect(editor.page.get_by_role("alert")).to_have_count(0)
    check_row(editor, 1)
    is_all_right(editor)
    press(editor, "Escape")
    editor.unlock()
    editor.field("interval", "Sync time interval").fill("7")
    editor.button("Save interval").click()
    expect_said(editor, "The interval is saved.")


def test_a_second_check_meanwhile_is_asked_to_wait(
    people: Callable[..., Person],
    primary: OtherServer,
    scripts: bool,  # noqa: FBT001  # a fixture's value
) -> None:
    first, second = people().sign_in(), people(scripts=scripts).sign_in()
    primary.hold.clear()
    open_check(first, 1)
    expect(steps(first, "passed")).to_have_count(2)
    check_row(second, 1)
    expect(dialog(second)).to_contain_text("Another check is under way.")
    expect(steps(second)).to_have_count(0)
    primary.hold.set()
    is_all_right(first)
    second.button("Check").click()
    is_all_right(second)


def test_a_check_needs_no_mouse(person: Person, primary: OtherServer) -> None:
    person.sign_in()
    choose(person, row(person, 1).get_by_role("link", name="Check"))
    expect_focus_in(person, ".dialog")
    if not person.scripts:
        choose(person, person.button("Check"))
    is_all_right(person)
    choose(person, person.button("Check"))
    is_all_right(person)
    choose(person, person.button("Close"))
    expect(dialog(person)).to_have_count(0)
    expect_focus_in(person, "#partners")


def test_a_viewer_is_offered_no_check(person: Person, primary: OtherServer) -> None:
    person.sign_in(VIEWER, VIEWER_PASSWORD)
    expect(row(person, 1)).to_be_visible()
    expect(row(person, 1).get_by_role("link", name="Check")).to_have_count(0)
