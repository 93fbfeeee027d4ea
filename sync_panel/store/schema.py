"""Whether a database is made as the migrations make one, and holds the rows that must be there."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache

from .migrate import apply_step, migrations, version_of

Schema = dict[tuple[str, str], str]  # by kind and name
TOKENS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?(?:\*/|\Z)|\w+|\S""", re.DOTALL)
STATISTICS = {("table", "sqlite_stat1"), ("table", "sqlite_stat4")}  # what ANALYZE leaves changes no answer
TOLD_AT_MOST = 3  # faults
LONGEST_TOLD = 60  # characters of a name


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
    """Return how something differs from what the migrations make."""
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
    """Tell whether somebody may edit."""
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
    """Return how everything in a database is made, in a form that does not depend on spaces, quotes and comments."""
    # Without a statement are only the indexes that a table's own statement makes.
    query = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
    rows = connection.execute(query).fetchall()
    return {
        (kind, name): " ".join((str(table), *tokens(sql)))
        for kind, name, table, sql in rows
        if (kind, name) not in STATISTICS
    }


def tokens(sql: str) -> Iterator[str]:
    """Yield the parts of a statement."""
    for found in TOKENS.finditer(sql):
        token = found[0]
        if not token.startswith(("--", "/*")):
            yield token[1:-1] if re.fullmatch(r'"\w+"', token) else token


def harmless(name: str) -> str:
    """Return a name from a file of anybody's as it can be shown."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:LONGEST_TOLD])
