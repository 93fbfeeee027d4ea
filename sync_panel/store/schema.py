"""How a database is made: numbered SQL files, each applied whole or not at all; and whether one is as they make it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib.resources import files

from .errors import NotUsableError

APPLICATION_ID = 0x53796E63  # "Sync"; SQLite keeps it in the file's header
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
NEWER = "was made by a newer version of this panel"
INSTALL = "Install that version or a later one."
Schema = dict[tuple[str, str], str]  # by kind and name
TOKENS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?(?:\*/|\Z)|\w+|\S""", re.DOTALL)
STATISTICS = {("table", "sqlite_stat1"), ("table", "sqlite_stat4")}  # what ANALYZE leaves changes no answer
TOLD_AT_MOST = 3  # faults
LONGEST_TOLD = 60  # characters of a name


def migrations() -> list[tuple[int, str]]:
    """Return (number, SQL) of each migration, in order; the number is the version it leads to."""
    folder = files(__package__) / "migrations"
    named = sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(int(name.split("_")[0]), text) for name, text in named]


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing, by SQLite's user_version. Raise NotUsableError for a newer database."""
    steps = migrations()
    if version_of(connection) > steps[-1][0]:
        raise NotUsableError(f"The database {NEWER}. {INSTALL}")
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


def schema_fault(connection: sqlite3.Connection) -> str | None:
    """Return in which tables, indexes, triggers and views a database is not as its version is made; None when it is.

    Nothing but the schema is read: a view or a trigger of somebody else does not run.
    """
    made, found = as_made(version_of(connection))[0], schema_of(connection)
    faults = [
        f"the {kind} “{harmless(name)}” {how(made.get((kind, name)), found.get((kind, name)))}"
        for kind, name in sorted(made.keys() | found.keys(), key=tables_first)
        if made.get((kind, name)) != found.get((kind, name))
    ]
    more = f", and {len(faults) - TOLD_AT_MOST} more" if len(faults) > TOLD_AT_MOST else ""
    return ", ".join(faults[:TOLD_AT_MOST]) + more if faults else None


def tables_first(part: tuple[str, str]) -> tuple[bool, tuple[str, str]]:
    """Put what belongs to a table behind all tables: with a table its indexes and triggers are missing as well."""
    return part[0] in {"index", "trigger"}, part


def how(made: str | None, found: str | None) -> str:
    if found is None:
        return "is missing"
    return "is none of this panel" if made is None else "was made otherwise"


def row_fault(connection: sqlite3.Connection) -> str | None:
    """Return which row is missing without that the panel cannot work; None when all are there."""
    for table in (*as_made(version_of(connection))[1], "authorisation"):
        if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None:
            return f"the table “{table}” is empty"
    return None


def has_editor(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM user WHERE may_edit LIMIT 1").fetchone() is not None


@cache
def as_made(version: int) -> tuple[Schema, tuple[str, ...]]:
    """Return the schema that the migrations up to a version make, and the tables that they fill."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for number, text in migrations():
            if number <= version:
                apply_step(connection, number, text)
        schema = schema_of(connection)
        tables = sorted(name for kind, name in schema if kind == "table" and not name.startswith("sqlite_"))
        return schema, tuple(table for table in tables if connection.execute(f"SELECT 1 FROM {table}").fetchone())


def schema_of(connection: sqlite3.Connection) -> Schema:
    # Without a statement are only the indexes that a table's own statement makes.
    query = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
    rows = connection.execute(query).fetchall()
    return {
        (kind, name): " ".join((str(table), *tokens(sql)))
        for kind, name, table, sql in rows
        if (kind, name) not in STATISTICS
    }


def tokens(sql: str) -> Iterator[str]:
    for found in TOKENS.finditer(sql):
        token = found[0]
        if not token.startswith(("--", "/*")):
            yield token[1:-1] if re.fullmatch(r'"\w+"', token) else token


def harmless(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name[:LONGEST_TOLD])


def strangeness_of(connection: sqlite3.Connection) -> str | None:
    """Return why a database is none that this program can have made; nothing in it but the schema is read."""
    connection.execute("PRAGMA trusted_schema = OFF")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    version = version_of(connection)
    if application != APPLICATION_ID or version < 1:
        return "is no database of this panel"
    if version > migrations()[-1][0]:
        return NEWER
    strange = schema_fault(connection)
    return f"is not as this panel makes it: {strange}" if strange else None


def content_fault(connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with the content of a database that is made as ours are."""
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if found != "ok" or broken:
        return "is damaged"
    if empty := row_fault(connection):
        return f"is not complete: {empty}"
    return None if has_editor(connection) else "holds no user who may edit"


def is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED
