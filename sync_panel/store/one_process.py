"""One process a data folder: SQLite's lock on a file, which ends with the process, whatever way that ends."""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self


class OneProcess:
    """A lock that the first process to ask for it holds until it ends. The file stays empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: sqlite3.Connection | None = None

    def is_this(self) -> bool:
        """Tell whether this process holds the lock, taking it when it is free. Raise OSError or sqlite3.Error."""
        if self._held is None:
            self._path.touch(mode=0o600)
            connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = MEMORY")  # nothing is written, and no file made beside
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                connection.close()
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
            else:
                self._held = connection
        return self._held is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
