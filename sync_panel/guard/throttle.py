"""Making a guesser wait: longer with every failure, in parallel and after a restart too.

A try counts for several sources at once: the name that it was made under, its address under all names, and
all addresses together. Whoever is known from before has counts apart from these, so that no stranger keeps
them out.
"""

import ipaddress
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sync_panel.machine import Clock
from sync_panel.rules.problems import RefusedError
from sync_panel.store import users
from sync_panel.store.database import Connection, Database

A_DAY = 86400  # seconds, in which any count falls to none
EVERYONE = "*"
LONGEST_PLACE = 64  # characters of what is no address
PREFIX_OF_ONE = 64  # bits: whoever has one IPv6 address has all that begin with these (RFC 4291, RFC 6177)


class TooManyError(Exception):
    """Too many failures: the next try is let in after `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"wait {seconds} seconds")


@dataclass(frozen=True)
class Limit:
    """How many failures are free; after them each wait, in seconds, is twice the one before, up to the longest.

    One failure is forgotten every so many seconds, whatever is tried meanwhile, so that no count grows for
    ever by what honest people mistype. None counts beyond what makes the longest wait.
    """

    free: int
    first_wait: int
    longest_wait: int
    forgets_every: int

    def left(self, failures: int, forgotten: int) -> int:
        """Return how many of the failures still count after so many were forgotten."""
        most = self.free + math.ceil(math.log2(self.longest_wait / self.first_wait))
        return max(0, min(failures, most) - forgotten)

    def wait(self, failures: int) -> int:
        if failures < self.free:
            return 0
        return int(min(self.longest_wait, self.first_wait * 2.0 ** (failures - self.free)))


OF_ONE = Limit(5, 30, 900, forgets_every=3600)  # one name at one address, or one known browser
OF_ADDRESS = Limit(15, 30, 900, forgets_every=900)  # all names at one address: a guesser makes names up
OF_ALL = Limit(50, 60, 60, forgets_every=60)  # all addresses: a guesser may have many. No one address comes near it


@dataclass(frozen=True)
class Count:
    """A source of failures, and its limit."""

    source: str
    limit: Limit


@dataclass(frozen=True)
class Try:
    """A try that is let in, and what it counts for; one beside the crowd must not show by its failure that it was."""

    counts: tuple[Count, ...]
    refusal: TooManyError | None = None


def crowd(place: str, name: str) -> tuple[Count, ...]:
    """Return what a stranger's try counts for; `place` is the address as it is counted."""
    return Count(f"{place} {name}", OF_ONE), Count(place, OF_ADDRESS), Count(EVERYONE, OF_ALL)


def beside(place: str) -> Count:
    """Return what counts for a known address while strangers wait: as many tries again, under all names together."""
    return Count(f"{place} beside", OF_ADDRESS)


def never(_db: Connection) -> bool:
    return False


@dataclass(frozen=True)
class Times:
    """When a source failed last, and up to when its failures were forgotten, on the monotonic clock."""

    failed: float
    forgot: float


