"""A page that is open under a name goes on working there; only the panel's own answers take the place of a region."""

from collections.abc import Callable

import pytest
from browser.conftest import PAGE, Person
from panels import ADMIN, ADMIN_PASSWORD, CODE, TestPanel
from playwright.sync_api import Route, expect

from sync_panel.store.names import NAMES

NAME, WRONG_NAME = "panel.test", "pannel.test"
BAD_GATEWAY = "<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"


def come_by_name(person: Person, address: str) -> Person:
    """Sign in and un-lock, by the name; only Chromium itself knows where that is."""
    person.address = address.replace("127.0.0.1", NAME)
    person.sign_in_by_hand(ADMIN, ADMIN_PASSWORD)
    person.button("Click to un-lock").wait_for()
    return person.unlock()


@pytest.fixture
def called(on: TestPanel, people: Callable[..., Person], address: str, scripts: bool) -> Person:  # noqa: FBT001
    """Return an unlocked editor who opened the panel by the name that the site's URL has."""
    on.become(1, f"https://{NAME}")
    return come_by_name(people(scripts=scripts), address)


def test_the_editor_who_mistypes_the_name_goes_on(called: Person) -> None:
    called.parameter("URL").fill(f"https://{WRONG_NAME}")
    called.button("Save parameters").click()
    expect(called.page.get_by_text("The parameters are saved.")).to_be_visible()
    expect(called.region("notes")).to_contain_text(f"This server still answers as {NAME}")
    called.button("Lock now").click()
    expect(called.region("parameters")).to_contain_text(WRONG_NAME)
    called.unlock()
    called.parameter("URL").fill(f"https://{NAME}")
    called.button("Save parameters").click()
    expect(called.region("notes")).not_to_contain_text("still answers")


def test_an_earlier_name_is_left_with_the_code(on: TestPanel, called: Person, address: str) -> None:
    called.parameter("URL").fill("https://elsewhere.example.org")
    called.button("Save parameters").click()
    expect(called.region("notes")).to_contain_text("You use this name yourself")
    called.address = address
    called.sign_in()
    called.button(f"Leave {NAME}").click()
    called.enter_code(CODE)
    expect(called.page.get_by_text(f"This server does not answer as {NAME} any more.")).to_be_visible()
    expect(called.region("notes")).not_to_contain_text("still answers")
    assert (on.settings.data / NAMES).read_text() == ""


def left_meanwhile(on: TestPanel, people: Callable[..., Person], address: str) -> Person:
    """Return an editor whose page is open under a name that was left meanwhile."""
    on.become(1, f"https://{NAME}")
    person = come_by_name(people(), address)
    on.become(1, "https://elsewhere.example.org")
    (on.settings.data / NAMES).unlink()
    return person


def test_the_regions_stay_when_the_name_was_left(on: TestPanel, people: Callable[..., Person], address: str) -> None:
    person = left_meanwhile(on, people, address)
    person.parameter("Name").fill("Typed before")
    person.button("Save parameters").click()
    expect(person.page.locator("#status")).to_contain_text("This server is not known as")
    expect(person.parameter("Name")).to_have_value("Typed before")
    person.page.evaluate("document.dispatchEvent(new Event('unlocked')); htmx.trigger('#lock-bar', 'expired')")
    expect(person.page.locator(".htmx-request")).to_have_count(0)
    for region in ("lock-bar", "interval", "parameters", "partners", "link"):
        expect(person.region(region)).to_have_count(1)


def test_a_dialog_stays_when_a_proxy_answers(people: Callable[..., Person]) -> None:
    person = people().sign_in().unlock()
    person.button("Lock now").click()

    def answer(route: Route) -> None:
        route.fulfill(status=502, content_type="text/html", body=BAD_GATEWAY)

    person.button("Click to un-lock").click()
    person.page.get_by_label("Authorisation code").fill("typed")
    person.page.route(f"**{PAGE}/**", answer)
    person.button("OK").click()
    expect(person.over("gate").locator(".trouble")).to_be_visible()
    expect(person.page.get_by_label("Authorisation code")).to_have_value("typed")
    expect(person.page.get_by_text("Bad Gateway")).to_have_count(0)
