"""What stands in a database that was set up, for tests of what is kept."""

import sqlite3


def somebody(db: sqlite3.Connection) -> None:
    """Add an editor and a code, which no database that is used is without."""
    db.execute("INSERT INTO user (name, password_hash, may_edit) VALUES ('somebody', 'their hash', 1)")
    db.execute("INSERT INTO authorisation (id, code_hash, generation) VALUES (1, 'the code', 1)")
