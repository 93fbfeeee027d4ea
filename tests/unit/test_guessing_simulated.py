"""Guessers over simulated days, as SECURITY.md counts them: how many tries they get, and whom they keep out."""

from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from secrets import token_hex

import pytest
from fake_clock import FakeClock
from panels import ADMIN, ADMIN_PASSWORD

from sync_panel.guard.keys import Hasher
from sync_panel.guard.link_login import Asker, Credentials, PartnerLogin, WrongPartnerLoginError
from sync_panel.guard.sign_in import SignIns, WrongSignInError
from sync_panel.guard.throttle import TooManyError, let_in
from sync_panel.store.database import Connection, Database
from sync_panel.store.users import add_user

DAYS = 2
MINUTES = DAYS * 24 * 60
LONGEST_WAITS = DAYS * 96  # of a quarter of an hour
HOME, ELSEWHERE = "10.0.0.7", "10.9.9.9"
SITE, GUESS = Credentials("sync", "the right one"), Credentials("sync", "a guess")
MOST_A_MINUTE = 100  # tries: a guesser who is not stopped at all must end as well
GIVES_UP = 3  # refusals in a row, before a guesser with many addresses waits for the next minute

Guess = Callable[[str, str], bool]  # from an address, under a name: whether it was verified


class Unhashed(Hasher):
    """Compares without the cost of a hash, of which a simulated day needs thousands."""

    compared = 0

    def hash(self, secret: str) -> str:
        return secret

    def matches(self, secret: str, hashed: str | None) -> bool:
        self.compared += 1
        return secret == hashed


@pytest.fixture
def hasher() -> Unhashed:
    return Unhashed()


@pytest.fixture
def sign_ins(database: Database, clock: FakeClock, hasher: Unhashed) -> SignIns:
    with database.writing() as db:
        add_user(db, ADMIN, ADMIN_PASSWORD, may_edit=True)
    return SignIns(database, clock, hasher, idle_seconds=3600)


@pytest.fixture
def at_sign_in(sign_ins: SignIns) -> Guess:
    """Return a way to guess a user's password."""

    def guess(address: str, name: str) -> bool:
        try:
            sign_ins.sign_in(name, "a guess", address, "no browser of ours")
        except WrongSignInError:
            return True
        except TooManyError:
            return False
        raise AssertionError("guessed right")

    return guess


@pytest.fixture
def at_link(database: Database, clock: FakeClock) -> Guess:
    """Return a way to guess the password that all servers share."""
    login = PartnerLogin(database, clock)

    def guess(address: str, name: str) -> bool:
        try:
            login.verify(GUESS, SITE, Asker(address, name, is_known=False), nowhere)
        except WrongPartnerLoginError:
            return True
        except TooManyError:
            return False
        raise AssertionError("guessed right")

    return guess


@pytest.fixture(params=["at_sign_in", "at_link"])
def guess(request: pytest.FixtureRequest) -> Guess:
    """Return a way to guess, at either of the two doors that strangers find."""
    found: Guess = request.getfixturevalue(request.param)
    return found


def nowhere(_db: Connection) -> bool:
    return False


def minutes(clock: FakeClock, count: int = MINUTES) -> Iterator[int]:
    """Let minutes pass, and yield each."""
    for minute in range(count):
        yield minute
        clock.pass_time(60)


def use_up(guess: Guess, addresses: Iterable[str], minute: int) -> int:
    """Guess under made-up names until nothing more is verified, and return how often it was."""
    verified = refused = 0
    for number, address in enumerate(islice(addresses, MOST_A_MINUTE)):
        if guess(address, str(1000 * minute + number)):
            verified, refused = verified + 1, 0
        elif (refused := refused + 1) == GIVES_UP:
            break
    return verified


def networks() -> Iterator[str]:
    """Yield a thousand addresses again and again, no two of them of one network."""
    return cycle([f"198.18.{number // 250}.{number % 250}" for number in range(1000)])


@pytest.mark.parametrize(
    "addresses", [["10.6.6.6"], [f"2001:db8::{number:x}" for number in range(1, 1000)]], ids=["one", "a /64"]
)
def test_a_guesser_with_one_address_gets_a_try_each_quarter_of_an_hour_and_keeps_nobody_out(
    guess: Guess, addresses: list[str], clock: FakeClock, sign_ins: SignIns
) -> None:
    from_one, verified = cycle(addresses), 0
    for minute in minutes(clock):
        verified += use_up(guess, from_one, minute)
        if minute % 60 == 0:
            assert sign_ins.sign_in(ADMIN, ADMIN_PASSWORD, f"10.9.{minute // 250}.{minute % 250}", token_hex())
            assert guess(f"10.8.{minute // 250}.{minute % 250}", "somebody new")
    assert LONGEST_WAITS <= verified <= 20 + LONGEST_WAITS


def test_a_guesser_with_a_thousand_addresses_gets_a_try_a_minute(guess: Guess, clock: FakeClock) -> None:
    many = networks()
    verified = sum(use_up(guess, many, minute) for minute in minutes(clock))
    assert MINUTES - 60 <= verified <= 50 + MINUTES


def test_known_browsers_and_addresses_always_get_in(
    at_sign_in: Guess, sign_ins: SignIns, clock: FakeClock, database: Database
) -> None:
    many, browser = networks(), token_hex()
    sign_ins.sign_in(ADMIN, ADMIN_PASSWORD, HOME, browser)
    with database.writing() as db:
        let_in(db, "2001:db8::1")
    for minute in minutes(clock):
        use_up(at_sign_in, many, minute)
        if minute % 60 == 59:
            assert sign_ins.sign_in(ADMIN, ADMIN_PASSWORD, HOME, token_hex())
            assert sign_ins.sign_in(ADMIN, ADMIN_PASSWORD, ELSEWHERE, browser)
            assert sign_ins.sign_in(ADMIN, ADMIN_PASSWORD, "2001:db8::2", token_hex())


def test_a_guesser_at_a_known_address_gets_twice_as_many_and_no_known_browser_waits(
    at_sign_in: Guess, sign_ins: SignIns, clock: FakeClock, hasher: Unhashed
) -> None:
    browser, right = token_hex(), 0
    for minute in minutes(clock):
        if minute % 60 == 0:
            right += bool(sign_ins.sign_in(ADMIN, ADMIN_PASSWORD, HOME, browser))
        use_up(at_sign_in, cycle([HOME]), minute)
    assert LONGEST_WAITS <= hasher.compared - right <= 2 * (20 + LONGEST_WAITS)


def test_the_waits_take_no_more_room_than_there_were_tries(guess: Guess, clock: FakeClock, database: Database) -> None:
    many = networks()
    verified = sum(use_up(guess, many, minute) for minute in minutes(clock, 120))
    with database.reading() as db:
        assert db.execute("SELECT count(*) FROM attempt").fetchone()[0] <= 2 * verified + 1
