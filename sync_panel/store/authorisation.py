"""The authorisation code, as a hash, and its generation."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Authorisation:
    """The hash of the present code; `generation` grows with every new one."""

    code_hash: str
    generation: int


def load_authorisation(db: sqlite3.Connection) -> Authorisation:
    """Return the code that is in force."""
    row = db.execute("SELECT code_hash, generation FROM authorisation").fetchone()
    return Authorisation(row["code_hash"], row["generation"])


def set_code_hash(db: sqlite3.Connection, code_hash: str) -> None:
    """Put a new code in force."""
    db.execute(
        "INSERT INTO authorisation (id, code_hash, generation) VALUES (1, ?, 1)"
        " ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash, generation = generation + 1",
        (code_hash,),
    )
