"""A secret that is no password of a person: as hidden as one, although browsers keep nothing of it."""

import re
from collections.abc import Callable

import pytest
from browser.conftest import PAGE, Person
from panels import CODE
from playwright.sync_api import Locator, expect

TOLD = re.compile("This is secret: the screen shows dots only")
MASK = "field => getComputedStyle(field).webkitTextSecurity"


def code_field(person: Person) -> Locator:
    """Open the question for the code and return its field."""
    person.button("Click to un-lock").click()
    return person.page.get_by_label("Authorisation code")


def test_it_is_masked_on_the_screen_and_on_paper_and_told_to_who_sees_neither(person: Person) -> None:
    field = code_field(person.sign_in())
    for medium in ("screen", "print"):
        person.page.emulate_media(media=medium)
        assert field.evaluate(MASK) == "disc"
    expect(field).to_have_accessible_description(TOLD)
    person.page.emulate_media(media="screen")
    person.enter_code(CODE)
    expect(person.parameter("Password")).to_have_accessible_description(TOLD)
    assert person.parameter("Password").evaluate(MASK) == "disc"


def test_it_can_be_pasted(person: Person) -> None:
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.sign_in().page.evaluate("code => navigator.clipboard.writeText(code)", CODE)
    field = code_field(person)
    field.press("ControlOrMeta+v")
    expect(field).to_have_value(CODE)
    person.button("OK").click()
    expect(person.parameter("Password")).to_be_visible()


@pytest.mark.parametrize("taking", ["copy", "cut", "dragstart"])
def test_it_cannot_be_taken_out_of_its_field_but_other_things_can(people: Callable[..., Person], taking: str) -> None:
    person = people().sign_in()
    code_field(person).fill(CODE)
    may = "(field, name) => field.dispatchEvent(new Event(name, {bubbles: true, cancelable: true}))"
    assert not person.page.get_by_label("Authorisation code").evaluate(may, taking)
    assert person.region("interval").get_by_label("Sync time interval").evaluate(may, taking)


def test_going_back_and_reloading_do_not_bring_it_back(person: Person) -> None:
    person.sign_in().open(f"{PAGE}/unlock")
    person.page.get_by_label("Authorisation code").fill(CODE)
    person.page.reload()
    expect(person.page.get_by_label("Authorisation code")).to_have_value("")
    person.enter_code(CODE)
    person.parameter("Password").fill(CODE)
    person.page.go_back()
    expect(person.page.get_by_label("Authorisation code")).to_have_value("")
    person.page.go_forward()
    expect(person.parameter("Password")).to_have_value("")
