"""One view, two shapes: what htmx gets is a part of the page that a browser without JavaScript gets."""

import re
from pathlib import Path

import pytest
from fake_clock import FakeClock
from panels import TestPanel, settings_for
from visitor import PAGE, Visitor
from web.routes import ADDED, EDITED, LIST, READS, ROUTES, SITE, TRIES, VISITORS, WRITES, furnish
from web.trouble import busy
from werkzeug.test import TestResponse

PARTIAL = re.compile(r"<hx-partial [^>]*>(.*?)</hx-partial>", re.DOTALL)
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
# The others answer with a redirect or a file; the sign-in has a test of its own.
WITH_FRAGMENT = sorted(
    set(READS) - {"GET /", "GET /sign-in", "GET /sync-panel-static/<version>/<path:name>", f"GET {PAGE}/check"}
)
WITHOUT_FRAGMENT = {"POST /sign-out"} | TRIES  # leads to another page as a plain form in any browser; see below
NOT_IN_DATABASE = {f"POST {PAGE}/lock", f"POST {PAGE}/keep-unlocked", f"POST {PAGE}/confirm"}


# A dialog's form and its links go by htmx inside the dialog only: as a page of its own it is all plain, so that
# it works in the same way with JavaScript on. And only above an open page the sign-in says that one is signed out.
IN_DIALOG_ONLY = re.compile(
    r' hx-(?:get|post|target|sync|swap|trigger)="[^"]*"| data-check'
    r'|<p class="notice notice-problem">You are signed out.*?</p>'
)


def plain_dialog(markup: str) -> str:
    """Return markup without what a dialog has only while it is one."""
    return re.sub(r"\s+>", ">", IN_DIALOG_ONLY.sub("", markup))


def plain(markup: str) -> str:
    """Return markup with its token and once-only numbers masked, and each kind of space alike, none between tags."""
    masked = re.sub(r'(name="(?:csrf[-_]token|once)" (?:value|content)=)"[^"]*"', r'\1"…"', markup)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", masked)).strip()


def pieces(response: TestResponse) -> list[str]:
    """Return what htmx puts into the page, each by itself: the title, and the fragment or the partials."""
    text = response.text
    partials = PARTIAL.findall(text)
    rest = TITLE.sub("", PARTIAL.sub("", text))
    return [plain(piece) for piece in [*TITLE.findall(text), *partials, rest] if piece.strip()]


def assert_contained(fragment: TestResponse, page: TestResponse) -> None:
    """Expect each piece of the fragment in the page, and that each is more than nothing."""
    whole = plain(page.text)
    found = pieces(fragment)
    assert len(found) >= 2, fragment.text
    assert "<html" not in fragment.text
    for piece in found:
        if piece.startswith('<div class="dialog">'):
            assert plain_dialog(piece) in plain_dialog(whole), f"{piece}\n--- is not in ---\n{whole}"
        else:
            assert piece in whole, f"{piece}\n--- is not in ---\n{whole}"


@pytest.mark.parametrize(
    ("name", "who"), [(name, who) for name in WITH_FRAGMENT for who in sorted(ROUTES[name].allowed)]
)
def test_a_fragment_is_a_part_of_its_page(on: TestPanel, name: str, who: str) -> None:
    visitor = VISITORS[who](furnish(on))
    visitor.get()  # which takes the message of the sign-in away
    fragment, page = (visitor.get(ROUTES[name].path, htmx=htmx) for htmx in (True, False))
    assert fragment.status_code == page.status_code == 200
    assert_contained(fragment, page)


def test_the_sign_in_form_is_a_part_of_its_page(on: TestPanel) -> None:
    nobody = Visitor(on)
    assert_contained(nobody.get("/sign-in", htmx=True), nobody.get("/sign-in"))


def twins(folder: Path, clock: FakeClock) -> tuple[TestPanel, TestPanel]:
    """Return two panels that hold the same."""
    both = [furnish(TestPanel(settings_for(folder / name), clock, after=lambda it: it)) for name in ("one", "other")]
    return both[0], both[1]


@pytest.mark.parametrize("name", sorted(set(WRITES) - WITHOUT_FRAGMENT))
def test_a_write_swaps_in_what_the_page_shows_after_it(tmp_path: Path, clock: FakeClock, name: str) -> None:
    with_htmx, without = (VISITORS["editor, unlocked"](panel) for panel in twins(tmp_path, clock))
    route = ROUTES[name]
    fragment = with_htmx.post(route.path, route.fields, htmx=True)
    answer = without.post(route.path, route.fields)
    assert (fragment.status_code, answer.status_code) == (200, 303), fragment.text
    page = without.get(answer.headers["Location"])
    assert "notice-done" in page.text, "the page says what was done"
    assert_contained(fragment, page)
    with_htmx.on.panel.database.close()
    without.on.panel.database.close()


