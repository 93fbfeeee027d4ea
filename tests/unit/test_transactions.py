"""A transaction is on disk when it ends or leaves no trace, and what SQLite cannot do is said in words."""

import sqlite3
import threading
from pathlib import Path

import pytest

from sync_panel.store.database import Database
from sync_panel.store.errors import UnavailableError
from sync_panel.store.site import load_interval

PAGES_OF_TEXT = "x" * 100_000


class OurOwnError(Exception):
    """Something that a caller raises inside a transaction."""


def minutes(database: Database) -> int:
    with database.reading() as db:
        return load_interval(db).minutes


def set_minutes(database: Database, number: int) -> None:
    with database.writing() as db:
        db.execute("UPDATE interval SET minutes = ?", (number,))


def change_and_fail(database: Database) -> None:
    with database.writing() as db:
        db.execute("UPDATE interval SET minutes = 30")
        raise OurOwnError


def change_twice(database: Database, first: int, second: int) -> None:
    with database.writing() as db:
        for number in (first, second):
            db.execute("UPDATE interval SET minutes = ?", (number,))


def test_what_was_written_is_seen_by_another_connection(database: Database, raw: sqlite3.Connection) -> None:
    set_minutes(database, 30)
    assert raw.execute("SELECT minutes FROM interval").fetchone()[0] == 30


def test_an_error_takes_the_whole_transaction_back(database: Database) -> None:
    with pytest.raises(OurOwnError):
        change_and_fail(database)
    assert minutes(database) == 15


def test_a_refusal_of_sqlite_takes_the_whole_transaction_back(database: Database) -> None:
    with pytest.raises(UnavailableError, match="Nothing was saved"):
        change_twice(database, 30, -1)
    assert minutes(database) == 15


def test_a_database_in_use_by_another_program_is_said_in_words(path: Path, raw: sqlite3.Connection) -> None:
    impatient = Database(path, busy_seconds=0)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="another program is using the database"):
        set_minutes(impatient, 30)
    raw.execute("ROLLBACK")
    set_minutes(impatient, 30)
    assert minutes(impatient) == 30
    impatient.close()


def test_a_database_that_can_only_be_read_is_said_in_words(database: Database) -> None:
    database._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(UnavailableError, match="the database can only be read"):
        set_minutes(database, 30)
    assert minutes(database) == 15


def test_a_full_disk_is_said_in_words(database: Database) -> None:
    database._connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(UnavailableError, match="the disk is full"), database.writing() as db:
        db.execute("INSERT INTO attempt VALUES ('code', ?, 1)", (PAGES_OF_TEXT,))
    set_minutes(database, 30)


def test_any_other_failure_of_the_database_is_said_in_words(database: Database) -> None:
    with pytest.raises(UnavailableError, match="did not answer as it should"), database.reading() as db:
        db.execute("SELECT * FROM there_is_no_such_table")


def test_threads_take_turns(database: Database) -> None:
    def add_one() -> None:
        with database.writing() as db:
            db.execute("UPDATE interval SET minutes = minutes + 1")

    threads = [threading.Thread(target=add_one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert minutes(database) == 35


def test_a_replaced_secret_does_not_stay_in_the_log(path: Path, database: Database) -> None:
    for secret in ("the old secret", "the new secret"):
        with database.writing() as db:
            db.execute("INSERT OR REPLACE INTO authorisation VALUES (1, ?, 1)", (secret,))
    database.forget_old_pages()
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"the new secret" in kept
    assert b"the old secret" not in kept


@pytest.fixture
def replaced(database: Database) -> Database:
    """Return a database in which a secret was replaced, which is still in the log."""
    for secret in ("the old secret", "the new secret"):
        with database.writing() as db:
            db.execute("INSERT OR REPLACE INTO authorisation VALUES (1, ?, 1)", (secret,))
    return database


def is_in_the_log(path: Path, secret: bytes) -> bool:
    return secret in path.with_name(f"{path.name}-wal").read_bytes()


def no_emptying(action: int, name: str | None, *_more: object) -> int:
    is_it = action == sqlite3.SQLITE_PRAGMA and name == "wal_checkpoint"
    return sqlite3.SQLITE_DENY if is_it else sqlite3.SQLITE_OK


def test_a_log_that_could_not_be_emptied_is_told_once_and_emptied_after_the_next_write(
    path: Path, replaced: Database, caplog: pytest.LogCaptureFixture
) -> None:
    replaced._connection.set_authorizer(no_emptying)
    replaced.forget_old_pages()
    set_minutes(replaced, 20)
    assert minutes(replaced) == 20
    assert is_in_the_log(path, b"the old secret")
    assert len(caplog.records) == 1
    assert "The last change is saved" in caplog.text
    replaced._connection.set_authorizer(None)
    set_minutes(replaced, 30)
    assert not is_in_the_log(path, b"the old secret")


def test_a_log_that_somebody_reads_is_emptied_after_a_later_write(
    path: Path, replaced: Database, raw: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    replaced._connection.execute("PRAGMA busy_timeout = 0")
    raw.execute("BEGIN")
    raw.execute("SELECT * FROM site").fetchone()
    replaced.forget_old_pages()
    assert is_in_the_log(path, b"the old secret")
    assert "another program is using the database" in caplog.text
    raw.execute("ROLLBACK")
    set_minutes(replaced, 30)
    assert not is_in_the_log(path, b"the old secret")


def test_what_cannot_be_read_says_nothing_of_saving(database: Database) -> None:
    with pytest.raises(UnavailableError, match="Nothing could be read") as caught, database.reading() as db:
        db.execute("SELECT * FROM there_is_no_such_table")
    assert "saved" not in str(caught.value)
