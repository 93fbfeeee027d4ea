"""The people who may sign in, where they are signed in, and the code in force."""

import sqlite3

import pytest

from sync_panel.store.database import Database
from sync_panel.store.errors import GoneError
from sync_panel.store.users import (
    BROWSERS_AT_MOST,
    Authorisation,
    User,
    add_user,
    find_user,
    get_user,
    list_users,
    load_authorisation,
    remove_user,
    set_code_hash,
    set_may_edit,
    set_password_hash,
    sign_in,
    sign_out,
    signed_in_user,
)

HERE, THERE = b"hash of a token", b"hash of another"


@pytest.fixture
def wendy(database: Database) -> User:
    """Return a viewer who is signed in here and there."""
    with database.writing() as db:
        add_user(db, "Wendy", "first hash", may_edit=False)
        for token in (HERE, THERE):
            sign_in(db, get_user(db, "Wendy"), token)
        return get_user(db, "Wendy")


@pytest.mark.parametrize("name", ["Wendy", "wendy", "WENDY"])
def test_a_user_is_found_in_any_case(database: Database, wendy: User, name: str) -> None:
    with database.reading() as db:
        assert find_user(db, name) == wendy == get_user(db, name)


@pytest.mark.parametrize("name", ["", "Wend", "Wendy%", "' OR 1=1 --", "Wendy\x00"])
def test_nobody_is_found_by_another_name(database: Database, wendy: User, name: str) -> None:
    with database.reading() as db:
        assert find_user(db, name) is None
        with pytest.raises(GoneError):
            get_user(db, name)


def test_users_are_listed_by_name_without_case(database: Database, wendy: User) -> None:
    with database.writing() as db:
        add_user(db, "admin", "hash", may_edit=True)
        add_user(db, "Zoe", "hash", may_edit=False)
        assert [user.name for user in list_users(db)] == ["admin", "Wendy", "Zoe"]


def test_a_user_becomes_an_editor_and_a_viewer_again(database: Database, wendy: User) -> None:
    with database.writing() as db:
        set_may_edit(db, wendy, may_edit=True)
        assert get_user(db, "Wendy").may_edit
        set_may_edit(db, wendy, may_edit=False)
        assert not get_user(db, "Wendy").may_edit


def test_who_is_signed_in_is_known_by_the_token(database: Database, wendy: User) -> None:
    with database.reading() as db:
        assert signed_in_user(db, HERE) == wendy
        assert signed_in_user(db, b"another") is None


def test_signing_out_here_does_not_sign_out_there(database: Database, wendy: User) -> None:
    with database.writing() as db:
        sign_out(db, HERE)
        assert signed_in_user(db, HERE) is None
        assert signed_in_user(db, THERE) == wendy


def test_a_new_password_signs_out_everywhere(database: Database, wendy: User) -> None:
    with database.writing() as db:
        set_password_hash(db, wendy, "new hash")
        assert get_user(db, "Wendy").password_hash == "new hash"
        assert [signed_in_user(db, token) for token in (HERE, THERE)] == [None, None]


def test_a_removed_user_is_signed_out_everywhere(database: Database, wendy: User) -> None:
    with database.writing() as db:
        remove_user(db, wendy)
        assert list_users(db) == []
        assert [signed_in_user(db, token) for token in (HERE, THERE)] == [None, None]


def test_every_new_code_has_a_generation_of_its_own(database: Database) -> None:
    with database.writing() as db:
        for generation in (1, 2, 3):
            set_code_hash(db, "the same hash")
            assert load_authorisation(db) == Authorisation("the same hash", generation)


def test_the_oldest_browsers_of_a_user_are_signed_out_beyond_the_limit(database: Database, wendy: User) -> None:
    """Expect browsers that never sign out not to pile up, and another user's to stay."""
    with database.writing() as db:
        add_user(db, "Other", "hash", may_edit=False)
        other = get_user(db, "Other")
        sign_in(db, other, b"of another")
        for number in range(BROWSERS_AT_MOST - 1):
            sign_in(db, wendy, b"browser %d" % number)
        assert [signed_in_user(db, token) for token in (HERE, THERE, b"of another")] == [None, wendy, other]


CHANGES = {
    "rights": "UPDATE user SET may_edit = 1 - may_edit WHERE id = ?",
    "password": "UPDATE user SET password_hash = 'x' WHERE id = ?",
    "name": "UPDATE user SET name = 'W' WHERE id = ?",
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_a_user_has_a_generation_of_its_own(database: Database, wendy: User, change: str) -> None:
    """Expect it of SQL too that no function of ours runs."""
    for more in (1, 2):
        with database.writing() as db:
            db.execute(CHANGES[change], (wendy.id,))
            assert list_users(db)[0].generation == wendy.generation + more
            assert signed_in_user(db, HERE) == (None if change == "password" else list_users(db)[0])


def test_a_sign_in_of_a_removed_user_is_never_a_new_users(
    database: Database, wendy: User, raw: sqlite3.Connection
) -> None:
    """Expect it also after a removal by a tool that knows no foreign keys; SQLite gives the id again."""
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("DELETE FROM user WHERE id = ?", (wendy.id,))
    raw.commit()
    with database.writing() as db:
        add_user(db, "Wendy", "first hash", may_edit=True)
        assert get_user(db, "Wendy").id == wendy.id
        assert [signed_in_user(db, token) for token in (HERE, THERE)] == [None, None]


SPACED = ["Anna Maria", "anna  maria", "ANNA   MARIA"]


@pytest.mark.parametrize("kept", SPACED)
@pytest.mark.parametrize("name", SPACED)
def test_a_user_is_found_however_the_name_is_spaced(database: Database, kept: str, name: str) -> None:
    with database.writing() as db:
        add_user(db, kept, "hash", may_edit=False)
        assert get_user(db, name).name == kept


def test_of_two_users_whose_names_differ_in_spaces_only_each_has_their_own(database: Database) -> None:
    """Both may have been added before spaces were folded, and neither is removed in place of the other."""
    with database.writing() as db:
        for name in SPACED:
            add_user(db, name, "hash", may_edit=False)
        assert [get_user(db, name).name for name in SPACED] == SPACED
