"""Signing in and out: what is told of a failure, what is kept of a token, and how long it lasts."""

from secrets import token_hex

import pytest
from fake_clock import FakeClock
from panels import ADMIN, ADMIN_PASSWORD, CHEAP

from sync_panel.guard.sign_in import SignIns, WrongSignInError
from sync_panel.guard.throttle import TooManyError
from sync_panel.store.database import Database
from sync_panel.store.users import add_user, get_user, remove_user, set_password_hash

HERE, THERE = "127.0.0.1", "127.0.0.2"
IDLE = 43200


@pytest.fixture
def sign_ins(database: Database, clock: FakeClock) -> SignIns:
    with database.writing() as db:
        add_user(db, ADMIN, CHEAP.hash(ADMIN_PASSWORD), may_edit=True)
    return SignIns(database, clock, CHEAP, IDLE)


def sign_in(sign_ins: SignIns, name: str, password: str, address: str, browser: str = "") -> str:
    """Sign in, in a browser that was never here unless one is named."""
    return sign_ins.sign_in(name, password, address, browser or token_hex())


def is_signed_in(sign_ins: SignIns, token: str) -> bool:
    return sign_ins.user(token) is not None


def fail(sign_ins: SignIns, times: int, name: str = ADMIN) -> None:
    for _ in range(times):
        with pytest.raises(WrongSignInError):
            sign_in(sign_ins, name, "wrong password", HERE)


@pytest.mark.parametrize("name", [ADMIN, ADMIN.upper()])
def test_name_and_password_give_a_token_that_says_who(sign_ins: SignIns, name: str) -> None:
    user = sign_ins.user(sign_in(sign_ins, name, ADMIN_PASSWORD, HERE))
    assert user
    assert user.name == ADMIN


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (ADMIN, "wrong"),
        (ADMIN, ""),
        (ADMIN, ADMIN_PASSWORD.upper()),
        (ADMIN, "x" * 5000),
        ("nobody", ADMIN_PASSWORD),
        ("", ""),
    ],
    ids=["wrong", "empty", "case", "long", "nobody", "nothing"],
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(sign_ins: SignIns, name: str, password: str) -> None:
    with pytest.raises(WrongSignInError) as wrong:
        sign_in(sign_ins, name, password, HERE)
    assert str(wrong.value) == ""


@pytest.mark.parametrize("token", ["", "x", "\x00", "x" * 10_000], ids=len)
def test_an_unknown_token_is_nobody(sign_ins: SignIns, token: str) -> None:
    assert not is_signed_in(sign_ins, token)


def test_every_sign_in_has_a_long_token_of_its_own(sign_ins: SignIns) -> None:
    tokens = {sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE) for _ in range(10)}
    assert len(tokens) == 10
    assert all(len(token) >= 43 for token in tokens)


def test_a_copy_of_the_database_holds_no_token(sign_ins: SignIns, database: Database) -> None:
    token = sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE)
    with database.reading() as db:
        (kept,) = [bytes(row["token_hash"]) for row in db.execute("SELECT token_hash FROM signed_in")]
    assert token.encode() not in kept
    assert not is_signed_in(sign_ins, kept.hex())


def test_signing_out_ends_one_sign_in(sign_ins: SignIns) -> None:
    here, there = (sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, address) for address in (HERE, THERE))
    sign_ins.sign_out(here)
    assert not is_signed_in(sign_ins, here)
    assert is_signed_in(sign_ins, there)


def test_a_sign_in_ends_when_nothing_was_asked_for_too_long(sign_ins: SignIns, clock: FakeClock) -> None:
    token = sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE)
    clock.pass_time(IDLE)
    assert is_signed_in(sign_ins, token)
    clock.pass_time(IDLE + 1)
    assert not is_signed_in(sign_ins, token)
    assert not is_signed_in(sign_ins, token)


@pytest.mark.parametrize("jump", [3600, -3600, 10**9])
def test_a_calendar_that_jumps_signs_nobody_out(sign_ins: SignIns, clock: FakeClock, jump: int) -> None:
    token = sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE)
    clock.jump(jump)
    assert is_signed_in(sign_ins, token)


def test_a_sign_in_survives_a_restart_and_idles_from_there(
    sign_ins: SignIns, database: Database, clock: FakeClock
) -> None:
    token = sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE)
    clock.monotonic = 5.0
    restarted = SignIns(database, clock, CHEAP, IDLE)
    assert is_signed_in(restarted, token)
    clock.pass_time(IDLE + 1)
    assert not is_signed_in(restarted, token)


def test_a_new_password_ends_every_sign_in(sign_ins: SignIns, database: Database) -> None:
    token = sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE)
    with database.writing() as db:
        set_password_hash(db, get_user(db, ADMIN), CHEAP.hash("a new password"))
    assert not is_signed_in(sign_ins, token)


def test_a_removed_user_is_nobody(sign_ins: SignIns, database: Database) -> None:
    token = sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE)
    with database.writing() as db:
        remove_user(db, get_user(db, ADMIN))
    assert not is_signed_in(sign_ins, token)


def test_five_wrong_passwords_make_that_name_wait_there(sign_ins: SignIns, clock: FakeClock) -> None:
    fail(sign_ins, 5)
    for name in (ADMIN, ADMIN.upper()):
        with pytest.raises(TooManyError):
            sign_in(sign_ins, name, ADMIN_PASSWORD, HERE)
    sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, THERE)
    clock.pass_time(30)
    sign_in(sign_ins, ADMIN, ADMIN_PASSWORD, HERE)


def test_an_unknown_name_is_made_to_wait_like_a_known_one(sign_ins: SignIns) -> None:
    fail(sign_ins, 5, name="nobody")
    with pytest.raises(TooManyError):
        sign_in(sign_ins, "nobody", "wrong password", HERE)


def test_signing_in_as_one_user_does_not_help_to_guess_another(sign_ins: SignIns, database: Database) -> None:
    with database.writing() as db:
        add_user(db, "wendy", CHEAP.hash("her own password"), may_edit=False)
    fail(sign_ins, 5)
    sign_in(sign_ins, "wendy", "her own password", HERE)
    with pytest.raises(TooManyError):
        sign_in(sign_ins, ADMIN, "one more guess", HERE)


@pytest.mark.parametrize("kept", ["Anna Maria", "Anna  Maria"])
def test_a_name_is_one_name_however_it_is_spaced(sign_ins: SignIns, database: Database, kept: str) -> None:
    """Expect no free tries for one more space."""
    with database.writing() as db:
        add_user(db, kept, CHEAP.hash("her own password"), may_edit=False)
    spaced = ["Anna Maria", "Anna  Maria", " anna   maria", "Anna\u00a0Maria", "Anna \u3000Maria "]
    for name in spaced:
        sign_in(sign_ins, name, "her own password", THERE)
        fail(sign_ins, 1, name)
    for name in spaced:
        with pytest.raises(TooManyError):
            sign_in(sign_ins, name, "her own password", HERE)
