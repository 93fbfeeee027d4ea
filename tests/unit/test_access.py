"""Section 2's table: what a visitor has, by signing in, by permission and by the unlock."""

from itertools import product

import pytest

from sync_panel.guard.access import Access, DeniedError, access_of


@pytest.mark.parametrize(
    ("signed_in", "may_edit", "unlocked", "access"),
    [
        *((False, *rest, Access.ANYBODY) for rest in product((False, True), repeat=2)),
        (True, False, False, Access.VIEWER),
        (True, False, True, Access.VIEWER),
        (True, True, False, Access.EDITOR),
        (True, True, True, Access.UNLOCKED),
    ],
)
def test_each_right_needs_those_before_it(*, signed_in: bool, may_edit: bool, unlocked: bool, access: Access) -> None:
    assert access_of(signed_in=signed_in, may_edit=may_edit, unlocked=unlocked) is access


def test_the_rights_grow() -> None:
    assert Access.ANYBODY < Access.VIEWER < Access.EDITOR < Access.UNLOCKED


def test_a_refusal_says_what_was_needed_and_held() -> None:
    assert str(DeniedError(Access.UNLOCKED, Access.EDITOR)) == "needs UNLOCKED, holds EDITOR"
