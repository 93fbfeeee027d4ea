"""What the unit tests share: a real database, and a connection past the panel's own."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_panel.store.database import Database, connect, create_database


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file as it is made; the tests copy it, which is quicker than making each anew."""
    made = tmp_path_factory.mktemp("new") / "panel.sqlite3"
    create_database(made)
    return made


@pytest.fixture
def path(new_database: Path, tmp_path: Path) -> Path:
    """Return a new database file: a stand-alone site that lists nobody."""
    return Path(shutil.copy(new_database, tmp_path / "panel.sqlite3"))


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path)
    yield opened
    opened.close()


@pytest.fixture
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """Return a connection past the panel's own functions, as another program would have one."""
    opened = connect(path, busy_seconds=0)
    yield opened
    opened.close()