class Throttle:
    """Counts failures of one kind ("code", "sign-in" or "link") by source in the database.

    Waits run on the monotonic clock; after a restart the present wait starts anew, since nobody
    can say how long the machine was off.
    """

    def __init__(self, kind: str, database: Database, clock: Clock) -> None:
        self._kind, self._database, self._clock = kind, database, clock
        self._started = clock.seconds()
        self._times: dict[str, Times] = {}

    def look(self, counts: Sequence[Count], place: str = "", is_known: Callable[[Connection], bool] = never) -> Try:
        """Return whether a try is let in now, and count nothing. Raise TooManyError during a wait.

        A known place has tries beside the crowd: a right one is let in while strangers wait.
        """
        with self._database.reading() as db:
            return self._let_in(db, counts, place, is_known)

    def admit(self, counts: Sequence[Count], place: str = "", is_known: Callable[[Connection], bool] = never) -> Try:
        """Look, and count the try as failed before it is verified; nothing is counted during a wait.

        The transaction also keeps parallel tries apart: each sees the failures of those before it.
        """
        with self._database.writing() as db:
            let_in = self._let_in(db, counts, place, is_known)
            self._count(db, let_in)
        return let_in

    def succeeded(self, admitted: Try) -> None:
        """Take the try back: its own name starts again from none, what it shares with others loses this one only."""
        with self._database.writing() as db:
            left = {count.source: self._forget_old(db, count) - 1 for count in admitted.counts}
            own = {count.source: 0 for count in admitted.counts if count.limit is OF_ONE}
            users.keep_failures(db, self._kind, left | own)

    def failed(self, looked: Try, note: Callable[[Connection], object] = never) -> None:
        """Count a failure that was verified already, and `note` it in the same transaction."""
        with self._database.writing() as db:
            self._count(db, looked)
            note(db)

    def forget(self, looked: Try) -> None:
        """Let the try's own name start again from none; nothing is written when it has no failures."""
        own = [count.source for count in looked.counts if count.limit is OF_ONE]
        with self._database.reading() as db:
            counted = [source for source in own if users.failures_of(db, self._kind, source)]
        if counted:
            with self._database.writing() as db:
                users.keep_failures(db, self._kind, dict.fromkeys(counted, 0))

    def _let_in(
        self, db: Connection, counts: Sequence[Count], place: str, is_known: Callable[[Connection], bool]
    ) -> Try:
        if not (seconds := self._wait(db, counts)):
            return Try(tuple(counts))
        refusal = TooManyError(seconds)
        if not is_known(db) or self._wait(db, [beside(place)]):
            raise refusal
        return Try((beside(place),), refusal)

    def _wait(self, db: Connection, counts: Sequence[Count]) -> int:
        now = self._clock.seconds()
        waits = (count.limit.wait(self._failures(db, count)) - (now - self._times_of(count).failed) for count in counts)
        return max(0, *map(math.ceil, waits))

    def _count(self, db: Connection, admitted: Try) -> None:
        now = self._clock.seconds()
        more = {count.source: self._forget_old(db, count) + 1 for count in admitted.counts}
        users.keep_failures(db, self._kind, more)
        self._times |= {source: replace(self._times[source], failed=now) for source in more}
        self._forget_long_ago(now)

    def _failures(self, db: Connection, count: Count) -> int:
        return count.limit.left(users.failures_of(db, self._kind, count.source), self._forgotten(count))

    def _forgotten(self, count: Count) -> int:
        return int((self._clock.seconds() - self._times_of(count).forgot) // count.limit.forgets_every)

    def _forget_old(self, db: Connection, count: Count) -> int:
        """Return the failures that still count, and note that the others are forgotten: time counts once."""
        left, times = self._failures(db, count), self._times_of(count)
        passed = self._forgotten(count) * count.limit.forgets_every
        self._times[count.source] = replace(times, forgot=times.forgot + passed if left else self._clock.seconds())
        return left

    def _times_of(self, count: Count) -> Times:
        return self._times.get(count.source, Times(self._started, self._started))

    def _forget_long_ago(self, now: float) -> None:
        """Keep no more times in memory than there can be rows."""
        if len(self._times) > users.FAILURES_AT_MOST:
            self._times = {who: times for who, times in self._times.items() if now - times.failed < A_DAY}


@lru_cache(maxsize=16384)
def place_of(address: str) -> str:
    """Return what an address is counted under: itself, of IPv6 its network; what is no address stays as it is."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:LONGEST_PLACE]
    if isinstance(read, ipaddress.IPv6Address) and not read.ipv4_mapped:
        return str(ipaddress.ip_network((read, PREFIX_OF_ONE), strict=False))
    return str(getattr(read, "ipv4_mapped", None) or read)


def let_in(db: Connection, address: str) -> None:
    """End an address's waits, and give it tries beside the crowd. Raise RefusedError for what is no address."""
    try:
        ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        raise RefusedError("“%(typed)s” is no address. Name one like 192.168.1.20.", typed=address) from None
    users.forget_place(db, place_of(address))
    users.remember_place(db, None, place_of(address))
