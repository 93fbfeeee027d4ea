"""The unlock (scenarios e and f): how long it lasts, and whose cookie counts."""

from dataclasses import asdict, replace

import pytest
from fake_clock import FakeClock
from itsdangerous import URLSafeSerializer

from sync_panel.guard.unlock import Unlock, Unlocks

KEY = "the key of this data folder"
IDLE, LONGEST = 600, 7200
ME, OTHER = "my sign-in", "another sign-in"


@pytest.fixture
def unlocks(clock: FakeClock) -> Unlocks:
    return Unlocks(KEY, clock, IDLE, LONGEST)


def counts(unlocks: Unlocks, unlock: Unlock, sign_in: str = ME, generation: str = "1") -> bool:
    """Tell whether the cookie of an unlock is taken from this sign-in under this generation of the code."""
    return unlocks.from_cookie(unlocks.to_cookie(unlock), sign_in, generation) is not None


def test_a_cookie_gives_back_its_unlock(unlocks: Unlocks) -> None:
    unlock = unlocks.begin(ME, "1")
    assert unlocks.from_cookie(unlocks.to_cookie(unlock), ME, "1") == unlock


def test_an_unlock_ends_ten_minutes_after_the_last_action(unlocks: Unlocks, clock: FakeClock) -> None:
    unlock = unlocks.begin(ME, "1")
    assert unlocks.seconds_left(unlock) == IDLE
    clock.pass_time(IDLE - 1)
    assert unlocks.seconds_left(unlock) == 1
    assert counts(unlocks, unlock)
    clock.pass_time(0.75)
    assert unlocks.seconds_left(unlock) == 1, "no page is told of an end that is not there"
    assert counts(unlocks, unlock)
    clock.pass_time(0.25)
    assert unlocks.seconds_left(unlock) == 0
    assert not counts(unlocks, unlock)


def test_reading_a_cookie_does_not_extend_it(unlocks: Unlocks, clock: FakeClock) -> None:
    unlock = unlocks.begin(ME, "1")
    for _ in range(IDLE - 1):
        clock.pass_time(1)
        assert counts(unlocks, unlock)
    clock.pass_time(1)
    assert not counts(unlocks, unlock)


def test_an_extended_unlock_lasts_ten_more_minutes(unlocks: Unlocks, clock: FakeClock) -> None:
    unlock = unlocks.begin(ME, "1")
    clock.pass_time(500)
    extended = unlocks.extend(unlock)
    clock.pass_time(IDLE - 1)
    assert counts(unlocks, extended)
    assert not counts(unlocks, unlock)


def test_no_unlock_lasts_longer_than_two_hours(unlocks: Unlocks, clock: FakeClock) -> None:
    """Extended every five minutes, it ends all the same, and says so in its seconds left."""
    unlock = unlocks.begin(ME, "1")
    for _ in range(LONGEST // 300 - 1):
        clock.pass_time(300)
        assert counts(unlocks, unlock)
        unlock = unlocks.extend(unlock)
    assert unlocks.seconds_left(unlock) == 300
    clock.pass_time(300)
    assert not counts(unlocks, unlocks.extend(unlock))


def test_an_unlock_can_be_extended_ten_times_and_more(unlocks: Unlocks, clock: FakeClock) -> None:
    """WCAG 2.2, criterion 2.2.1: ten times at least."""
    unlock = unlocks.begin(ME, "1")
    for _ in range(11):
        clock.pass_time(IDLE - 1)
        unlock = unlocks.extend(unlock)
        assert counts(unlocks, unlock)


def test_the_longest_time_bounds_a_longer_idle_time(clock: FakeClock) -> None:
    unlocks = Unlocks(KEY, clock, idle_seconds=600, longest_seconds=60)
    assert unlocks.seconds_left(unlocks.begin(ME, "1")) == 60


@pytest.mark.parametrize("jump", [3600, -3600, -56 * 365 * 86400])
def test_a_calendar_that_jumps_neither_ends_nor_extends(unlocks: Unlocks, clock: FakeClock, jump: int) -> None:
    unlock = unlocks.begin(ME, "1")
    clock.jump(jump)
    assert unlocks.seconds_left(unlock) == IDLE
    assert counts(unlocks, unlock)
    clock.pass_time(IDLE)
    assert not counts(unlocks, unlock)


def test_a_cookie_counts_for_its_own_sign_in_only(unlocks: Unlocks) -> None:
    unlock = unlocks.begin(ME, "1")
    unlocks.begin(OTHER, "1")
    assert not counts(unlocks, unlock, sign_in=OTHER)


@pytest.mark.parametrize("generation", ["0", "2"])
def test_a_cookie_counts_for_its_own_generation_of_the_code_only(unlocks: Unlocks, generation: str) -> None:
    assert not counts(unlocks, unlocks.begin(ME, "1"), generation=generation)


def test_a_cookie_of_an_earlier_process_does_not_count(unlocks: Unlocks, clock: FakeClock) -> None:
    unlock = unlocks.begin(ME, "1")
    restarted = Unlocks(KEY, clock, IDLE, LONGEST)
    assert restarted.from_cookie(unlocks.to_cookie(unlock), ME, "1") is None
    assert not counts(restarted, unlock)


def test_a_copied_cookie_does_not_count_after_lock_now(unlocks: Unlocks) -> None:
    unlock = unlocks.begin(ME, "1")
    extended = unlocks.extend(unlock)
    others = unlocks.begin(OTHER, "1")
    unlocks.end(ME)
    assert not counts(unlocks, unlock)
    assert not counts(unlocks, extended)
    assert counts(unlocks, others, sign_in=OTHER)


def test_a_new_unlock_replaces_the_earlier_one_of_the_same_sign_in(unlocks: Unlocks) -> None:
    first, second = unlocks.begin(ME, "1"), unlocks.begin(ME, "1")
    assert not counts(unlocks, first)
    assert counts(unlocks, second)


def test_ending_what_never_began_is_no_error(unlocks: Unlocks) -> None:
    unlocks.end(ME)


@pytest.mark.parametrize(
    "text", ["", ".", "x", "a.b.c", "\x00", "é", "e30", "x" * 10_000], ids=lambda text: ascii(text)[:9]
)
def test_a_cookie_that_nobody_signed_does_not_count(unlocks: Unlocks, text: str) -> None:
    unlocks.begin(ME, "1")
    assert unlocks.from_cookie(text, ME, "1") is None


@pytest.mark.parametrize("salt", ["", "sync-panel-unlock", "sync-panel-unlock-"])
def test_a_cookie_signed_with_the_key_alone_does_not_count(unlocks: Unlocks, salt: str) -> None:
    """Who reads the key file cannot forge an unlock: the signature depends on the process as well."""
    forged = URLSafeSerializer(KEY, salt=salt).dumps(asdict(unlocks.begin(ME, "1")))
    assert unlocks.from_cookie(str(forged), ME, "1") is None


def test_a_changed_cookie_does_not_count(unlocks: Unlocks) -> None:
    unlock = unlocks.begin(ME, "1")
    _, signature = unlocks.to_cookie(unlock).rsplit(".", 1)
    later = unlocks.to_cookie(replace(unlock, until=1e12)).rsplit(".", 1)[0]
    assert unlocks.from_cookie(f"{later}.{signature}", ME, "1") is None


def test_unlocks_that_are_over_are_forgotten(unlocks: Unlocks, clock: FakeClock) -> None:
    for number in range(10):
        unlocks.begin(f"sign-in {number}", "1")
    clock.pass_time(LONGEST)
    unlocks.begin(ME, "1")
    assert len(unlocks._live) == 1
