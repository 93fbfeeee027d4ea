"""Where somebody asks from: an address as guesses are counted by it, or a browser that signed in here before."""

import hashlib
import ipaddress
import secrets
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer

from sync_panel.rules.problems import RefusedError
from sync_panel.store.attempts import forget_place
from sync_panel.store.database import Connection
from sync_panel.store.places import remember_place

LONGEST_PLACE = 64  # characters of what is no address
PREFIX_OF_ONE = 64  # bits: whoever has one IPv6 address has all that begin with these (RFC 4291, RFC 6177)


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
    forget_place(db, place_of(address))
    remember_place(db, None, place_of(address))


class Browsers:
    """Tells browsers apart by a random number in a signed cookie, which stays when its user signs out.

    It grants nothing but a place beside the crowd, to the users who signed in there, with a count of its own.
    """

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeSerializer(key, salt="sync-panel-browser")

    def to_cookie(self, browser: str) -> str:
        """Return the signed text for the cookie."""
        return str(self._serializer.dumps(browser))

    def from_cookie(self, text: str) -> str:
        """Return the number in a cookie of ours, otherwise a new one."""
        try:
            return str(self._serializer.loads(text))
        except BadSignature:
            return secrets.token_hex(16)


def place_of_browser(browser: str) -> str:
    """Return what is kept of a browser's number: a copy of the database is no browser."""
    return f"browser-{hashlib.sha256(browser.encode()).hexdigest()[:32]}"
