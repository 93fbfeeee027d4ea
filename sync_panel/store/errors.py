"""What can go wrong with what is kept, in the panel's own words instead of SQLite's."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sync_panel.rules.problems import PlainError, Sentence, say

NOTHING_SAVED = {
    sqlite3.SQLITE_BUSY: "Nothing was saved: another program is using the database. Wait a minute and try again.",
    sqlite3.SQLITE_READONLY: "Nothing was saved: the database can only be read. "
    "Make its file and its folder writable for the panel, then try again.",
    sqlite3.SQLITE_FULL: "Nothing was saved: the disk is full. Free some space, then try again.",
    sqlite3.SQLITE_CORRUPT: "Nothing was saved: the database is damaged. Start the panel anew: "
    "it then puts the newest good copy in its place.",
}
OTHERWISE = "Nothing was saved: the database did not answer as it should. Look at the server's disk, then try again."
# For what changes nothing by itself: a change before it may be saved.
NOT_READ = {
    sqlite3.SQLITE_BUSY: "Nothing could be read: another program is using the database. Wait a minute and try again.",
    sqlite3.SQLITE_FULL: "Nothing could be read: the disk is full. Free some space, then try again.",
    sqlite3.SQLITE_CORRUPT: "Nothing could be read: the database is damaged. Start the panel anew: "
    "it then puts the newest good copy in its place.",
}
NOT_READ_OTHERWISE = (
    "Nothing could be read: the database did not answer as it should. Look at the server's disk, then try again."
)


class UnavailableError(PlainError):
    """The database could not do what was asked; the sentence says what that leaves undone."""

    def __init__(self, template: str, **values: object) -> None:
        self.sentence: Sentence = say(template, **values)
        super().__init__(str(self.sentence))


class StaleError(Exception):
    """Somebody else saved since the version that this change was made from."""


class GoneError(Exception):
    """What was to be changed does not exist (any more)."""


class NotUsableError(PlainError):
    """The data folder holds no database that this program can use; the text says why and what helps."""


@contextmanager
def in_our_words(*, is_reading: bool = False) -> Iterator[None]:
    """Turn SQLite's errors into UnavailableError; the primary result code says which."""
    words, otherwise = (NOT_READ, NOT_READ_OTHERWISE) if is_reading else (NOTHING_SAVED, OTHERWISE)
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise UnavailableError(words.get(code, otherwise)) from error
