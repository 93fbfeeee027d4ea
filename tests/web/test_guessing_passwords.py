"""Signing in is throttled like the code, and tells nobody which user names there are."""

import re
import threading
from collections import Counter

import pytest
from panels import ADMIN, ADMIN_PASSWORD, VIEWER, VIEWER_PASSWORD, TestPanel
from visitor import Visitor, editor, viewer
from werkzeug.test import TestResponse

FREE = 5
FIRST_WAIT = 30  # seconds


def guess(visitor: Visitor, times: int, name: str = ADMIN) -> list[int]:
    """Enter a wrong password again and again, and return the answers."""
    return [visitor.try_password("a wrong one", name).status_code for _ in range(times)]


def without_what_differs(response: TestResponse, name: str) -> str:
    """Return an answer without the token and the name that was typed."""
    return re.sub(r'(csrf[-_]token" (?:value|content)=)"[^"]*"', r"\1", response.text).replace(f'value="{name}"', "")


def test_wrong_passwords_are_throttled(on: TestPanel) -> None:
    visitor = Visitor(on)
    assert guess(visitor, 2 * FREE) == [422] * FREE + [429] * FREE
    waiting = visitor.try_password(ADMIN_PASSWORD)
    assert waiting.status_code == 429
    assert f"Wait {waiting.headers['Retry-After']} seconds" in waiting.text
    on.clock.pass_time(FIRST_WAIT)
    assert visitor.try_password(ADMIN_PASSWORD).status_code == 303


def test_a_restart_does_not_end_the_wait(on: TestPanel) -> None:
    visitor = Visitor(on)
    guess(visitor, FREE)
    on.restart()
    assert visitor.try_password(ADMIN_PASSWORD).status_code == 429


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_a_name_that_there_is_not_gets_the_same_answers(on: TestPanel, *, htmx: bool) -> None:
    visitor = Visitor(on)
    for _ in range(FREE + 2):
        known, unknown = (visitor.try_password("a wrong one", name, htmx=htmx) for name in (ADMIN, "nobody-here"))
        assert known.status_code == unknown.status_code
        assert without_what_differs(known, ADMIN) == without_what_differs(unknown, "nobody-here")
        assert sorted(known.headers.keys()) == sorted(unknown.headers.keys())


def test_the_case_of_a_name_gives_no_more_tries(on: TestPanel) -> None:
    visitor = Visitor(on)
    guess(visitor, FREE, "admin")
    assert guess(visitor, 2, "ADMIN") == [429, 429]
    assert guess(visitor, 1, " Admin ") == [429]


def test_another_user_at_the_same_address_is_not_disturbed(on: TestPanel) -> None:
    guess(Visitor(on), 2 * FREE)
    assert viewer(on).get().status_code == 200


def test_signing_in_as_one_user_gives_no_more_tries_at_another(on: TestPanel) -> None:
    visitor = Visitor(on)
    guess(visitor, FREE - 1)
    assert visitor.try_password(VIEWER_PASSWORD, VIEWER).status_code == 303
    assert guess(visitor, 2) == [422, 429]


def test_somebody_signed_in_is_not_disturbed(on: TestPanel) -> None:
    visitor = editor(on)
    guess(Visitor(on), 2 * FREE)
    assert visitor.get().status_code == 200
    assert visitor.unlock().status_code == 303


def test_wrong_passwords_do_not_count_as_wrong_codes(on: TestPanel) -> None:
    visitor = editor(on)
    guess(Visitor(on), 2 * FREE)
    assert visitor.unlock("wrong").status_code == 422


def test_a_sign_in_that_failed_leaves_the_present_one(on: TestPanel) -> None:
    visitor = editor(on)
    assert guess(visitor, 1) == [422]
    assert visitor.get().status_code == 200


def test_many_names_and_addresses_together_are_throttled_too(on: TestPanel) -> None:
    for number in range(50):
        assert guess(Visitor(on, f"10.0.0.{number + 1}"), 1, f"user{number}") == [422]
    assert Visitor(on, "10.9.9.9").try_password(ADMIN_PASSWORD).status_code == 429
    on.clock.pass_time(FIRST_WAIT)
    assert Visitor(on, "10.9.9.9").try_password(ADMIN_PASSWORD).status_code == 303


def test_parallel_guesses_get_no_more_tries(on: TestPanel) -> None:
    visitors = [Visitor(on) for _ in range(12)]
    tokens = [visitor.token() for visitor in visitors]
    answers: Counter[int] = Counter()
    together = threading.Barrier(len(visitors))

    def guess_once(visitor: Visitor, token: str) -> None:
        fields = {"user_name": ADMIN, "password": "a wrong one"}
        together.wait(timeout=60)
        answers[visitor.post("/sign-in", fields, token=token).status_code] += 1

    threads = [threading.Thread(target=guess_once, args=pair) for pair in zip(visitors, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {422: FREE, 429: 12 - FREE}
