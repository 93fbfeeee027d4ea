"""Making a guesser wait: longer with every failure, in parallel and after a restart too."""

import math

from sync_panel.clock import Clock
from sync_panel.store import attempts
from sync_panel.store.database import Database

FREE_TRIES = 5  # failures in a row from one source before the first wait
FREE_TRIES_OF_ALL = 50  # the same for all sources together, against a guesser with many addresses
FIRST_WAIT, LONGEST_WAIT = 30, 900  # seconds
LONGEST_WAIT_OF_ALL = 60
FORGOTTEN_AFTER = 86400  # seconds without a failure
EVERYONE = "*"


class TooManyError(Exception):
    """Too many failures: the next try is let in after `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"wait {seconds} seconds")


def wait_after(failures: int, source: str) -> int:
    """Return the seconds to wait after so many failures in a row: none, then 30, 60, 120 … up to a limit."""
    free, longest = (FREE_TRIES_OF_ALL, LONGEST_WAIT_OF_ALL) if source == EVERYONE else (FREE_TRIES, LONGEST_WAIT)
    if failures < free:
        return 0
    return int(min(longest, FIRST_WAIT * 2.0 ** min(failures - free, 10)))


class Throttle:
    """Counts failures of one kind ("code" or "sign-in") by source in the database.

    Waits run on the monotonic clock; after a restart the present wait starts anew, since nobody
    can say how long the machine was off.
    """

    def __init__(self, kind: str, database: Database, clock: Clock) -> None:
        self._kind, self._database, self._clock = kind, database, clock
        self._started = clock.seconds()
        self._last_failure: dict[str, float] = {}

    def admit(self, source: str) -> None:
        """Count a try as failed, before it is verified. Raise TooManyError, and count nothing, during a wait.

        The transaction also keeps parallel tries apart: each sees the failures of those before it.
        """
        now = self._clock.seconds()
        with self._database.writing() as db:
            for who in (source, EVERYONE):
                passed = now - self._last_failure.get(who, self._started)
                if passed >= FORGOTTEN_AFTER:
                    attempts.forget_failures(db, self._kind, who)
                left = wait_after(attempts.failures_of(db, self._kind, who), who) - passed
                if left > 0:
                    raise TooManyError(math.ceil(left))
            for who in (source, EVERYONE):
                attempts.count_failure(db, self._kind, who)
                self._last_failure[who] = now
            self._forget_long_ago(now)

    def succeeded(self, source: str) -> None:
        """Take the try back: the source starts again from none."""
        with self._database.writing() as db:
            attempts.forget_failures(db, self._kind, source)
            attempts.take_back_failure(db, self._kind, EVERYONE)
            self._last_failure.pop(source, None)

    def _forget_long_ago(self, now: float) -> None:
        """Keep no more times in memory than there can be rows."""
        if len(self._last_failure) > attempts.KEPT_AT_MOST:
            self._last_failure = {who: at for who, at in self._last_failure.items() if now - at < FORGOTTEN_AFTER}
