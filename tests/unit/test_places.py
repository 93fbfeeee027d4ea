"""Where somebody asks from: what counts as one address, and what makes a place known, and for how long."""

import pytest
from panels import ADMIN, CHEAP

from sync_panel.guard.sign_in import Browsers, place_of_browser
from sync_panel.guard.throttle import let_in, place_of
from sync_panel.rules.problems import RefusedError
from sync_panel.store import users
from sync_panel.store.database import Database
from sync_panel.store.users import (
    add_user,
    failures_of,
    get_user,
    is_known_place,
    is_place_of,
    keep_failures,
    remember_place,
    remove_user,
)

KEY = "a key of 256 bits or so"
HERE = "10.0.0.7"


@pytest.fixture
def user_id(database: Database) -> int:
    with database.writing() as db:
        add_user(db, ADMIN, CHEAP.hash("a password"), may_edit=True)
        return get_user(db, ADMIN).id


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
        ("x" * 1000, "x" * 64),
    ],
)
def test_an_address_counts_as_itself_and_one_of_ipv6_as_its_network(address: str, place: str) -> None:
    assert place_of(address) == place


def test_a_place_is_known_for_its_user_alone(database: Database, user_id: int) -> None:
    with database.writing() as db:
        remember_place(db, user_id, HERE)
        assert is_known_place(db, HERE)
        assert is_place_of(db, user_id, HERE)
        assert not is_place_of(db, user_id + 1, HERE)
        assert not is_place_of(db, None, HERE)
        assert not is_known_place(db, "10.0.0.70")


def test_a_removed_user_leaves_no_known_place(database: Database, user_id: int) -> None:
    with database.writing() as db:
        remember_place(db, user_id, HERE)
        remove_user(db, get_user(db, ADMIN))
        assert not is_known_place(db, HERE)


@pytest.mark.parametrize("is_user", [True, False])
def test_the_oldest_places_are_forgotten_and_none_of_anybody_else(
    database: Database, user_id: int, monkeypatch: pytest.MonkeyPatch, *, is_user: bool
) -> None:
    monkeypatch.setattr(users, "PLACES_AT_MOST", 3)
    who, other = (user_id, None) if is_user else (None, user_id)
    with database.writing() as db:
        remember_place(db, other, "another's")
        for place in "abcad":
            remember_place(db, who, place)
        assert [place for place in "abcd" if is_place_of(db, who, place)] == ["a", "c", "d"]
        assert is_place_of(db, other, "another's")


def test_letting_in_ends_the_waits_of_every_kind_at_that_address(database: Database) -> None:
    with database.writing() as db:
        for kind in ("code", "sign-in", "link"):
            keep_failures(db, kind, {f"{HERE} name": 9, HERE: 20, "10.0.0.70": 1})
        let_in(db, f"::ffff:{HERE}")
        for kind in ("code", "sign-in", "link"):
            assert not failures_of(db, kind, HERE) + failures_of(db, kind, f"{HERE} name")
            assert failures_of(db, kind, "10.0.0.70") == 1
        assert is_place_of(db, None, HERE)


@pytest.mark.parametrize("typed", ["", "admin", "10.0.0", "10.0.0.0/8", "panel.lan", "10.0.0.7:8765", "\x00"])
def test_what_is_no_address_is_not_let_in(database: Database, typed: str) -> None:
    with database.writing() as db, pytest.raises(RefusedError, match="is no address"):
        let_in(db, typed)


def test_a_browser_is_known_by_the_cookie_that_it_was_given(database: Database) -> None:
    number = Browsers(KEY).from_cookie("")
    cookie = Browsers(KEY).to_cookie(number)
    assert Browsers(KEY).from_cookie(cookie) == number, "also after a restart"
    assert number not in place_of_browser(number), "a copy of the database is no browser"


@pytest.mark.parametrize("cookie", ["", "x", "\x00", "é", "x" * 10_000, Browsers("another key").to_cookie("00")])
def test_any_other_cookie_is_a_new_browser(cookie: str) -> None:
    assert len({Browsers(KEY).from_cookie(cookie) for _ in range(3)} - {"00"}) == 3
