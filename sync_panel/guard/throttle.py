"""Making a guesser wait: longer with every failure, in parallel and after a restart too."""

import math

from sync_panel.clock import Clock
from sync_panel.store import attempts
from sync_panel.store.database import Connection, Database

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
    """Counts failures of one kind ("code", "sign-in" or "link") by source in the database.

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
        with self._database.writing() as db:
            self._refuse_during_wait(db, source, EVERYONE)
            self._count(db, source)

    def succeeded(self, source: str) -> None:
        """Take the try back: the source starts again from none."""
        with self._database.writing() as db:
            attempts.forget_failures(db, self._kind, source)
            attempts.take_back_failure(db, self._kind, EVERYONE)
            self._last_failure.pop(source, None)

    def refuse_during_wait(self, source: str, *, alone: bool) -> None:
        """Raise TooManyError while the source has to wait, or everybody unless it is looked at `alone`."""
        with self._database.reading() as db:
            self._refuse_during_wait(db, *((source,) if alone else (source, EVERYONE)))

    def failed(self, source: str) -> None:
        """Count a failure that was verified already."""
        with self._database.writing() as db:
            self._count(db, source)

    def forget(self, source: str) -> None:
        """Let the source start again from none; nothing is written when it has no failures."""
        with self._database.reading() as db:
            failures = attempts.failures_of(db, self._kind, source)
        if failures:
            with self._database.writing() as db:
                attempts.forget_failures(db, self._kind, source)
            self._last_failure.pop(source, None)

    def _refuse_during_wait(self, db: Connection, *sources: str) -> None:
        for who in sources:
            passed = self._seconds_since_failure(who)
            failures = 0 if passed >= FORGOTTEN_AFTER else attempts.failures_of(db, self._kind, who)
            if (left := wait_after(failures, who) - passed) > 0:
                raise TooManyError(math.ceil(left))

    def _count(self, db: Connection, source: str) -> None:
        now = self._clock.seconds()
        for who in (source, EVERYONE):
            if self._seconds_since_failure(who) >= FORGOTTEN_AFTER:
                attempts.forget_failures(db, self._kind, who)
            attempts.count_failure(db, self._kind, who)
            self._last_failure[who] = now
        self._forget_long_ago(now)

    def _seconds_since_failure(self, source: str) -> float:
        return self._clock.seconds() - self._last_failure.get(source, self._started)

    def _forget_long_ago(self, now: float) -> None:
        """Keep no more times in memory than there can be rows."""
        if len(self._last_failure) > attempts.KEPT_AT_MOST:
            self._last_failure = {who: at for who, at in self._last_failure.items() if now - at < FORGOTTEN_AFTER}
