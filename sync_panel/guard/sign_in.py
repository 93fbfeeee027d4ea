"""Signing in and out. A browser holds a random token; the server keeps its hash."""

import hashlib
import secrets

from itsdangerous import BadSignature, URLSafeSerializer

from sync_panel.machine import Clock
from sync_panel.rules.problems import RefusedError
from sync_panel.rules.text import refuse_no_text, single_spaced, trim
from sync_panel.store import users
from sync_panel.store.database import Connection, Database
from sync_panel.store.users import User

from .keys import LONGEST_SECRET, Hasher
from .throttle import OF_ONE, Count, Throttle, crowd, place_of

SHORTEST_PASSWORD = 8


class WrongSignInError(Exception):
    """The user name or the password was wrong; which of them is not told."""


def check_chosen_password(typed: str) -> str:
    """Return a chosen password exactly as typed. Raise RefusedError when it is too short or too long."""
    if not SHORTEST_PASSWORD <= len(typed) <= LONGEST_SECRET:
        raise RefusedError(
            "A password needs %(shortest)s to %(longest)s characters.",
            shortest=SHORTEST_PASSWORD,
            longest=LONGEST_SECRET,
        )
    refuse_no_text(typed)
    return typed


def hash_of(token: str) -> bytes:
    """Return what is kept of a token; it is random, so that no salt is needed."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def is_known_here(db: Connection, user: User, place: str) -> bool:
    """Tell whether a user signed in at this address before, or the command line let the address in."""
    return users.is_place_of(db, user.id, place) or users.is_place_of(db, None, place)


class Browsers:
    """Tells browsers apart by a random number in a signed cookie, which stays when its user signs out.

    It grants nothing but a place beside the crowd, to the users who signed in there, with a count of its own.
    """

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeSerializer(key, salt="sync-panel-browser")

    def to_cookie(self, browser: str) -> str:
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


class SignIns:
    """Who is signed in. A sign-in survives a restart; idle time is counted while the server runs."""

    def __init__(self, database: Database, clock: Clock, hasher: Hasher, idle_seconds: int) -> None:
        self._database, self._clock, self._hasher = database, clock, hasher
        self._idle_seconds = idle_seconds
        self._started = clock.seconds()
        self._seen: dict[str, float] = {}
        self._throttle = Throttle("sign-in", database, clock)

    def sign_in(self, name: str, password: str, address: str, browser: str) -> str:
        """Return a new token. Raise WrongSignInError or TooManyError."""
        name, place, machine = trim(name), place_of(address), place_of_browser(browser)
        with self._database.reading() as db:
            user = users.find_user(db, name)
            is_here = user is not None and is_known_here(db, user, place)
            is_known = user is not None and users.is_place_of(db, user.id, machine)
        # By the name too, however it is spaced: who may sign in as one user must not reset the count for another.
        strangers = crowd(place, hash_of(single_spaced(name).casefold()).hex()[:16])
        counts = [Count(f"{machine} {user.id}", OF_ONE)] if user and is_known else strangers
        admitted = self._throttle.admit(counts, place, lambda db: users.is_known_place(db, place))
        is_right = self._hasher.matches(password, user.password_hash if user else None)
        # Beside the crowd everybody is verified and refused alike, so that neither answer nor time tells
        # who signs in at this address; only who did so before gets in.
        if admitted.refusal and not (is_right and is_here):
            raise admitted.refusal
        if not is_right or user is None:
            raise WrongSignInError
        self._throttle.succeeded(admitted)
        token = secrets.token_urlsafe(32)
        with self._database.writing() as db:
            users.sign_in(db, user, hash_of(token))
            for known in (place, machine):
                users.remember_place(db, user.id, known)
        self._seen[token] = self._clock.seconds()
        return token

    def user(self, token: str, *, is_use: bool = True) -> User | None:
        """Return who holds this token, or None when it is unknown or was idle for too long.

        What is not a use, such as an open page that asks for news by itself, does not end the idle time.
        """
        now = self._clock.seconds()
        if now - self._seen.get(token, self._started) > self._idle_seconds:
            self.sign_out(token)
            return None
        with self._database.reading() as db:
            user = users.signed_in_user(db, hash_of(token))
        if user is not None and is_use:
            self._seen[token] = now
        return user

    def sign_out(self, token: str) -> None:
        with self._database.writing() as db:
            users.sign_out(db, hash_of(token))
        self._seen.pop(token, None)
