"""Comparing what is typed with the code in force: right, wrong, replaced, too long, and too often."""

from contextlib import suppress

import pytest
from fake_clock import FakeClock
from panels import CHEAP, CODE

from sync_panel.guard.code import CodeCheck, WrongCodeError, bare_code
from sync_panel.guard.keys import Hasher
from sync_panel.guard.throttle import TooManyError, let_in
from sync_panel.store.database import Database
from sync_panel.store.users import set_code_hash

HERE, THERE = "127.0.0.1", "127.0.0.2"
ANNA, BORIS = 1, 2


def put_in_force(database: Database, code: str) -> None:
    with database.writing() as db:
        set_code_hash(db, CHEAP.hash(bare_code(code)))


@pytest.fixture
def check(database: Database, clock: FakeClock) -> CodeCheck:
    put_in_force(database, CODE)
    return CodeCheck(database, clock, CHEAP)


def fail(check: CodeCheck, times: int, address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(WrongCodeError):
            check.verify("wrong", address, ANNA)


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), f" {CODE} ".replace("-", " "), CODE + " " * 500])
def test_the_right_code_gives_its_generation(check: CodeCheck, typed: str) -> None:
    assert check.verify(typed, HERE, ANNA) == check.generation() == 1


class Counting(Hasher):
    """Hashes without its cost, and counts what it compares."""

    compared = 0

    def matches(self, secret: str, hashed: str | None) -> bool:
        self.compared += 1
        return super().matches(secret, hashed)


GENERATED, MISREAD = "0110-ABCD-2345", "OIL0-ABCD-2345"


def test_a_generated_code_is_right_as_it_was_misread(check: CodeCheck, database: Database) -> None:
    put_in_force(database, GENERATED)
    assert check.verify(MISREAD, HERE, ANNA) == check.verify(GENERATED, HERE, ANNA) == check.generation()


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("OOOOO-IIIII-LLLLL", "00000-11111-11111"),
        ("00000-11111-11111", "OOOOO-IIIII-LLLLL"),
        (MISREAD, GENERATED),  # chosen before a code needed 15 characters
    ],
)
def test_the_signs_of_a_chosen_code_stay_different(
    check: CodeCheck, database: Database, chosen: str, typed: str
) -> None:
    put_in_force(database, chosen)
    with pytest.raises(WrongCodeError):
        check.verify(typed, HERE, ANNA)
    assert check.verify(chosen, HERE, ANNA) == check.generation()


@pytest.mark.parametrize("in_force", [GENERATED, MISREAD, CODE])
def test_a_code_in_two_readings_takes_as_long_whatever_is_in_force(
    database: Database, clock: FakeClock, in_force: str
) -> None:
    put_in_force(database, in_force)
    hasher = Counting("scrypt:512:8:1")
    with suppress(WrongCodeError):
        CodeCheck(database, clock, hasher).verify(MISREAD, HERE, ANNA)
    assert hasher.compared == 2


def test_a_code_in_two_readings_is_one_try(check: CodeCheck) -> None:
    for _ in range(5):
        with pytest.raises(WrongCodeError):
            check.verify(MISREAD, HERE, ANNA)
    with pytest.raises(TooManyError):
        check.verify(CODE, HERE, ANNA)


@pytest.mark.parametrize("typed", ["", " ", "-", CODE[:-1], CODE + "X", "\x00", "x" * 100_000, " " * 1000 + CODE])
def test_any_other_code_is_wrong(check: CodeCheck, typed: str) -> None:
    """What is typed beyond 1000 characters is not looked at."""
    with pytest.raises(WrongCodeError):
        check.verify(typed, HERE, ANNA)


def test_a_new_code_replaces_the_old_one(check: CodeCheck, database: Database) -> None:
    put_in_force(database, "another code")
    with pytest.raises(WrongCodeError):
        check.verify(CODE, HERE, ANNA)
    assert check.verify("ANOTHER-CODE", HERE, ANNA) == check.generation() == 2


def test_even_the_right_code_waits_after_five_wrong_ones(check: CodeCheck, clock: FakeClock) -> None:
    fail(check, 5)
    with pytest.raises(TooManyError):
        check.verify(CODE, HERE, ANNA)
    clock.pass_time(31)
    assert check.verify(CODE, HERE, ANNA) == 1


def test_the_right_code_is_not_held_against_its_owner(check: CodeCheck) -> None:
    fail(check, 4)
    for _ in range(10):
        check.verify(CODE, HERE, ANNA)
    fail(check, 5)


def test_somebody_elsewhere_is_not_made_to_wait(check: CodeCheck) -> None:
    fail(check, 5)
    assert check.verify(CODE, THERE, ANNA) == 1


def test_another_editor_at_the_same_address_is_not_made_to_wait(check: CodeCheck) -> None:
    fail(check, 5)
    assert check.verify(CODE, HERE, BORIS) == 1


def test_an_editor_with_many_addresses_waits_at_all_of_them_and_keeps_nobody_else_out(check: CodeCheck) -> None:
    for number in range(50):
        fail(check, 1, f"10.0.0.{number}")
    with pytest.raises(TooManyError):
        check.verify(CODE, THERE, ANNA)
    assert check.verify(CODE, THERE, BORIS) == 1


def test_an_address_that_was_let_in_does_not_wait_for_others(check: CodeCheck, database: Database) -> None:
    for number in range(50):
        fail(check, 1, f"10.0.0.{number}")
    with database.writing() as db:
        let_in(db, THERE)
    assert check.verify(CODE, THERE, ANNA) == 1
