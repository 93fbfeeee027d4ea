"""Scenario f on the server's side: a copied unlock cookie is worth nothing once the unlock ended."""

from collections.abc import Callable

import pytest
from panels import CHEAP, TestPanel
from visitor import PAGE, Visitor, editor, other_editor, unlocked_editor, viewer
from web.routes import SITE, furnish

from sync_panel.guard.code import bare_code
from sync_panel.store.users import add_user, get_user, remove_user, set_code_hash, set_may_edit

NEW_CODE = "A-NEWER-CODE-9"


def lock_now(visitor: Visitor) -> None:
    assert visitor.post(f"{PAGE}/lock").status_code == 303


def sign_out_and_in(visitor: Visitor) -> None:
    assert visitor.post("/sign-out").status_code == 303
    visitor.sign_in()


def sign_in_once_more(visitor: Visitor) -> None:
    visitor.sign_in()


def put_a_new_code_in_force(visitor: Visitor) -> None:
    with visitor.on.panel.database.writing() as db:
        set_code_hash(db, CHEAP.hash(bare_code(NEW_CODE)))


def put_the_same_code_in_force(visitor: Visitor) -> None:
    with visitor.on.panel.database.writing() as db:
        set_code_hash(db, CHEAP.hash(bare_code("OPEN-SESAME-2026-AB")))


def restart(visitor: Visitor) -> None:
    visitor.on.restart()


def wait_until_it_ends(visitor: Visitor) -> None:
    visitor.on.clock.pass_time(visitor.on.settings.unlock_seconds)


ENDS: list[Callable[[Visitor], None]] = [
    lock_now,
    sign_out_and_in,
    sign_in_once_more,
    put_a_new_code_in_force,
    put_the_same_code_in_force,
    restart,
    wait_until_it_ends,
]


def assert_locked(visitor: Visitor) -> None:
    """Expect that neither what is shown nor what is written takes this visitor for unlocked."""
    before = visitor.on.kept()
    assert not visitor.is_unlocked()
    assert visitor.seconds_left() == 0
    assert 'data-state="locked"' in visitor.get().text
    assert visitor.post(f"{PAGE}/parameters", SITE, htmx=True).status_code in {401, 403}
    assert visitor.post(f"{PAGE}/keep-unlocked").status_code in {401, 403}
    assert visitor.on.kept() == before


@pytest.mark.parametrize("end", ENDS)
def test_a_copied_cookie_is_refused_after(on: TestPanel, end: Callable[[Visitor], None]) -> None:
    visitor = unlocked_editor(furnish(on))
    copied = visitor.unlock_cookie
    end(visitor)
    visitor.unlock_cookie = copied
    assert_locked(visitor)


@pytest.mark.parametrize("end", ENDS)
def test_the_cookie_of_a_later_action_is_refused_too_after(on: TestPanel, end: Callable[[Visitor], None]) -> None:
    visitor = unlocked_editor(furnish(on))
    visitor.post(f"{PAGE}/keep-unlocked")
    copied = visitor.unlock_cookie
    end(visitor)
    visitor.unlock_cookie = copied
    assert_locked(visitor)


@pytest.mark.parametrize("thief", [editor, other_editor, viewer])
def test_a_copied_cookie_unlocks_no_other_session(on: TestPanel, thief: Callable[[TestPanel], Visitor]) -> None:
    owner, other = unlocked_editor(furnish(on)), thief(on)
    other.unlock_cookie = owner.unlock_cookie
    assert_locked(other)
    assert owner.is_unlocked(), "the owner is not disturbed"


def test_a_copied_cookie_unlocks_nothing_for_somebody_not_signed_in(on: TestPanel) -> None:
    owner, nobody = unlocked_editor(furnish(on)), Visitor(on)
    nobody.unlock_cookie = owner.unlock_cookie
    assert nobody.post(f"{PAGE}/parameters", SITE).status_code == 401


def test_an_editor_who_may_edit_no_longer_is_locked_at_once(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    with on.panel.database.writing() as db:
        set_may_edit(db, get_user(db, "admin"), may_edit=False)
    assert_locked(visitor)


def test_an_editor_who_was_a_viewer_meanwhile_stays_signed_in_and_locked(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    for may_edit in (False, True):
        with on.panel.database.writing() as db:
            set_may_edit(db, get_user(db, "admin"), may_edit=may_edit)
    assert visitor.get().status_code == 200
    assert_locked(visitor)


def test_a_user_removed_and_added_anew_is_signed_out_and_locked(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    with on.panel.database.writing() as db:
        admin = get_user(db, "admin")
        remove_user(db, admin)
        add_user(db, admin.name, admin.password_hash, may_edit=True)
    assert visitor.get().status_code == 401
    visitor.sign_in()
    assert not visitor.is_unlocked()


def test_lock_now_in_one_browser_leaves_another_unlocked(on: TestPanel) -> None:
    here, there = unlocked_editor(on), unlocked_editor(on)
    lock_now(here)
    assert not here.is_unlocked()
    assert there.is_unlocked()


def test_after_a_restart_people_are_still_signed_in_but_locked(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    on.restart()
    assert visitor.get().status_code == 200
    assert not visitor.is_unlocked()
    assert visitor.unlock().status_code == 303
    assert visitor.is_unlocked()


@pytest.mark.parametrize("spoil", [str.swapcase, lambda cookie: cookie[:-1], lambda cookie: f"{cookie}x", lambda _: ""])
def test_a_cookie_that_was_tampered_with_unlocks_nothing(on: TestPanel, spoil: Callable[[str], str]) -> None:
    visitor = unlocked_editor(furnish(on))
    visitor.unlock_cookie = spoil(visitor.unlock_cookie)
    assert_locked(visitor)


def test_the_old_code_unlocks_no_more_after_a_new_one(on: TestPanel) -> None:
    visitor = editor(on)
    put_a_new_code_in_force(visitor)
    assert visitor.unlock().status_code == 422
    assert visitor.unlock(NEW_CODE.lower()).status_code == 303
