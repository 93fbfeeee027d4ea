"""The server does not answer: with JavaScript the page says so where it can be seen, and keeps what was typed."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pytest
from browser.conftest import Person
from browser.steps import (
    expect_said,
    minutes_field,
    open_add_dialog,
    press,
    stored_minutes,
    stored_parameters,
    stored_partners,
    stored_password,
    type_server,
)
from panels import CANARY, CODE, TestPanel
from playwright.sync_api import Locator, Route, expect

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NO_ANSWER = "The server did not answer, so it is not known whether it was saved."
NOTHING_ASKED = "The server did not answer. Check the connection and try again"


@pytest.fixture
def editor(people: Callable[..., Person], on: TestPanel) -> Person:
    """Return an unlocked editor of a primary."""
    on.become(1)
    return people(scripts=True).sign_in().unlock()


def expect_no_answer(editor: Person, where: Locator, button: str) -> None:
    """Press a button while the network is down, and expect to be told; htmx tells the console too."""
    editor.context.set_offline(True)
    press(where, button)
    told = editor.page.get_by_role("alert").filter(has_text=NO_ANSWER).first
    expect(told).to_be_in_viewport()
    editor.context.set_offline(False)
    editor.complaints[:] = [text for text in editor.complaints if "Failed to fetch" not in text]


def test_a_form_on_the_page_can_be_sent_again(editor: Person, on: TestPanel) -> None:
    minutes_field(editor).fill("45")
    expect_no_answer(editor, editor.region("interval"), "Save interval")
    expect(minutes_field(editor)).to_have_value("45")
    editor.button("Save interval").click()
    expect_said(editor, "The interval is saved")
    expect(editor.page.get_by_text(NO_ANSWER)).to_have_count(0)
    assert stored_minutes(on) == 45


def test_a_form_in_a_dialog_says_it_there_and_can_be_sent_again(editor: Person, on: TestPanel) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    expect_no_answer(editor, dialog, "OK")
    expect(dialog).to_contain_text(NO_ANSWER)
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Nouméa")
    press(dialog, "OK")
    expect_said(editor, "Nouméa is added")
    assert [partner.name for partner in stored_partners(on)] == ["Nouméa"]


def test_the_code_can_be_entered_again(editor: Person) -> None:
    editor.button("Lock now").click()
    editor.button("Click to un-lock").click()
    editor.page.get_by_label("Authorisation code").fill(CODE)
    expect_no_answer(editor, editor.over("gate"), "OK")
    press(editor.over("gate"), "OK")
    expect(editor.region("lock-bar")).to_contain_text("Unlocked")


def test_trouble_that_is_told_twice_is_shown_once(editor: Person) -> None:
    dialog = open_add_dialog(editor)
    expect_no_answer(editor, dialog, "OK")
    expect_no_answer(editor, dialog, "OK")
    expect(dialog.get_by_text(NO_ANSWER)).to_have_count(1)


def test_trouble_that_the_server_cannot_put_into_the_form_is_said_in_the_dialog(editor: Person, on: TestPanel) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    on.panel.database.close()
    press(dialog, "OK")
    expect(dialog).to_contain_text("the database did not answer as it should")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Nouméa")
    on.restart()


def test_of_what_changes_nothing_no_change_is_spoken_of(editor: Person) -> None:
    editor.context.set_offline(True)
    editor.button("Add server").click()
    expect(editor.region("status")).to_contain_text(NOTHING_ASKED)
    editor.context.set_offline(False)
    dialog = open_add_dialog(editor)
    type_server(dialog)
    editor.context.set_offline(True)
    press(dialog, "Check")
    expect(dialog).to_contain_text(NOTHING_ASKED)
    editor.context.set_offline(False)
    editor.complaints[:] = [text for text in editor.complaints if "Failed to fetch" not in text]


def lose_answer(editor: Person, where: Locator, button: str) -> None:
    """Press a button whose request arrives, and whose answer is lost; expect to be told what is known."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    editor.page.route("**", lose, times=1)
    press(where, button)
    expect(editor.page.get_by_role("alert").filter(has_text=NO_ANSWER)).to_be_visible()
    editor.complaints[:] = [text for text in editor.complaints if "Failed to fetch" not in text]


def test_an_interval_whose_answer_was_lost_counts_as_saved(editor: Person, on: TestPanel) -> None:
    minutes_field(editor).fill("45")
    lose_answer(editor, editor.region("interval"), "Save interval")
    assert stored_minutes(on) == 45
    editor.button("Save interval").click()
    expect_said(editor, "The interval is saved")


def test_parameters_whose_answer_was_lost_count_as_saved_and_can_be_changed_again(
    editor: Person, on: TestPanel
) -> None:
    editor.parameter("Name").fill("First")
    editor.parameter("Password").fill(f"{CANARY} new")
    lose_answer(editor, editor.region("parameters"), "Save parameters")
    assert stored_password(on) == f"{CANARY} new"
    lose_answer(editor, editor.region("parameters"), "Save parameters")
    editor.parameter("Name").fill("Second")
    editor.button("Save parameters").click()
    expect_said(editor, "The parameters are saved")
    assert stored_parameters(on).name == "Second"


def test_a_server_whose_answer_was_lost_is_added_once(editor: Person, on: TestPanel) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    lose_answer(editor, dialog, "OK")
    press(dialog, "OK")
    expect_said(editor, "Nouméa is in the list, with these values")
    assert [partner.name for partner in stored_partners(on)] == ["Nouméa"]


def test_a_removal_and_an_undo_whose_answers_were_lost_are_done_once(editor: Person, on: TestPanel) -> None:
    on.fill(2)
    editor.open()
    editor.page.get_by_role("checkbox").first.check()
    editor.button("Remove selected servers").click()
    lose_answer(editor, editor.over(), "Remove")
    assert len(stored_partners(on)) == 1
    press(editor.over(), "Remove")
    expect_said(editor, "Removed: ")
    lose_answer(editor, editor.region("partners"), "Undo")
    assert len(stored_partners(on)) == 2
    editor.button("Undo").click()
    expect_said(editor, "It was sent twice, and done once.")
    assert len(stored_partners(on)) == 2


class SlowLine:
    """Holds the answer to the first form back until a second one comes."""

    def __init__(self, on: TestPanel) -> None:
        self.arrived = threading.Event()  # the first one, and what it asks for is done
        self._second = threading.Event()
        self._answer, on.app.wsgi_app = on.app.wsgi_app, self.hold  # type: ignore[method-assign]

    def hold(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        is_form = environ["REQUEST_METHOD"] == "POST"
        if is_form and self.arrived.is_set():
            self._second.set()
        answer = self._answer(environ, start_response)
        if is_form and not self.arrived.is_set():
            self.arrived.set()
            assert self._second.wait(60)
        return answer


def test_a_second_press_on_a_slow_line_without_javascript_counts_as_the_first(
    people: Callable[..., Person], on: TestPanel
) -> None:
    on.become(1)
    person = people(scripts=False).sign_in()
    line = SlowLine(on)
    minutes_field(person).fill("45")
    place = person.button("Save interval").bounding_box()
    assert place
    person.page.mouse.click(place["x"] + 5, place["y"] + 5)
    assert line.arrived.wait(60)
    assert stored_minutes(on) == 45
    person.page.mouse.click(place["x"] + 5, place["y"] + 5)
    expect_said(person, "The interval is saved")
    assert stored_minutes(on) == 45
