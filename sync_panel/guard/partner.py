"""The login of partners: the shared user name and password, in an HTTP Basic header."""

import hashlib
import hmac
import threading
from dataclasses import dataclass

from sync_panel.clock import Clock
from sync_panel.store.database import Database

from .throttle import Throttle


@dataclass(frozen=True, repr=False)
class Credentials:
    """A user name and a password."""

    user_name: str
    password: str

    @property
    def digest(self) -> bytes:
        """Return what is compared: of one length, whatever is in it. A user name has no colon."""
        return hashlib.sha256(f"{self.user_name}:{self.password}".encode("utf-8", "surrogatepass")).digest()


class WrongPartnerLoginError(Exception):
    """The user name or the password is not this site's."""


class PartnerLogin:
    """Compares what a partner sends with what is set here, and makes a guesser wait.

    A right login writes nothing, so that a check leaves this side as it was. The lock keeps parallel
    tries apart: each sees the failures of those before it.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._throttle = Throttle("link", database, clock)
        self._one_at_a_time = threading.Lock()

    def verify(self, sent: Credentials, expected: Credentials, source: str, *, is_known: bool) -> None:
        """Let right credentials through. Raise WrongPartnerLoginError or TooManyError.

        Who has asked from this `source` before waits for failures of its own only: a new password
        does not let the many that still have the old one keep out those that have the new.
        """
        with self._one_at_a_time:
            self._throttle.refuse_during_wait(source, alone=is_known)
            if not hmac.compare_digest(sent.digest, expected.digest):
                self._throttle.failed(source)
                raise WrongPartnerLoginError
            self._throttle.forget(source)
