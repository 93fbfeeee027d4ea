"""This machine: its names and addresses, and its two clocks."""

import ipaddress
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}  # for documentation only: nothing is sent


def own_names() -> list[str]:
    """Return the names by which this machine is reached: localhost, its host name, and that in the local domain."""
    name = socket.gethostname().lower().rstrip(".")
    names = ["localhost", name]
    if name and "." not in name:
        names.append(f"{name}.local")
    return [found for found in dict.fromkeys(names) if found]


def own_addresses() -> list[Address]:
    """Return this machine's addresses, as far as it knows them: loopback, its name's, and those it connects from."""
    found = ["127.0.0.1", "::1"]
    with suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    for family, elsewhere in ELSEWHERE.items():
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            found.append(probe.getsockname()[0])
    return [ipaddress.ip_address(text.partition("%")[0]) for text in dict.fromkeys(found)]


def is_of_this_machine(address: Address) -> bool:
    """Tell whether the address is one of this machine's: only those can be bound."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return not address.is_unspecified and not address.is_multicast


class Clock(Protocol):
    """What the panel asks for the time; tests bring their own."""

    def seconds(self) -> float:
        """Return seconds since some start, that only ever grow: nobody can set this clock."""

    def now(self) -> datetime:
        """Return the calendar's time in the server's zone, which may jump; `in_zone_of` it other times are shown."""


class OwnZone(tzinfo):
    """This machine's zone at one moment. Another time that is put into it gets the offset that holds at that time.

    The moment itself keeps its offset, whatever is added to it: with the zone's rule in it, Python would reckon by the
    clock on the wall, where an hour is missing or comes twice.
    """

    def __init__(self, moment: datetime) -> None:
        self._offset, self._name = moment.utcoffset(), moment.tzname()

    def utcoffset(self, _moment: datetime | None) -> timedelta | None:
        return self._offset

    def dst(self, _moment: datetime | None) -> None:
        return None

    def tzname(self, _moment: datetime | None) -> str | None:
        return self._name

    def fromutc(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone()


def in_zone_of(near: datetime, moment: datetime) -> datetime:
    """Return a time as the clock on the wall showed it, or will show it, in the zone of another time."""
    return moment.astimezone(UTC).astimezone(near.tzinfo)  # by UTC: Python leaves as it is what is in that zone


class SystemClock:
    def seconds(self) -> float:
        """Return seconds since the machine started, the time it slept included where the system counts it."""
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    def now(self) -> datetime:
        now = datetime.now(UTC).astimezone()
        return now.replace(tzinfo=OwnZone(now))
