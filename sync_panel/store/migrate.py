"""Bringing a database to the present schema: numbered SQL files, each applied whole or not at all."""

import sqlite3
from importlib.resources import files

from .errors import NotUsableError


def migrations() -> list[tuple[int, str]]:
    """Return (number, SQL) of each migration, in order; the number is the version it leads to."""
    folder = files(__package__) / "migrations"
    named = sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(int(name.split("_")[0]), text) for name, text in named]


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing, by SQLite's user_version. Raise NotUsableError for a newer database."""
    steps = migrations()
    newest = steps[-1][0]
    if version_of(connection) > newest:
        raise NotUsableError(
            "The database was made by a newer version of this panel. Install that version or a later one."
        )
    for number, text in steps:
        apply_step(connection, number, text)


def apply_step(connection: sqlite3.Connection, number: int, text: str) -> None:
    """Run one migration and its version bump in one transaction; skip it when it was applied already."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) < number:
            for statement in statements(text):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection) -> int:
    """Return the number of the last migration that was applied; 0 for a new file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def statements(text: str) -> list[str]:
    """Split SQL into statements; executescript would commit the open transaction first."""
    found, so_far = [], ""
    for line in text.splitlines(keepends=True):
        so_far += line
        if sqlite3.complete_statement(so_far):
            found.append(so_far)
            so_far = ""
    return found
