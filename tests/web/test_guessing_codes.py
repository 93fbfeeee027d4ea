"""Scenario g: who guesses the code must wait, in parallel and after a restart too; nobody else is disturbed."""

import threading
from collections import Counter

import pytest
from panels import TestPanel
from visitor import PAGE, Visitor, editor, other_editor, unlocked_editor
from web.routes import ADDED, LIST, furnish

FREE, FREE_OF_ALL = 5, 50  # wrong codes before the first wait: from one address, from all together
FIRST_WAIT, LONGEST_WAIT, WAIT_OF_ALL = 30, 900, 60  # seconds


def guess(visitor: Visitor, times: int, code: str = "not the code") -> list[int]:
    """Enter a code again and again, and return the answers."""
    token = visitor.token()
    return [visitor.post(f"{PAGE}/unlock", {"code": code}, token=token).status_code for _ in range(times)]


def from_addresses(on: TestPanel, count: int) -> list[Visitor]:
    """Return editors at as many addresses."""
    return [Visitor(on, f"10.0.{number // 250}.{number % 250 + 1}").sign_in() for number in range(count)]


def test_ten_wrong_codes_in_a_row_are_throttled(on: TestPanel) -> None:
    visitor = editor(on)
    assert guess(visitor, 10) == [422] * FREE + [429] * FREE


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_the_wait_is_told_in_words_and_to_programs(on: TestPanel, *, htmx: bool) -> None:
    visitor = editor(on)
    guess(visitor, FREE)
    on.clock.pass_time(10)
    response = visitor.unlock("not the code", htmx=htmx)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "20"
    assert "Wait 20 seconds, then try again." in response.text
    assert 'name="code"' in response.text
    assert 'value="not the code"' not in response.text


def test_the_right_code_does_not_help_during_the_wait_and_works_after_it(on: TestPanel) -> None:
    visitor = editor(on)
    guess(visitor, FREE)
    assert visitor.unlock().status_code == 429
    on.clock.pass_time(FIRST_WAIT - 1)
    assert visitor.unlock().status_code == 429
    on.clock.pass_time(1)
    assert visitor.unlock().status_code == 303
    assert visitor.is_unlocked()


def test_a_try_during_the_wait_does_not_lengthen_it(on: TestPanel) -> None:
    visitor = editor(on)
    guess(visitor, FREE)
    on.clock.pass_time(FIRST_WAIT - 1)
    guess(visitor, 20)
    on.clock.pass_time(1)
    assert visitor.unlock().status_code == 303


def test_the_wait_grows_with_every_failure_up_to_a_quarter_of_an_hour(on: TestPanel) -> None:
    visitor, waits = editor(on), []
    guess(visitor, FREE)
    for _ in range(8):
        waits.append(int(visitor.unlock("wrong").headers["Retry-After"]))
        on.clock.pass_time(waits[-1])
        assert visitor.unlock("wrong").status_code == 422
    assert waits == [30, 60, 120, 240, 480, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]


def test_a_restart_does_not_end_the_wait(on: TestPanel) -> None:
    visitor = editor(on)
    guess(visitor, FREE)
    on.clock.pass_time(FIRST_WAIT - 1)
    on.restart()
    assert visitor.unlock().status_code == 429
    on.clock.pass_time(FIRST_WAIT)
    assert visitor.unlock().status_code == 303


@pytest.mark.parametrize("seconds", [3600, -3600, -1795408200])
def test_a_clock_that_jumps_does_not_end_the_wait(on: TestPanel, seconds: float) -> None:
    visitor = editor(on)
    guess(visitor, FREE)
    on.clock.jump(seconds)
    assert visitor.unlock().status_code == 429
    on.clock.pass_time(FIRST_WAIT)
    assert visitor.unlock().status_code == 303


def test_the_right_code_starts_the_count_again(on: TestPanel) -> None:
    visitor = editor(on)
    for _ in range(3):
        assert guess(visitor, FREE - 1) == [422] * (FREE - 1)
        assert visitor.unlock().status_code == 303


def test_failures_are_forgotten_within_a_day(on: TestPanel) -> None:
    guess(editor(on), FREE + 1)
    on.clock.pass_time(86400)
    assert guess(editor(on), FREE) == [422] * FREE


def test_parallel_guesses_get_no_more_tries(on: TestPanel) -> None:
    visitors = [editor(on) for _ in range(12)]
    tokens = [visitor.token() for visitor in visitors]
    answers: Counter[int] = Counter()
    together = threading.Barrier(len(visitors))

    def guess_once(visitor: Visitor, token: str) -> None:
        together.wait(timeout=60)
        answers[visitor.post(f"{PAGE}/unlock", {"code": "wrong"}, token=token).status_code] += 1

    threads = [threading.Thread(target=guess_once, args=pair) for pair in zip(visitors, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {422: FREE, 429: 12 - FREE}


def test_somebody_unlocked_is_not_disturbed(on: TestPanel) -> None:
    unlocked = unlocked_editor(furnish(on))
    guess(editor(on), 2 * FREE)
    assert unlocked.is_unlocked()
    assert unlocked.post(f"{LIST}/add", ADDED).status_code == 303
    assert unlocked.post(f"{PAGE}/keep-unlocked").status_code == 303


def test_another_address_is_not_disturbed(on: TestPanel) -> None:
    guess(editor(on), 2 * FREE)
    assert Visitor(on, "10.0.0.9").sign_in().unlock().status_code == 303


def test_many_addresses_of_one_editor_are_throttled_too_but_for_a_minute_at_most(on: TestPanel) -> None:
    for visitor in from_addresses(on, FREE_OF_ALL // FREE):
        assert guess(visitor, FREE) == [422] * FREE
    fresh = Visitor(on, "10.9.9.9").sign_in()
    assert int(fresh.unlock().headers["Retry-After"]) == WAIT_OF_ALL
    on.clock.pass_time(WAIT_OF_ALL)
    assert guess(fresh, 1) == [422]
    assert int(fresh.unlock().headers["Retry-After"]) == WAIT_OF_ALL
    on.clock.pass_time(WAIT_OF_ALL)
    assert fresh.unlock().status_code == 303


def test_one_editor_who_guesses_keeps_no_other_out(on: TestPanel) -> None:
    other = other_editor(on)
    for visitor in from_addresses(on, FREE_OF_ALL // FREE):
        guess(visitor, FREE)
    assert other.unlock("wrong").status_code == 422
    assert other.unlock().status_code == 303
