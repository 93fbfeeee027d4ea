"""The two clocks: one for how long something lasts, one for what the calendar says."""

import time
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What the panel asks for the time; tests bring their own."""

    def seconds(self) -> float:
        """Return seconds since some start, that only ever grow: nobody can set this clock."""

    def now(self) -> datetime:
        """Return the calendar's time in the server's zone, which may jump."""


class SystemClock:
    """The machine's clocks."""

    def seconds(self) -> float:
        """Return seconds since the machine started, the time it slept included where the system counts it."""
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time in the server's zone."""
        return datetime.now().astimezone()
