"""The dialog that asks for the code or the sign-in, above all else: it goes away when it is done, and only then."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.steps import open_add_dialog
from panels import TestPanel
from playwright.sync_api import expect

# A dialog's own "close" event waits for the next frame, which a busy or hidden page draws late.
# Here what comes before that frame comes in the same task as the closing, every time.
AND_A_SWAP = "document.dispatchEvent(new Event('htmx:after:swap'))"
CLOSE_GATE = f"document.dispatchEvent(new Event('close-gate')); {AND_A_SWAP}"
CLOSE_DIALOG = f"document.dispatchEvent(new Event('close-dialog')); {AND_A_SWAP}"
CANCEL = f"document.querySelector('#gate [data-close]').click(); {AND_A_SWAP}"


@pytest.mark.parametrize("closing", [CLOSE_GATE, CANCEL])
def test_the_gate_stays_closed_when_a_region_arrives_before_the_next_frame(
    people: Callable[..., Person], closing: str
) -> None:
    person = people().sign_in()
    person.button("Click to un-lock").click()
    expect(person.over("gate")).to_be_visible()
    person.page.evaluate(closing)
    expect(person.over("gate")).to_be_hidden()
    person.button("Click to un-lock").click()
    expect(person.page.get_by_label("Authorisation code")).to_be_focused()


def test_the_dialog_stays_closed_when_a_region_arrives_before_the_next_frame(
    people: Callable[..., Person], on: TestPanel
) -> None:
    on.become(1)
    person = people().sign_in().unlock()
    open_add_dialog(person)
    person.page.evaluate(CLOSE_DIALOG)
    expect(person.over()).to_be_hidden()


def test_a_gate_that_is_asked_for_again_before_the_next_frame_keeps_its_content(people: Callable[..., Person]) -> None:
    person = people().sign_in()
    person.button("Click to un-lock").click()
    expect(person.over("gate")).to_be_visible()
    person.page.evaluate(
        "const filled = document.getElementById('gate').firstElementChild.cloneNode(true);"
        "document.dispatchEvent(new Event('close-gate'));"
        f"document.getElementById('gate').replaceChildren(filled); {AND_A_SWAP}"
    )
    person.page.evaluate("new Promise(requestAnimationFrame)")
    expect(person.page.get_by_label("Authorisation code")).to_be_visible()
