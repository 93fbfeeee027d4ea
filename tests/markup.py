"""The markup of every answer: strictly parsed, each id once, each reference and each form complete."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from html5lib import HTMLParser

DIFFERS_EACH_TIME = re.compile(r'((?:name="(?:csrf-token|csrf_token|draft)" (?:content|value))=")[^"]+')
REFERENCES = ("for", "form", "aria-labelledby", "aria-describedby")
SEEN: dict[str, list[str]] = {}


def faults_in(text: str) -> list[str]:
    """Return what is wrong with a page or a fragment; what was looked at before is not parsed again."""
    skeleton = DIFFERS_EACH_TIME.sub(r"\1x", text)
    if skeleton not in SEEN:
        SEEN[skeleton] = list(find_faults(skeleton))
    return SEEN[skeleton]


def find_faults(text: str) -> Iterator[str]:
    """Parse a text, and yield each fault."""
    parser = HTMLParser(namespaceHTMLElements=False)
    is_page = text[:9].lower() == "<!doctype"
    root = parser.parse(text) if is_page else parser.parseFragment(text)
    for (line, column), code, values in parser.errors:
        yield f"line {line}, column {column}: {code} {values}"
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    ids = Counter(element.attrib["id"] for element in elements if "id" in element.attrib)
    yield from (f"id {name} {count} times" for name, count in ids.items() if count > 1)
    if is_page:  # a fragment may name what stands in the page around it
        yield from references_to_nothing(elements, set(ids))
    yield from forms_without_button(elements)
    yield from secrets_for_browsers_to_keep(elements)
    if is_page and root.find("head/link") is not None and root.find("head/meta[@name='description']") is None:
        yield "no description"


def references_to_nothing(elements: list[Element], ids: set[str]) -> Iterator[str]:
    """Yield the references to an id that is not there; a dialog that is still empty is filled with its title."""
    for element in elements:
        for name in REFERENCES if len(element) or element.tag != "dialog" else ():
            if not set(element.get(name, "").split()) <= ids:
                yield f"{name} of {shown(element)} leads nowhere"


def forms_without_button(elements: list[Element]) -> Iterator[str]:
    """Yield the forms that nothing sends, neither in them nor named by the button's own `form`."""
    sending = [element for element in elements if element.tag == "button" and element.get("type", "submit") == "submit"]
    for form in (element for element in elements if element.tag == "form"):
        own = {id(element) for element in form.iter("button")}
        if not any(
            button.get("form") == form.get("id") if "form" in button.attrib else id(button) in own for button in sending
        ):
            yield f"{shown(form)} has no submit button"


def secrets_for_browsers_to_keep(elements: list[Element]) -> Iterator[str]:
    """Yield the password fields that are not for people's own passwords, and the secrets that are in the page."""
    for element in (element for element in elements if element.tag == "input"):
        is_password, is_secret = element.get("type") == "password", element.get("class") == "secret"
        if is_password and element.get("autocomplete") != "current-password":
            yield f"{shown(element)} is offered to password managers"
        if is_secret and element.get("autocomplete") != "off":
            yield f"{shown(element)} is kept with what was typed elsewhere, and restored"
        if (is_password or is_secret) and "value" in element.attrib:
            yield f"a secret comes back in the field {element.get('name')}"


def shown(element: Element) -> str:
    """Return the start tag of an element."""
    return f"<{element.tag} {' '.join(f'{name}={value!r}' for name, value in element.attrib.items())}>"
