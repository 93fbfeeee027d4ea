"""A database in trouble: held by another program, or one that can only be read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from panels import TestPanel

from sync_panel.set_up import DATABASE_FILE


@contextmanager
def busy(on: TestPanel) -> Iterator[None]:
    """Hold the database as another program's writing would. The panel waits no more than a moment for it."""
    on.panel.database._connection.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(on.settings.data / DATABASE_FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def read_only(on: TestPanel) -> Iterator[None]:
    """Let the panel's connection only read."""
    on.panel.database._connection.execute("PRAGMA query_only = ON")
    yield
    on.panel.database._connection.execute("PRAGMA query_only = OFF")
