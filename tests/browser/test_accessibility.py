"""Scenario o: axe-core finds nothing in any state, and each of them fits a phone and can be pressed there."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import Person
from browser.states import unlocked_with_fifty_rows
from browser.trouble_states import STATES
from panels import TestPanel
from playwright.sync_api import Locator, Page, expect

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
SMALLEST_TARGET = 24  # CSS pixels, both ways: WCAG 2.2, success criterion 2.5.8
TARGETS = "button, form a, dialog a, nav a, th a, a.button, select, textarea, input:not([type=hidden])"

# What can be pressed and is smaller; for a tick box the label around it counts, since pressing that ticks it too.
TOO_SMALL = """(elements, smallest) => elements
  .filter((element) => element.checkVisibility({visibilityProperty: true}))
  .map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
  .filter(([, box]) => box.width < smallest || box.height < smallest)
  .map(([element, box]) => `${element.outerHTML.slice(0, 120)}: ${box.width} × ${box.height}`)"""

# What sticks out to the right although it has room of its own neither to scroll nor to hide in.
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > innerWidth)
      .map((element) => element.outerHTML.slice(0, 120))
  : [...document.querySelectorAll("dialog[open]")].filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => element.outerHTML.slice(0, 120))"""

# What is a dialog with JavaScript is a page of its own without; everything else is the same page in both ways.
PAGES_OF_THEIR_OWN = {"asked for the code", "wrong code", "adding", "adding wrongly", "editing", "removing"}
WAYS = [(state, True) for state in STATES] + [(state, False) for state in STATES if state in PAGES_OF_THEIR_OWN]


@pytest.fixture
def reader(people: Callable[..., Person], *, scripts: bool) -> Person:
    """Return a person whose browser loads no script of the panel; axe-core itself is one, and needs them to run."""
    person = people(scripts=True, viewport=WIDE)
    if not scripts:
        person.context.route("**/*.js", lambda route: route.abort())
        person.scripts = False
    return person


@pytest.mark.parametrize(("state", "scripts"), WAYS, ids=[f"{state}-{scripts}" for state, scripts in WAYS])
def test_axe_finds_nothing_and_a_phone_shows_and_can_press_all_of_it(reader: Person, on: TestPanel, state: str) -> None:
    STATES[state](on, reader)
    expect_nothing_found(reader.page, "light")
    reader.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict
    expect_nothing_found(reader.page, "dark")
    assert not reader.page.evaluate(TOO_WIDE), "nothing scrolls sideways"
    assert not targets(reader.page).evaluate_all(TOO_SMALL, SMALLEST_TARGET)


def targets(page: Page) -> Locator:
    """Return what can be pressed; with a dialog open only what is in it."""
    is_open = page.locator("dialog[open]").count()
    return page.locator("dialog[open]" if is_open else "body").locator(TARGETS)


def expect_nothing_found(page: Page, scheme: str) -> None:
    """Expect axe-core to find nothing, in one colour scheme."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
    results = Axe().run(page)
    assert not results.violations_count, f"{scheme}: {results.generate_report()}"


def test_the_page_says_more_without_colours(person: Person, on: TestPanel) -> None:
    """Locked and unlocked differ in words, and in the shape of the border."""
    bar = person.sign_in().region("lock-bar")
    locked = bar.evaluate("bar => getComputedStyle(bar).borderTopStyle")
    expect(bar.get_by_text("Locked", exact=True)).to_be_visible()
    person.unlock()
    expect(bar.get_by_text("Unlocked", exact=True)).to_be_visible()
    assert bar.evaluate("bar => getComputedStyle(bar).borderTopStyle") != locked


@pytest.mark.parametrize("state", [name for name in STATES if "fifty" in name or name in {"undo offered", "saved"}])
def test_on_paper_stand_the_values_and_nothing_to_press(person: Person, on: TestPanel, state: str) -> None:
    STATES[state](on, person)
    person.page.emulate_media(media="print")
    for pressed in person.page.locator("button, .button, input[type=checkbox], [role=search]").all():
        expect(pressed).not_to_be_visible()
    for region in ("interval", "parameters", "partners"):
        expect(person.region(region)).to_be_visible()


def test_each_listed_server_stands_on_paper(person: Person, on: TestPanel) -> None:
    unlocked_with_fifty_rows(on, person)
    person.page.emulate_media(media="print")
    expect(person.page.get_by_role("cell", name="Port Moresby General Hospital", exact=True)).to_be_visible()
    expect(person.page.get_by_role("columnheader", name="Store")).to_be_visible()
