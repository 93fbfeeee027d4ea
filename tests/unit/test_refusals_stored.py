"""What is kept of who was refused, and what a database from before it was kept so brings along."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from unit.lists import NOW, fill, partner

from sync_panel.rules.partner import Identity
from sync_panel.store.contacts import Caller
from sync_panel.store.database import Database
from sync_panel.store.refusals import dismiss, note_refused, note_refused_login, refusals_of, refused_logins_of
from sync_panel.store.schema import apply_step, migrations

ASKED = Caller(NOW, "10.0.0.9", 15, "one", 5)
WHO = Identity(77, "New Clinic", "Ward", None)


def said(database: Database) -> list[tuple[str, str]]:
    """Return from where and as what servers asked, the last first."""
    with database.reading() as db:
        return [(each.caller.address, str(each.who)) for each in refusals_of(db)]


def test_a_refusal_is_noted_whole(database: Database) -> None:
    for who in (WHO, replace(WHO, sync_id=78, url="https://new.example.org")):
        with database.writing() as db:
            note_refused(db, ASKED, who)
            last = refusals_of(db)[0]
        assert (last.caller, last.who, last.is_dismissed) == (ASKED, who, False)


@pytest.mark.parametrize(
    ("then", "who", "kept"),
    [
        ({"address": "10.0.0.10"}, {}, 1),
        ({}, {"name": "Renamed"}, 1),
        ({"address": "10.0.0.10"}, {"name": "Renamed"}, 2),
        ({"installation": "other"}, {}, 2),
        ({}, {"sync_id": 78}, 2),
    ],
    ids=["it moved", "it was renamed", "a renamed copy", "another", "another Sync ID, as of a copy behind one router"],
)
def test_one_server_takes_its_own_place(
    database: Database, then: dict[str, str], who: dict[str, object], kept: int
) -> None:
    with database.writing() as db:
        note_refused(db, ASKED, WHO)
        note_refused(db, replace(ASKED, **then), replace(WHO, **who))  # type: ignore[arg-type]  # one of its fields
    assert len(said(database)) == kept


def test_the_oldest_that_are_not_listed_are_dropped_and_those_at_a_row_stay(database: Database) -> None:
    with database.writing() as db:
        fill(db, *(partner(sync_id) for sync_id in range(2, 70)))
        for sync_id in range(2, 200):
            note_refused(db, ASKED, replace(WHO, sync_id=sync_id))
    numbers = [int(who.split()[0]) for _, who in said(database)]
    assert numbers == [*range(199, 149, -1), *range(69, 1, -1)]


def test_what_stands_for_a_caller_changes_with_what_it_says_and_with_nothing_else(database: Database) -> None:
    def token(asked: Caller = ASKED, who: Identity = WHO) -> str:
        with database.writing() as db:
            note_refused(db, asked, who)
            return refusals_of(db)[0].token

    first = token()
    assert token(replace(ASKED, address="10.0.0.10", counter=6, minutes=1)) == first
    others = [replace(WHO, **{name: "x"}) for name in ("name", "store", "url")]  # type: ignore[arg-type]  # one field
    tokens = {token(who=who) for who in (*others, replace(WHO, sync_id=78))}
    assert len(tokens | {first, token(replace(ASKED, installation="other"))}) == 6
    assert "one" not in first


def test_dismissed_is_who_says_what_was_shown(database: Database) -> None:
    with database.writing() as db:
        note_refused(db, ASKED, WHO)
        token = refusals_of(db)[0].token
        assert dismiss(db, "another") is None
        assert dismiss(db, token) == WHO
        assert dismiss(db, token) is None
        note_refused(db, replace(ASKED, address="10.0.0.10", counter=6), WHO)
        assert refusals_of(db)[0].is_dismissed


def test_a_wrong_login_is_kept_once_for_each_partner(database: Database) -> None:
    with database.writing() as db:
        fill(db, partner(2), partner(3))
        for number in range(5):
            note_refused_login(db, [2, 3], f"10.0.0.{number}", NOW)
        found = refused_logins_of(db)
    assert {sync_id: login.address for sync_id, login in found.items()} == {2: "10.0.0.4", 3: "10.0.0.4"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("name", "''"), ("name", "printf('%.101c', 'x')"), ("store", "''"), ("installation", "''")),
        *(("url", "printf('%.256c', 'x')"), ("sync_id", "0"), ("minutes", "10081"), ("dismissed", "2")),
    ],
)
def test_sqlite_refuses_what_no_rule_lets_in(raw: sqlite3.Connection, column: str, value: str) -> None:
    note_refused(raw, ASKED, WHO)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        raw.execute(f"UPDATE refused_contact SET {column} = {value}")


@pytest.fixture
def before() -> Iterator[sqlite3.Connection]:
    """Return a database from before it was kept who was refused."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for number, text in migrations():
            if number < 10:
                apply_step(connection, number, text)
        yield connection


def test_what_was_known_of_a_partner_outlives_that_its_refusals_are_kept_apart(before: sqlite3.Connection) -> None:
    before.execute(
        "INSERT INTO contact (sync_id, at, address, minutes, installation, counter, refused_at, refused_name)"
        " VALUES (2, 'then', '10.0.0.7', 15, 'one', 5, 'later', 'Gizo')"
    )
    before.execute("INSERT INTO contact (sync_id, refused_at) VALUES (3, 'later')")
    for number, text in migrations():
        apply_step(before, number, text)
    (row,) = before.execute("SELECT * FROM contact").fetchall()
    assert [row[name] for name in ("sync_id", "at", "address", "minutes", "installation", "counter")] == [
        *(2, "then", "10.0.0.7", 15, "one", 5)
    ]
    assert not [name for name in row.keys() if name.startswith("refused")]  # noqa: SIM118  # a row is no mapping
