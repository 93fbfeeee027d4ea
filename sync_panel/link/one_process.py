"""One process a data folder: a file that is locked while a process lives, whatever way it ends."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class OneProcess:
    """A lock that the first process to ask for it holds until it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: int | None = None

    def is_this(self) -> bool:
        """Tell whether this process holds the lock, taking it when it is free."""
        if self._held is None:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if is_locked_by(descriptor):
                self._held = descriptor
            else:
                os.close(descriptor)
        return self._held is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None


def is_locked_by(descriptor: int) -> bool:
    """Lock an open file without waiting, and tell whether that worked."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
