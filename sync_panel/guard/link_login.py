"""The login of partners: the shared user name and password, in an HTTP Basic header."""

import hashlib
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sync_panel.machine import Clock
from sync_panel.rules.text import single_spaced
from sync_panel.store.database import Connection, Database

from .throttle import OF_ONE, Count, Throttle, crowd, place_of
from .wrong_logins import Lookup, WrongLogins, nowhere


@dataclass(frozen=True, repr=False)
class Credentials:
    """A user name and a password."""

    user_name: str
    password: str

    @property
    def digest(self) -> bytes:
        """Return what is compared: of one length, whatever is in it. A user name has no colon.

        Several spaces in a user name count as one, since either side may have saved it before they were folded.
        """
        return hashlib.sha256(
            f"{single_spaced(self.user_name)}:{self.password}".encode("utf-8", "surrogatepass")
        ).digest()


class WrongPartnerLoginError(Exception):
    """The user name or the password is not this site's."""


@dataclass(frozen=True)
class Asker:
    """Who asks, as far as that can be told before the login is verified; `claimed` is the Sync ID, as it is counted.

    `is_known`: the installation that had asked under this Sync ID, by the random number that no guesser has.
    """

    address: str
    claimed: str
    is_known: bool


class PartnerLogin:
    """Compares what a partner sends with what is set here, and makes a guesser wait.

    A right login writes nothing, so that a check leaves this side as it was. The lock keeps parallel
    tries apart: each sees the failures of those before it.
    """

    def __init__(self, database: Database, clock: Clock, look_up: Lookup = nowhere) -> None:
        self._throttle = Throttle("link", database, clock)
        self.wrong = WrongLogins(database, clock, look_up)
        self._one_at_a_time = threading.Lock()

    def verify(
        self, sent: Credentials, expected: Credentials, asker: Asker, is_known_place: Callable[[Connection], bool]
    ) -> None:
        """Let right credentials through. Raise WrongPartnerLoginError or TooManyError.

        A known installation waits for failures of its own only, wherever it is. For all others every Sync ID
        counts alike, listed or not: no answer tells a guesser which are listed.
        """
        place = place_of(asker.address)
        counts = [Count(f"installation-{asker.claimed}", OF_ONE)] if asker.is_known else crowd(place, asker.claimed)
        with self._one_at_a_time:
            looked = self._throttle.look(counts, place, is_known_place)
            if not hmac.compare_digest(sent.digest, expected.digest):
                self._throttle.failed(looked, lambda db: self.wrong.note(db, asker.address, asker.claimed))
                self.wrong.look_further(asker.address, asker.claimed)
                raise looked.refusal or WrongPartnerLoginError
            self._throttle.forget(looked)
