"""Wrong logins that come from where a partner is: noted for its row, and nothing of the login itself.

A claimed Sync ID alone is anybody's; it only tells apart who may be at one address.
"""

import ipaddress
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from sync_panel.machine import Clock
from sync_panel.rules.partner import Partner
from sync_panel.rules.url import take_apart
from sync_panel.store.contacts import Contact, contacts_of
from sync_panel.store.database import Connection, Database
from sync_panel.store.errors import UnavailableError
from sync_panel.store.partners import all_partners
from sync_panel.store.refusals import note_refused_login

from .throttle import place_of

Lookup = Callable[[str], list[str]]


def nowhere(_host: str) -> list[str]:
    return []


class WrongLogins:
    """Finds the partners that a wrong login concerns; `look_up` returns the addresses of a host's name."""

    def __init__(self, database: Database, clock: Clock, look_up: Lookup) -> None:
        self._database, self._clock, self._look_up = database, clock, look_up
        self._one_at_a_time = threading.Lock()
        self.looking: threading.Thread | None = None

    def note(self, db: Connection, address: str, claimed: str) -> None:
        """Note a wrong login with the partners that are known to be at the address."""
        note_refused_login(db, concerned(places(db), place_of(address), claimed), address, self._clock.now())

    def look_further(self, address: str, claimed: str) -> None:
        """Let a thread find out whether the name in the claimed partner's URL leads to the address, one at a time.

        Nobody waits for it: the answer to a login must not take longer for a partner that is listed. How often that
        can be, the throttle bounds.
        """
        if claimed.isdigit() and self._one_at_a_time.acquire(blocking=False):
            self.looking = threading.Thread(
                target=self._find_and_note, args=(address, int(claimed)), name="wrong-login", daemon=True
            )
            self.looking.start()

    def _find_and_note(self, address: str, claimed: int) -> None:
        try:
            with suppress(UnavailableError):  # the next wrong login is noted
                with self._database.reading() as db:
                    is_known_there = any(place_of(address) in known for known in places(db).values())
                    named = [listed.partner for listed in all_partners(db) if listed.partner.sync_id == claimed]
                if is_known_there or not named:
                    return
                if place_of(address) in map(place_of, self._look_up(take_apart(named[0].url).host)):
                    with self._database.writing() as db:
                        note_refused_login(db, [claimed], address, self._clock.now())
        finally:
            self._one_at_a_time.release()


def concerned(places: Mapping[int, set[str]], place: str, claimed: str) -> list[int]:
    """Return the Sync IDs of the partners at a place; of these only the claimed one, where that is or may be there."""
    there = [sync_id for sync_id, known in places.items() if place in known]
    one = [sync_id for sync_id, known in places.items() if str(sync_id) == claimed and (sync_id in there or not known)]
    return one if there and one else there


def places(db: Connection) -> dict[int, set[str]]:
    """Return where each partner is known to be, by its Sync ID."""
    contacts = contacts_of(db)
    partners = [listed.partner for listed in all_partners(db)]
    return {partner.sync_id: set(places_of(partner, contacts.get(partner.sync_id))) for partner in partners}


def places_of(partner: Partner, contact: Contact | None) -> Iterator[str]:
    """Yield where a partner asked from last, and the address in its URL, if it is one."""
    if contact and contact.known:
        yield place_of(contact.known.address)
    with suppress(ValueError):
        yield place_of(str(ipaddress.ip_address(take_apart(partner.url).host)))
