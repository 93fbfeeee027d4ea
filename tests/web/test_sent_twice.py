"""A form that comes twice, since its answer was lost or somebody pressed twice, is done once, and counts as done."""

import re
import threading
from collections.abc import Mapping

import pytest
from panels import CANARY, TestPanel
from visitor import PAGE, Visitor, editor, other_editor, unlocked_editor
from web.drafts import enter, lock_by_time, sign_in_again, sign_out_by_time
from web.routes import ADDED, EDITED, LIST, ROUTES, SITE, TRIES, WRITES, furnish
from werkzeug.test import TestResponse

ONCE = {"once": "0123456789abcdef"}
CHANGES = sorted(name for name, route in WRITES.items() if route.changes)
FORM = re.compile(r"<form [^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)
SHAPES = pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])


def made_from(visitor: Visitor, path: str = PAGE, region: str = "") -> dict[str, str]:
    """Return the hidden fields of a form as the page shows it now."""
    text = visitor.get(path).text
    start = text.index(f'id="{region}"') if region else 0
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', text[start:]) for name in ("version", "base", "once")}
    return {name: match[1].replace("&#34;", '"') for name, match in found.items() if match}


@pytest.fixture
def visitor(on: TestPanel) -> Visitor:
    """Return an unlocked editor on a furnished panel."""
    return unlocked_editor(furnish(on))


def is_done(response: TestResponse) -> bool:
    return response.status_code == (200 if "<hx-partial" in response.text else 303)


@SHAPES
@pytest.mark.parametrize("name", sorted(set(WRITES) - TRIES))
def test_the_second_time_changes_nothing_and_counts_as_done(visitor: Visitor, name: str, *, htmx: bool) -> None:
    route = ROUTES[name]
    assert is_done(visitor.post(route.path, route.fields | ONCE, htmx=htmx))
    after = visitor.on.kept()
    visitor.on.clock.pass_time(1)
    again = visitor.post(route.path, route.fields | ONCE, htmx=htmx)
    assert is_done(again), again.text
    assert visitor.on.kept() == after


@pytest.mark.parametrize(
    ("path", "fields"),
    {
        "interval": (f"{PAGE}/interval", {"minutes": "30", "version": "1"}),
        "parameters": (f"{PAGE}/parameters", SITE | {"name": " Typed  anew", "password": ""}),
        "added": (f"{LIST}/add", ADDED),
        "edited": (f"{LIST}/1/edit", EDITED | {"url": "HTTPS://Tulagi.example.org/"}),
        "removed": (f"{LIST}/remove", {"server": ["1.1", "2.1"]}),
        "trusted": (f"{LIST}/1/trust", ROUTES[f"POST {LIST}/<int(max=2147483647):partner_id>/trust"].fields),
    }.values(),
    ids=["interval", "parameters", "added", "edited", "removed", "trusted"],
)
def test_what_is_kept_already_counts_as_done_after_a_restart_too(
    visitor: Visitor, path: str, fields: Mapping[str, str]
) -> None:
    assert visitor.post(path, {**fields, **ONCE}).status_code == 303
    after = visitor.on.kept()
    visitor.on.restart()
    visitor.unlock()
    again = visitor.post(path, {**fields, **ONCE})
    assert again.status_code == 303, again.text
    assert visitor.on.kept() == after


@pytest.mark.parametrize("name", CHANGES)
def test_two_presses_at_once_are_both_told_that_it_is_done(visitor: Visitor, name: str) -> None:
    route, token = ROUTES[name], visitor.token()
    answers: list[int] = []
    start = threading.Barrier(2)

    def press(cookies: Visitor) -> None:
        start.wait(60)
        answers.append(cookies.post(route.path, route.fields | ONCE, token=token).status_code)

    threads = [threading.Thread(target=press, args=(twin,)) for twin in (visitor, twin_of(visitor))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303, 303]


def twin_of(visitor: Visitor) -> Visitor:
    """Return another tab of the same browser."""
    twin = Visitor(visitor.on)
    twin.client._cookies = dict(visitor.client._cookies or {})
    return twin


def test_it_is_said_that_it_was_done_once(visitor: Visitor) -> None:
    for said in ("Tulagi is added.", "Tulagi is in the list, with these values."):
        assert visitor.post(f"{LIST}/add", ADDED | ONCE).status_code == 303
        assert said in visitor.get().text
    for said in (
        "goes on with the server you chose.",
        "goes on with the server you chose. It was sent twice, and done",
    ):
        visitor.post(f"{LIST}/1/accept", {"which": "known", "address": "10.0.0.8"} | ONCE)
        assert said in visitor.get().text


