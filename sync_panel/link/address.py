"""Where a server may be: its addresses, looked up once and checked before anything connects to them."""

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable

from sync_panel.machine import Address, is_of_this_machine

from .failures import Failure, LinkError

Resolver = Callable[[str, int], list[str]]

# Private addresses are the normal case of such networks. These are never a partner's: this network,
# link-local (cloud metadata among them), protocol assignments, multicast, reserved and broadcast;
# the unspecified address, NAT64, 6to4, Teredo and translated IPv4, which lead to other addresses than
# they show; link-local and multicast; and where clouds keep their metadata outside link-local.
FORBIDDEN = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/128", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
        *("::ffff:0:0:0/96", "fe80::/10", "fec0::/10", "ff00::/8", "::/96"),
        *("fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32", "168.63.129.16/32"),
    )
]
LOOPBACK = ipaddress.IPv6Address("::1")


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a host as this machine's resolver gives them. Raise OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def find_addresses(
    host: str, port: int, own: tuple[str, int] | None, resolve: Resolver, seconds: float
) -> list[Address]:
    """Return where a host is, every address checked. Raise LinkError when it is nowhere, or one is forbidden.

    `own` is the address and the port at which this panel itself listens.
    """
    addresses = list(dict.fromkeys(map(unmapped, look_up(host, port, resolve, seconds))))
    if not addresses:
        raise LinkError(Failure.NAME_NOT_FOUND, host=host)
    for address in addresses:
        if is_forbidden(address):
            raise LinkError(Failure.FORBIDDEN_ADDRESS, host=host, address=str(address))
        if own and port == own[1] and leads_to(address, unmapped(own[0])):
            raise LinkError(Failure.THIS_PANEL)
    return addresses


def look_up(host: str, port: int, resolve: Resolver, seconds: float) -> list[str]:
    """Ask the resolver, which knows no time limit of its own: a thread waits for it, this one only so long."""
    answer: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        found = answer.get(timeout=max(0.0, seconds))
    except queue.Empty:
        found = []
    return found if isinstance(found, list) else []


def unmapped(text: str) -> Address:
    """Return an address; an IPv4 address that is written as IPv6 is that IPv4 address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def is_forbidden(address: Address) -> bool:
    return address != LOOPBACK and any(address in network for network in FORBIDDEN)


def leads_to(address: Address, listening: Address) -> bool:
    """Tell whether a connection to the address comes to who listens there, perhaps at all addresses at once."""
    return address == listening or (listening.is_unspecified and is_of_this_machine(address))
