"""SQLite enforces the rules again: a statement past the panel's functions gets no wrong value in."""

import sqlite3

import pytest
from unit.lists import become, fill, partner

CHECK, UNIQUE, NULL, KIND, UNFIT = "^CHECK", "^UNIQUE", "^NOT NULL", "^cannot store", "does not fit"
LONG_NAME = "printf('%.*c', 101, 'x')"
LONG_URL = "'https://' || printf('%.*c', 248, 'x')"
PARTNER = {"sync_id": "9", "name": "'Nine'", "store": "'Store'", "url": "'https://nine'", "version": "1"}


@pytest.fixture
def primary(raw: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection to a primary that lists 2 and 3."""
    raw.execute("BEGIN")
    fill(raw, partner(2), partner(3))
    raw.execute("COMMIT")
    return raw


def assert_refused(db: sqlite3.Connection, statement: str, reason: str) -> None:
    """Expect SQLite to refuse the statement for this reason, and to leave everything as it was."""
    before = list(db.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=reason):
        db.execute(statement)
    assert list(db.iterdump()) == before


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        *(("sync_id", value, CHECK) for value in ("0", "-1", "2147483648")),
        *(("sync_id", value, KIND) for value in ("'seven'", "1.5", "x'07'", "''")),
        *((name, value, CHECK) for name in ("name", "store", "user_name") for value in ("''", LONG_NAME, "NULL")),
        *((name, "x'41'", KIND) for name in ("name", "store", "user_name", "url")),
        *(("user_name", value, CHECK) for value in ("':'", "'a:b'")),
        *(("url", value, CHECK) for value in ("''", "'host'", "'ftp://host'", "'https://'", "'HTTPS://h'", LONG_URL)),
        *(("password", value, reason) for value, reason in (("NULL", CHECK), ("'in the clear'", KIND))),
        ("password_set_at", "NULL", CHECK),
        *(("version", value, reason) for value, reason in (("NULL", NULL), ("'x'", KIND))),
        *(("id", value, CHECK) for value in ("0", "2")),
    ],
)
def test_a_site_with_a_wrong_value(raw: sqlite3.Connection, column: str, value: str, reason: str) -> None:
    become(raw, 1)
    assert_refused(raw, f"UPDATE site SET {column} = {value}", reason)


def test_a_time_without_a_password(raw: sqlite3.Connection) -> None:
    assert_refused(raw, "UPDATE site SET password_set_at = '2026-11-23'", CHECK)


@pytest.mark.parametrize("sync_id", ["1", "2"])
def test_a_synced_site_without_the_rest(raw: sqlite3.Connection, sync_id: str) -> None:
    assert_refused(raw, f"UPDATE site SET sync_id = {sync_id}", CHECK)


@pytest.mark.parametrize("row", ["2", "NULL"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO site (id) VALUES ({})",
        "INSERT INTO interval (id, minutes, counted_from) VALUES ({}, 15, '2026-11-23')",
        "INSERT INTO authorisation VALUES ({}, 'hash', 1)",
    ],
)
def test_a_second_row_where_there_is_one(raw: sqlite3.Connection, statement: str, row: str) -> None:
    raw.execute("INSERT INTO authorisation VALUES (1, 'hash', 1)")
    assert_refused(raw, statement.format(row), CHECK)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        *(("minutes", value, CHECK) for value in ("-1", "10081")),
        *(("minutes", value, KIND) for value in ("'fifteen'", "1.5")),
        *((column, "NULL", NULL) for column in ("minutes", "counted_from", "version")),
        ("id", "2", CHECK),
    ],
)
def test_an_interval_with_a_wrong_value(raw: sqlite3.Connection, column: str, value: str, reason: str) -> None:
    assert_refused(raw, f"UPDATE interval SET {column} = {value}", reason)


@pytest.mark.parametrize("how", ["added", "changed"])
@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        *(("sync_id", value, CHECK) for value in ("0", "-1", "2147483648")),
        *(("sync_id", value, KIND) for value in ("'nine'", "2.5")),
        *((name, value, CHECK) for name in ("name", "store") for value in ("''", LONG_NAME)),
        *((name, "x'41'", KIND) for name in ("name", "store", "url")),
        *(("url", value, CHECK) for value in ("''", "'host'", "'ftp://host'", "'http://'", "'HTTP://h'", LONG_URL)),
        *((name, "NULL", NULL) for name in ("name", "store", "url", "version")),
        *(("hardware_id", value, CHECK) for value in ("'seven77'", f"'{'x' * 101}'", "'a space in it'", "'née-12345'")),
        ("hardware_id", "x'4142434445464748'", KIND),
        ("sync_id", "NULL", f"{NULL}|{UNFIT}"),
        ("sync_id", "1", UNFIT),
        ("sync_id", "2", UNIQUE),
        ("url", "'https://host-2'", UNIQUE),
    ],
)
def test_a_partner_with_a_wrong_value(
    primary: sqlite3.Connection, how: str, column: str, value: str, reason: str
) -> None:
    row = PARTNER | {column: value}
    added = f"INSERT INTO partner ({', '.join(row)}) VALUES ({', '.join(row.values())})"
    changed = f"UPDATE partner SET {column} = {value} WHERE sync_id = 3"
    assert_refused(primary, added if how == "added" else changed, reason)


def test_the_right_partner_is_let_in(primary: sqlite3.Connection) -> None:
    """The statements above are refused for their wrong value, and for nothing else."""
    primary.execute(f"INSERT INTO partner ({', '.join(PARTNER)}) VALUES ({', '.join(PARTNER.values())})")
    for column, value in PARTNER.items():
        primary.execute(f"UPDATE partner SET {column} = {value} WHERE sync_id = 9")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSERT INTO user (id, name, password_hash, may_edit) VALUES (1, 'ADMIN', 'hash', 0)", UNIQUE),
        ("INSERT INTO user (name, password_hash, may_edit) VALUES ('Admin', 'hash', 0)", UNIQUE),
        *((f"UPDATE user SET name = {value}", CHECK) for value in ("''", LONG_NAME)),
        *((f"UPDATE user SET may_edit = {value}", CHECK) for value in ("2", "-1")),
        *((f"UPDATE user SET {column} = NULL", NULL) for column in ("name", "password_hash", "may_edit")),
        ("INSERT INTO signed_in VALUES (x'01', 99)", "^FOREIGN KEY"),
        ("INSERT INTO signed_in VALUES (x'00', 1)", UNIQUE),
        ("INSERT INTO signed_in VALUES (NULL, 1)", NULL),
        ("INSERT INTO signed_in VALUES ('the token', 1)", KIND),
        ("INSERT INTO attempt VALUES ('other', 'here', 1)", CHECK),
        *((f"INSERT INTO attempt VALUES ('code', 'here', {count})", CHECK) for count in ("0", "-1")),
        ("INSERT INTO attempt VALUES ('code', NULL, 1)", NULL),
        ("INSERT INTO attempt VALUES ('code', 'there', 1)", UNIQUE),
    ],
)
def test_a_person_or_an_attempt_with_a_wrong_value(raw: sqlite3.Connection, statement: str, reason: str) -> None:
    raw.execute("INSERT INTO user (id, name, password_hash, may_edit) VALUES (1, 'admin', 'hash', 1)")
    raw.execute("INSERT INTO signed_in VALUES (x'00', 1)")
    raw.execute("INSERT INTO attempt VALUES ('code', 'there', 1)")
    assert_refused(raw, statement, reason.replace(UNIQUE, f"{UNIQUE}|PRIMARY KEY"))