def test_a_new_form_with_the_same_values_is_another_one(visitor: Visitor) -> None:
    assert visitor.post(f"{LIST}/1/accept", {"which": "known", "address": "10.0.0.8", "once": "a"}).status_code == 303
    assert visitor.post(f"{LIST}/1/accept", {"which": "known", "address": "10.0.0.8", "once": "b"}).status_code == 409
    assert visitor.post(f"{LIST}/1/accept", {"which": "known", "address": "10.0.0.8"}).status_code == 409


def test_the_number_of_somebody_else_is_worth_nothing(on: TestPanel, visitor: Visitor) -> None:
    other = other_editor(on)
    other.unlock()
    fields = {"which": "known", "address": "10.0.0.8"} | ONCE
    assert visitor.post(f"{LIST}/1/accept", fields).status_code == 303
    assert other.post(f"{LIST}/1/accept", fields).status_code == 409


def test_a_server_that_was_removed_since_is_not_said_to_be_saved(visitor: Visitor) -> None:
    assert visitor.post(f"{LIST}/1/edit", EDITED | ONCE).status_code == 303
    assert visitor.post(f"{LIST}/remove", {"server": "1.2"}).status_code == 303
    again = visitor.post(f"{LIST}/1/edit", EDITED | ONCE)
    assert again.status_code == 409
    assert "This server was removed meanwhile." in again.text


def test_undo_brings_back_no_other_removal_than_the_shown_one(visitor: Visitor) -> None:
    shown = re.findall(r'type="hidden" name="server" value="([^"]+)"', visitor.get().text)
    assert shown == ["3.1"]
    assert visitor.post(f"{LIST}/remove", {"server": "1.1"}).status_code == 303
    before = visitor.on.kept()
    refused = visitor.post(f"{LIST}/undo", {"server": shown})
    assert refused.status_code == 409
    assert "This removal is not the last one any more, or was taken back already." in refused.text
    assert visitor.on.kept() == before


def test_a_late_form_that_is_confirmed_twice_is_saved_once(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    lock_by_time(on)
    asked = visitor.post(f"{LIST}/add", ADDED | ONCE)
    assert asked.status_code == 403
    assert enter(visitor, asked).status_code == 303
    after = on.kept()
    assert enter(visitor, asked).status_code == 303
    assert on.kept() == after


def test_a_form_of_before_the_sign_in_that_is_confirmed_twice_is_saved_once(on: TestPanel) -> None:
    furnish(on)
    visitor = editor(on)
    cookies = visitor.client._cookies
    assert cookies is not None
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/interval", {"minutes": "30", "version": "1"} | ONCE, token="")
    assert asked.status_code == 401
    before = dict(cookies)
    assert sign_in_again(visitor, asked).status_code == 303
    after = on.kept()
    visitor.client._cookies = before  # both presses went out before the first answer came
    assert sign_in_again(visitor, asked).status_code == 303
    assert on.kept() == after


def test_what_is_typed_after_a_lost_answer_is_saved_over_it(visitor: Visitor) -> None:
    """The page still shows what it was made from, and its own save is nobody else's."""
    form = made_from(visitor, region="parameters")
    typed = SITE | form | {"name": "First", "password": CANARY}
    assert visitor.post(f"{PAGE}/parameters", typed).status_code == 303
    wrong = visitor.post(f"{PAGE}/parameters", typed | {"name": "Second", "sync_id": "x"})
    assert wrong.status_code == 422
    assert visitor.post(f"{PAGE}/parameters", typed | {"name": "Second"}).status_code == 303
    assert visitor.on.kept()["site"][0][2] == "Second"


def test_every_form_that_changes_something_has_a_number(visitor: Visitor) -> None:
    pages = [PAGE, f"{LIST}/add", f"{LIST}/1/edit", f"{LIST}/remove?server=1.1", f"{LIST}/1/check"]
    forms = [form for path in pages for form in FORM.findall(visitor.get(path).text) if "/sign-out" not in form]
    numbers = [re.findall(r'name="once" value="([0-9a-f]{32})"', form) for form in forms]
    assert [len(found) for found in numbers] == [1] * len(forms)
    assert len({found[0] for found in numbers}) >= len(pages), "each time another one"
    paths = {route.path for route in WRITES.values() if route.changes}
    asked = set(re.findall(r'action="([^"?#]+)', " ".join(forms)))
    assert {path.partition("?")[0] for path in paths} - asked <= {f"{LIST}/1/trust"}, "offered by a check alone"
