"""Signing in is throttled like the code, and tells nobody which user names there are."""

import re
import threading
from collections import Counter

import pytest
from panels import ADMIN, ADMIN_PASSWORD, VIEWER, VIEWER_PASSWORD, TestPanel
from visitor import Visitor, editor, viewer
from werkzeug.test import TestResponse

from sync_panel.guard.throttle import let_in

FREE, FREE_OF_ADDRESS, FREE_OF_ALL = 5, 15, 50
FIRST_WAIT, WAIT_OF_ALL = 30, 60  # seconds


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


def everybody_waits(on: TestPanel) -> None:
    """Let as many addresses fail, each under a name of its own, as it takes for all strangers to wait."""
    for number in range(FREE_OF_ALL):
        assert guess(Visitor(on, f"10.0.0.{number + 1}"), 1, f"user{number}") == [422]


def test_many_names_and_addresses_together_are_throttled_too(on: TestPanel) -> None:
    everybody_waits(on)
    assert Visitor(on, "10.9.9.9").try_password(ADMIN_PASSWORD).status_code == 429
    on.clock.pass_time(WAIT_OF_ALL)
    assert Visitor(on, "10.9.9.9").try_password(ADMIN_PASSWORD).status_code == 303


def test_made_up_names_from_one_address_keep_nobody_else_out(on: TestPanel) -> None:
    guesser = Visitor(on, "10.6.6.6")
    answers = [guess(guesser, 1, f"user{number}")[0] for number in range(FREE_OF_ALL)]
    assert answers == [422] * FREE_OF_ADDRESS + [429] * (FREE_OF_ALL - FREE_OF_ADDRESS)
    for minute in range(60):
        assert Visitor(on, f"10.9.9.{minute + 1}").try_password(ADMIN_PASSWORD).status_code == 303
        guess(guesser, 1, f"another{minute}")
        on.clock.pass_time(60)


@pytest.mark.parametrize("addresses", [("2001:db8::1", "2001:db8::ffff:9"), ("::ffff:10.6.6.6", "10.6.6.6")])
def test_the_addresses_of_one_network_count_as_one(on: TestPanel, addresses: tuple[str, str]) -> None:
    guess(Visitor(on, addresses[0]), FREE)
    assert Visitor(on, addresses[1]).try_password(ADMIN_PASSWORD).status_code == 429
    assert Visitor(on, "2001:db8:0:1::1").try_password(ADMIN_PASSWORD).status_code == 303


def test_a_browser_that_signed_in_before_is_not_kept_out_wherever_it_is(on: TestPanel) -> None:
    visitor = editor(on)
    assert visitor.post("/sign-out").status_code == 303
    everybody_waits(on)
    visitor.address = "10.9.9.9"
    assert guess(visitor, 1) == [422], "it is told what is wrong, as ever"
    on.restart()
    assert visitor.try_password(ADMIN_PASSWORD).status_code == 303


def test_a_known_browser_has_five_tries_of_its_own_and_leaves_the_others_theirs(on: TestPanel) -> None:
    visitor = editor(on)
    assert guess(visitor, FREE + 1) == [422] * FREE + [429]
    assert guess(Visitor(on), 1) == [422]


def test_somebody_who_mistyped_too_often_in_a_known_browser_is_let_in_too(on: TestPanel) -> None:
    visitor = editor(on)
    guess(visitor, FREE)
    visitor.address = "10.9.9.9"
    assert visitor.try_password(ADMIN_PASSWORD).status_code == 429
    with on.panel.database.writing() as db:
        let_in(db, "10.9.9.9")
    assert visitor.try_password(ADMIN_PASSWORD).status_code == 303


def test_a_known_browser_is_known_for_its_own_user_only(on: TestPanel) -> None:
    visitor = viewer(on)
    everybody_waits(on)
    visitor.address = "10.9.9.9"
    assert visitor.try_password(ADMIN_PASSWORD).status_code == 429
    assert visitor.try_password(VIEWER_PASSWORD, VIEWER).status_code == 303


@pytest.mark.parametrize("changed", [".", "x.", ""])
def test_a_cookie_that_this_panel_did_not_sign_makes_no_browser_known(on: TestPanel, changed: str) -> None:
    visitor, name = editor(on), f"sync_panel_browser_{on.panel.mark}_80"
    cookie = visitor.client.get_cookie(name)
    assert cookie
    everybody_waits(on)
    stranger = Visitor(on, "10.9.9.9")
    stranger.client.set_cookie(name, changed + cookie.value.partition(".")[0])
    assert stranger.try_password(ADMIN_PASSWORD).status_code == 429
    stranger.client.set_cookie(name, cookie.value)
    assert stranger.try_password(ADMIN_PASSWORD).status_code == 303


def test_an_address_where_somebody_signed_in_before_lets_them_in_and_nobody_else(on: TestPanel) -> None:
    Visitor(on, "10.8.8.8").sign_in()
    everybody_waits(on)
    assert Visitor(on, "10.8.8.8").try_password(VIEWER_PASSWORD, VIEWER).status_code == 429
    assert Visitor(on, "10.8.8.8").try_password(ADMIN_PASSWORD).status_code == 303


def test_a_known_address_does_not_tell_who_is_known_there(on: TestPanel) -> None:
    Visitor(on, "10.8.8.8").sign_in()
    everybody_waits(on)
    guesser = Visitor(on, "10.8.8.8")
    for _ in range(FREE_OF_ADDRESS + 1):
        known, unknown = (guesser.try_password("a wrong one", name) for name in (ADMIN, "nobody-here"))
        assert known.status_code == unknown.status_code == 429
        assert without_what_differs(known, ADMIN) == without_what_differs(unknown, "nobody-here")
    assert guesser.try_password(ADMIN_PASSWORD).status_code == 429, "it has an end there too"


def test_the_wait_tells_the_address_that_can_be_let_in(on: TestPanel) -> None:
    everybody_waits(on)
    stranger = Visitor(on, "10.9.9.9")
    assert "your address is 10.9.9.9." in stranger.try_password(ADMIN_PASSWORD).text
    with on.panel.database.writing() as db:
        let_in(db, "10.9.9.9")
    assert stranger.try_password(ADMIN_PASSWORD).status_code == 303


def test_who_is_let_in_at_a_guessers_address_need_not_wait_for_its_wait(on: TestPanel) -> None:
    guess(Visitor(on, "10.6.6.6"), FREE)
    with on.panel.database.writing() as db:
        let_in(db, "10.6.6.6")
    assert Visitor(on, "10.6.6.6").try_password(ADMIN_PASSWORD).status_code == 303


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