def element(response: TestResponse, name: str) -> str:
    """Return a region of a page."""
    found = re.search(rf'<(section|div) id="{name}".*?</\1>', plain(response.text))
    assert found, name
    return found[0]


REGIONS = ("who", "notes", "lock-bar", "interval", "requests", "link", "parameters", "partners")
# After these the regions ask for themselves anew: they listen for the events in the answer.
WITH_EVENTS = {"POST /sign-in", f"POST {PAGE}/unlock", f"POST {PAGE}/lock"}


@pytest.mark.parametrize("name", sorted(set(WRITES) - WITHOUT_FRAGMENT - WITH_EVENTS))
def test_a_write_swaps_in_every_region_that_it_changed(on: TestPanel, name: str) -> None:
    visitor, route = VISITORS["editor, unlocked"](furnish(on)), ROUTES[name]
    before = visitor.get()
    answer = visitor.post(route.path, route.fields, htmx=True)
    swapped = set(re.findall(r'hx-target="#([a-z-]+)"', answer.text))
    after = visitor.get()
    changed = {region for region in REGIONS if element(before, region) != element(after, region)}
    inside = {"requests"} if "interval" in swapped else set()
    assert changed - inside <= swapped


@pytest.mark.parametrize("name", sorted(TRIES))
def test_what_a_check_found_is_a_part_of_its_page(on: TestPanel, name: str) -> None:
    visitor, route = VISITORS["editor, unlocked"](furnish(on)), ROUTES[name]
    path = route.path.replace("/trust", "/check")
    fragment, page = (visitor.post(path, route.fields | ADDED, htmx=htmx) for htmx in (True, False))
    assert fragment.status_code == page.status_code == 200, fragment.text
    assert "The name" in fragment.text
    assert plain_dialog(plain(fragment.text)) in plain_dialog(plain(page.text))


# Each is refused with a form or a question in which something is wrong.
NOT_VALID = {
    "interval": (f"{PAGE}/interval", {"minutes": "fifteen", "version": "1"}, 422),
    "interval of somebody else": (f"{PAGE}/interval", {"minutes": "20", "version": "7"}, 409),
    "parameters": (f"{PAGE}/parameters", SITE | {"sync_id": "0"}, 422),
    "parameters of somebody else": (f"{PAGE}/parameters", SITE | {"version": "7"}, 409),
    "wrong code": (f"{PAGE}/unlock", {"code": "wrong"}, 422),
    "added": (f"{LIST}/add", {"sync_id": "1"}, 422),
    "edited": (f"{LIST}/1/edit", EDITED | {"url": "ftp://x"}, 422),
    "edited by somebody else": (f"{LIST}/1/edit", EDITED | {"version": "7"}, 409),
    "edited, but removed": (f"{LIST}/3/edit", EDITED, 409),
    "none ticked": (f"{LIST}/remove", {}, 422),
    "removal of what was changed": (f"{LIST}/remove", {"server": "1.7"}, 409),
}


@pytest.mark.parametrize(("path", "fields", "status"), NOT_VALID.values(), ids=NOT_VALID)
def test_a_refused_form_is_a_part_of_its_page(on: TestPanel, path: str, fields: dict[str, str], status: int) -> None:
    visitor = VISITORS["editor, unlocked"](furnish(on))
    fragment, page = (visitor.post(path, fields, htmx=htmx) for htmx in (True, False))
    assert fragment.status_code == page.status_code == status, fragment.text
    assert_contained(fragment, page)


@pytest.mark.parametrize("name", sorted(set(WRITES) - WITHOUT_FRAGMENT - NOT_IN_DATABASE))
def test_a_write_that_the_database_refused_is_a_part_of_its_page(on: TestPanel, name: str) -> None:
    visitor, route = VISITORS["editor, unlocked"](furnish(on)), ROUTES[name]
    with busy(on):
        fragment, page = (visitor.post(route.path, route.fields, htmx=htmx) for htmx in (True, False))
    assert fragment.status_code == page.status_code == 503, fragment.text
    whole = plain_dialog(plain(page.text))
    assert all(plain_dialog(piece) in whole for piece in pieces(fragment)), fragment.text


def test_going_back_in_the_history_brings_the_whole_page(on: TestPanel) -> None:
    visitor = VISITORS["viewer"](on)
    whole = visitor.get(htmx=True, headers={"HX-History-Restore-Request": "true"})
    assert "<html" in whole.text
