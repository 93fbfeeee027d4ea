"""The bytes that come in from another server: only so long, and only so many."""

import io
import socket
import time
from typing import Any

from .failures import Failure, LinkError

LONGEST_ANSWER = 64 * 1024  # bytes, head and body together


class Incoming(io.RawIOBase):
    """The bytes that come in, with an end to the time and to the number of them."""

    def __init__(self, connection: socket.socket, ends_at: float) -> None:
        self._connection, self._ends_at, self._left = connection, ends_at, LONGEST_ANSWER

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there. Raise LinkError when it has become too much."""
        if not self._left:
            raise LinkError(Failure.TOO_LARGE)
        self._connection.settimeout(time_left(self._ends_at))
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what http.client reads from."""
        return io.BufferedReader(self)


def time_left(ends_at: float) -> float:
    """Return the seconds until then. Raise TimeoutError when there are none."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
