"""Working without a mouse: where the focus is, how it looks, and getting it somewhere."""

from browser.conftest import Person
from playwright.sync_api import Locator, expect

MANY = 250  # presses of Tab: more than a page with fifty rows has stops

# The element with the focus: is its outline drawn, is it in the window, and does nothing cover its middle.
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const middle = [box.left + box.width / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(...middle);
  return {
    name: element.id || element.textContent.trim().slice(0, 40) || element.outerHTML.slice(0, 80),
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    covered: !top || !(element.contains(top) || top.contains(element)),
    dialog: element.closest("dialog")?.id ?? null,
  };
}"""


def press(person: Person, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        person.page.keyboard.press(key)


def write(person: Person, text: str) -> None:
    """Replace what stands in the field that has the focus."""
    press(person, "ControlOrMeta+a")
    person.page.keyboard.insert_text(text) if text else press(person, "Delete")


def go(person: Person, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the target has the focus, and expect it to be seen there."""
    expect(target).to_be_visible()
    for _ in range(MANY):
        if has_focus(target):
            break
        press(person, key)
    expect(target, "it can be reached").to_be_focused()
    expect_seen(person)


def has_focus(target: Locator) -> bool:
    return bool(target.evaluate("element => element === document.activeElement"))


def expect_seen(person: Person) -> None:
    """Expect the focus to be marked, and nothing to lie over it."""
    focus = person.page.evaluate(FOCUS)
    assert focus, "the focus is on nothing"
    assert focus["marked"], f"the focus is marked: {focus}"
    assert not focus["covered"], f"nothing covers the focus: {focus}"


def choose(person: Person, target: Locator, key: str = "Enter") -> None:
    """Go to a button or link, and press it."""
    go(person, target)
    press(person, key)


def expect_focus_in(person: Person, selector: str) -> None:
    """Expect the focus somewhere in a part of the page; after a whole new page it may be at its start."""
    if person.scripts:
        expect(person.page.locator(f"{selector} :focus, {selector}:focus")).to_have_count(1)
