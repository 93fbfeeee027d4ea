"""A form that comes twice is known by its number, its user and what it holds."""

import threading

from sync_panel.guard.outcomes import Outcomes, Sent

FOREVER = 60.0  # seconds; what a test that fails waits


def sent(user_id: int = 1, number: str = "one", content: str = "as typed", path: str = "/here") -> Sent:
    return Sent(user_id, path, number, content)


def done(outcomes: Outcomes, form: Sent, said: object = "saved", base: str = "") -> None:
    outcomes.begin(form)
    outcomes.end(form, said, base)


def test_what_was_done_is_known_by_the_number_and_the_user() -> None:
    outcomes, first = Outcomes(), sent()
    done(outcomes, first, "saved", "base")
    known = outcomes.before(sent())
    assert known is not None
    assert (known.sent, known.said, known.base) == (first, "saved", "base")
    assert known.sent.is_as(sent())
    assert not known.sent.is_as(sent(content="other"))
    assert outcomes.before(sent(user_id=2)) is None
    assert outcomes.before(sent(number="two")) is None
    assert outcomes.before(sent(path="/there")) is None, "the forms of one page may have one number"


def test_what_was_refused_leaves_what_was_done_before() -> None:
    outcomes = Outcomes()
    done(outcomes, sent(content="first"))
    done(outcomes, sent(content="second"), None)
    known = outcomes.before(sent())
    assert known is not None
    assert known.sent.content == "first"


def test_the_oldest_are_forgotten() -> None:
    outcomes = Outcomes(kept=2)
    for number in ("one", "two", "three"):
        done(outcomes, sent(number=number))
    assert [outcomes.before(sent(number=number)) is not None for number in ("one", "two", "three")] == [
        False,
        True,
        True,
    ]


def test_the_second_waits_for_the_first_and_the_first_for_nobody() -> None:
    outcomes, first, second = Outcomes(longest_wait=FOREVER), sent(), sent()
    outcomes.begin(first)
    outcomes.begin(second)
    assert outcomes.before(first) is None
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.append(outcomes.before(second)))
    waiting.start()
    outcomes.end(first, "saved")
    waiting.join(FOREVER)
    assert [outcome is not None for outcome in found] == [True]


def test_a_form_that_holds_something_else_is_not_waited_for() -> None:
    outcomes, second = Outcomes(longest_wait=FOREVER), sent(content="other")
    outcomes.begin(sent())
    outcomes.begin(second)
    assert outcomes.before(second) is None
