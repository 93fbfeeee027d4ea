"""How long an unlock lasts: ten minutes since the last protected action, two hours at most, on no calendar."""

import time

import pytest
from panels import TestPanel
from visitor import PAGE, Visitor, editor, unlocked_editor
from web.routes import ADDED, CHANGE_ANYTHING_ELSE, LIST, ROUTES, WRITES, furnish

MINUTE, HOUR = 60, 3600
SINCE_1970 = 1795408200  # seconds: about the calendar of the tests
JUMPS = {"an hour ahead": HOUR, "an hour back": -HOUR, "back to 1970": -SINCE_1970, "50 years ahead": 50 * 365 * 86400}


def test_the_code_unlocks_for_ten_minutes(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    assert visitor.seconds_left() == 10 * MINUTE
    on.clock.pass_time(10 * MINUTE - 1)
    assert visitor.is_unlocked()
    on.clock.pass_time(1)
    assert not visitor.is_unlocked()


def test_polling_never_extends_it(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    for _ in range(9):
        on.clock.pass_time(MINUTE)
        assert visitor.get(f"{PAGE}/lock", htmx=True).status_code == 200
    assert visitor.seconds_left() == MINUTE
    on.clock.pass_time(MINUTE)
    assert visitor.seconds_left() == 0


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/parameters", LIST, f"{LIST}/add", f"{LIST}/1/edit"])
def test_looking_does_not_extend_it(on: TestPanel, path: str) -> None:
    visitor = unlocked_editor(furnish(on))
    on.clock.pass_time(9 * MINUTE)
    assert visitor.get(path).status_code == 200
    assert visitor.seconds_left() == MINUTE


PROTECTED = sorted(name for name in WRITES if ROUTES[name].allowed == CHANGE_ANYTHING_ELSE)


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
@pytest.mark.parametrize("name", PROTECTED)
def test_a_protected_action_extends_it(on: TestPanel, name: str, *, htmx: bool) -> None:
    visitor = unlocked_editor(furnish(on))
    on.clock.pass_time(9 * MINUTE)
    assert visitor.post(ROUTES[name].path, ROUTES[name].fields, htmx=htmx).status_code in {200, 303}
    assert visitor.seconds_left() == 10 * MINUTE


@pytest.mark.parametrize("path", [f"{PAGE}/parameters", f"{LIST}/add", f"{LIST}/1/edit", f"{LIST}/remove"])
def test_a_protected_form_that_is_not_valid_extends_it_too(on: TestPanel, path: str) -> None:
    visitor = unlocked_editor(furnish(on))
    on.clock.pass_time(9 * MINUTE)
    assert visitor.post(path, {"sync_id": "none"}, htmx=True).status_code == 422
    assert visitor.seconds_left() == 10 * MINUTE


def test_saving_the_interval_does_not_extend_it(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    on.clock.pass_time(9 * MINUTE)
    assert visitor.post(f"{PAGE}/interval", {"minutes": "20", "version": "1"}).status_code == 303
    assert visitor.seconds_left() == MINUTE


def test_it_ends_after_two_hours_whatever_is_done(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    for _ in range(13):
        on.clock.pass_time(9 * MINUTE)
        assert visitor.post(f"{PAGE}/keep-unlocked").status_code == 303
    assert visitor.seconds_left() == 3 * MINUTE
    on.clock.pass_time(3 * MINUTE)
    assert not visitor.is_unlocked()
    assert visitor.post(f"{PAGE}/keep-unlocked").status_code == 403


def test_the_code_once_more_gives_two_hours_anew(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    on.clock.pass_time(2 * HOUR)
    assert visitor.unlock().status_code == 303
    assert visitor.seconds_left() == 10 * MINUTE


def set_clocks(on: TestPanel, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the calendar, and the machine's clock that signed cookies may look at."""
    present = time.time()
    on.clock.jump(seconds)
    monkeypatch.setattr(time, "time", lambda: max(5.0, present + seconds))


@pytest.mark.parametrize("seconds", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_jumps_neither_ends_nor_extends_it(
    on: TestPanel, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    visitor, form = unlocked_editor(furnish(on)), Visitor(on)
    on.clock.pass_time(4 * MINUTE)
    set_clocks(on, monkeypatch, seconds)
    assert visitor.seconds_left() == 6 * MINUTE
    assert visitor.post(f"{LIST}/add", ADDED).status_code == 303
    on.clock.pass_time(10 * MINUTE)
    assert not visitor.is_unlocked()
    assert form.sign_in().get().status_code == 200, "a form from before the jump still signs in"


@pytest.mark.parametrize("seconds", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_jumps_signs_nobody_out(on: TestPanel, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    visitor = editor(on)
    token = visitor.token()
    set_clocks(on, monkeypatch, seconds)
    saved = visitor.post(f"{PAGE}/interval", {"minutes": "20", "version": "1"}, token=token)
    assert saved.status_code == 303, "nor does it spoil a form that was open"


def test_a_server_that_starts_in_1970_goes_on_when_its_clock_is_set(
    on: TestPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = time.time()
    monkeypatch.setattr(time, "time", lambda: 5.0)
    on.clock.jump(-SINCE_1970)
    on.restart()
    visitor = unlocked_editor(on)
    token = visitor.token()
    on.clock.jump(SINCE_1970)
    monkeypatch.setattr(time, "time", lambda: present)
    assert visitor.seconds_left() == 10 * MINUTE
    assert visitor.post(f"{PAGE}/keep-unlocked", token=token).status_code == 303


def test_a_browser_that_asks_for_nothing_is_signed_out_in_the_end(on: TestPanel) -> None:
    visitor = editor(on)
    on.clock.pass_time(on.settings.sign_in_seconds)
    assert visitor.get().status_code == 200
    on.clock.pass_time(on.settings.sign_in_seconds + 1)
    assert visitor.get().status_code == 401
