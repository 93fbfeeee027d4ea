"""Scenario e without JavaScript: what is saved after the unlock ended waits, sealed, for the code."""

import re
from collections.abc import Callable

import pytest
from markupsafe import escape
from panels import CANARY, CODE, TestPanel
from visitor import DRAFT, PAGE, Visitor, editor, hidden, other_editor, unlocked_editor
from web.drafts import LATE, enter, lock_by_time, save_late
from web.routes import ADDED, LIST, SITE, furnish
from werkzeug.test import TestResponse

from sync_panel.guard.keys import unseal
from sync_panel.store.partners import get_partner
from sync_panel.store.site import load_site


@pytest.mark.parametrize("form", LATE)
def test_the_right_code_saves_what_came_too_late(on: TestPanel, form: str) -> None:
    visitor, before = unlocked_editor(furnish(on)), on.kept()
    asked = save_late(visitor, form)
    assert 'name="code"' in asked.text
    assert "nothing was saved yet" in asked.text
    assert on.kept() == before
    answer = enter(visitor, asked)
    assert answer.status_code == 303
    assert "Typed in time" in str(on.kept()[LATE[form][2]])
    assert "notice-done" in visitor.get().text, "the page says what was done"
    assert visitor.is_unlocked()


def test_a_removal_that_came_too_late_is_done_too(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    lock_by_time(on)
    asked = visitor.post(f"{LIST}/remove", {"server": ["1.1", "2.1"]})
    assert enter(visitor, asked).status_code == 303
    assert on.kept()["partner"] == []


def test_a_typed_password_waits_sealed_and_is_saved(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    asked = save_late_first_time(visitor)
    assert CANARY not in asked.text
    assert CANARY.encode().hex() not in asked.text
    assert enter(visitor, asked).status_code == 303
    with on.panel.database.reading() as db:
        sealed = load_site(db).sealed_password
    assert sealed
    assert unseal(on.panel.keys.passwords, sealed) == CANARY


def save_late_first_time(visitor: Visitor) -> TestResponse:
    """Send the first parameters of a panel, password and all, after the unlock ended."""
    lock_by_time(visitor.on)
    return visitor.post(f"{PAGE}/parameters", SITE | {"version": "1"})


def test_a_wrong_code_keeps_what_came_too_late(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    asked = save_late(visitor)
    for _ in range(3):
        asked = enter(visitor, asked, "not the code")
        assert asked.status_code == 422
    assert enter(visitor, asked).status_code == 303
    assert "Typed in time" in str(on.kept()["site"])


def test_too_many_wrong_codes_keep_it_too(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    asked = save_late(visitor)
    for _ in range(6):
        asked = enter(visitor, asked, "not the code")
    assert asked.status_code == 429
    on.clock.pass_time(31)
    assert enter(visitor, asked).status_code == 303
    assert "Typed in time" in str(on.kept()["site"])


def test_what_is_not_valid_is_shown_in_its_form_after_the_code(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    lock_by_time(on)
    asked = visitor.post(f"{LIST}/add", ADDED | {"sync_id": "1", "name": "Typed in time"})
    answer = enter(visitor, asked)
    assert answer.status_code == 422
    assert 'value="Typed in time"' in answer.text


@pytest.mark.parametrize("other", [editor, other_editor])
def test_a_draft_of_another_sign_in_is_ignored(on: TestPanel, other: Callable[[TestPanel], Visitor]) -> None:
    asked = save_late(unlocked_editor(furnish(on)))
    thief = other(on)
    before = on.kept()
    assert enter(thief, asked).status_code == 303
    assert on.kept() == before
    assert "The preferences are unlocked." in thief.get().text


def change_a_sign(draft: str) -> str:
    middle = len(draft) // 2
    return draft[:middle] + ("a" if draft[middle] != "a" else "b") + draft[middle + 1 :]


SPOILT: list[Callable[[str], str]] = [
    change_a_sign,
    str.swapcase,
    lambda draft: draft[:-8],
    lambda draft: draft[8:],
    lambda _: "x",
    lambda _: "\u202e",
    lambda _: "\ufffd" * 9,
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_draft_that_was_tampered_with_is_ignored(on: TestPanel, spoil: Callable[[str], str]) -> None:
    visitor = unlocked_editor(furnish(on))
    draft, before = hidden(DRAFT, save_late(visitor)), on.kept()
    answer = visitor.post(f"{PAGE}/unlock", {"code": CODE, "draft": spoil(draft)})
    assert answer.status_code == 303
    assert on.kept() == before


def test_a_sealed_password_is_no_draft(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    with on.panel.database.reading() as db:
        sealed = load_site(db).sealed_password
    assert sealed
    lock_by_time(on)
    answer = visitor.post(f"{PAGE}/unlock", {"code": CODE, "draft": sealed.decode()})
    assert answer.status_code < 500


@pytest.mark.parametrize("form", LATE)
def test_the_page_that_asks_for_the_code_shows_what_will_be_saved(on: TestPanel, form: str) -> None:
    asked = save_late(unlocked_editor(furnish(on)), form)
    labels = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd><bdi[^>]*>(.*?)</bdi>", asked.text))
    path, fields, _ = LATE[form]
    assert set(labels.values()) >= {text for name, text in fields.items() if name not in {"version", "password"}}
    assert labels["Name"] == "Typed in time"
    assert ("not shown" in labels.get("Password", "")) is ("password" in fields), path


def test_a_removal_is_shown_by_the_servers_names_and_an_undo_by_its_words(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    with on.panel.database.reading() as db:
        partner = get_partner(db, 1).partner
    lock_by_time(on)
    assert str(partner) in visitor.post(f"{LIST}/remove", {"server": ["1.1", "99.1", "x"]}).text
    assert "removed last" in visitor.post(f"{LIST}/undo").text


@pytest.mark.parametrize("text", ["100%", "%(x)s", "<b>", "%"])
def test_what_was_typed_is_shown_as_it_was_typed(on: TestPanel, text: str) -> None:
    visitor = unlocked_editor(furnish(on))
    lock_by_time(on)
    asked = visitor.post(f"{LIST}/add", ADDED | {"name": text, text: "unknown"})
    assert asked.status_code == 403
    assert f'<bdi class="text">{escape(text)}</bdi>' in asked.text


def test_a_draft_that_is_used_twice_saves_once(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    asked = save_late(visitor)
    assert enter(visitor, asked).status_code == 303
    before = on.kept()
    again = enter(visitor, asked)
    assert again.status_code == 409
    assert "a second time" in again.text
    assert on.kept() == before


@pytest.mark.parametrize("jump", [0, -(10**9)])
def test_a_draft_ends_and_what_was_typed_is_shown(on: TestPanel, jump: int) -> None:
    visitor = unlocked_editor(furnish(on))
    asked, before = save_late(visitor), on.kept()
    on.clock.pass_time(on.settings.unlock_longest_seconds)
    on.clock.jump(jump)
    answer = enter(visitor, asked)
    assert answer.status_code == 409
    assert "Typed in time" in answer.text
    assert on.kept() == before


def test_after_a_restart_a_draft_is_shown_and_not_saved(on: TestPanel) -> None:
    """Expect it whatever the new process's monotonic clock says: it may begin anew."""
    visitor = unlocked_editor(furnish(on))
    asked, before = save_late(visitor), on.kept()
    on.clock.monotonic = 0.0
    on.restart()
    answer = enter(visitor, asked)
    assert answer.status_code == 409
    assert "Typed in time" in answer.text
    assert CANARY not in answer.text
    assert on.kept() == before


def test_a_calendar_that_jumps_ends_no_draft(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    asked = save_late(visitor)
    on.clock.jump(10**9)
    assert enter(visitor, asked).status_code == 303


def test_the_longest_form_that_is_valid_waits_too(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    lock_by_time(on)
    names = dict.fromkeys(("name", "store", "user_name"), "\U0001f3e5" * 100)
    asked = visitor.post(f"{PAGE}/parameters", SITE | names | {"password": "\U0001f511" * 200})
    assert enter(visitor, asked).status_code == 303
    assert "\U0001f3e5" * 100 in str(on.kept()["site"])
