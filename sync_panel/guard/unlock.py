"""The unlock: what an editor has after the right code, for a limited time, in that browser only.

It lives in a signed cookie that carries its own end, on the monotonic clock. The server keeps
which unlocks were not ended early, so that a copied cookie is worth nothing after that. The
signature depends on this process: a restart ends every unlock.
"""

import json
import math
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from itsdangerous import BadSignature, URLSafeSerializer

from sync_panel.machine import Clock
from sync_panel.rules.problems import RefusedError

from .keys import seal, unseal


@dataclass(frozen=True)
class Unlock:
    """An unlock of one browser's sign-in; times on the monotonic clock.

    `generation` is the code's and that of the user's rights: a change of either ends it.
    """

    id: str
    sign_in: str
    generation: str
    began: float
    until: float


class Unlocks:
    """The unlocks of this process."""

    def __init__(self, key: str, clock: Clock, idle_seconds: int, longest_seconds: int) -> None:
        self._clock = clock
        self._idle_seconds, self._longest_seconds = idle_seconds, longest_seconds
        self._serializer = URLSafeSerializer(key, salt=f"sync-panel-unlock-{secrets.token_hex(16)}")
        self._live: dict[str, Unlock] = {}
        self._lock = threading.Lock()

    def begin(self, sign_in: str, generation: str) -> Unlock:
        """Unlock a browser's sign-in, in place of an earlier unlock of the same."""
        now = self._clock.seconds()
        unlock = Unlock(secrets.token_hex(8), sign_in, generation, began=now, until=now)
        with self._lock:
            self._live = {
                other.id: other
                for other in self._live.values()
                if other.sign_in != sign_in and self._latest(other) > now
            }
            self._live[unlock.id] = unlock
        return self.extend(unlock)

    def extend(self, unlock: Unlock) -> Unlock:
        """Return the unlock with its end as far ahead as the settings allow."""
        return replace(unlock, until=min(self._clock.seconds() + self._idle_seconds, self._latest(unlock)))

    def end(self, sign_in: str) -> None:
        with self._lock:
            self._live = {other.id: other for other in self._live.values() if other.sign_in != sign_in}

    def seconds_left(self, unlock: Unlock) -> int:
        """Return the seconds left, rounded up: a page that counts them down asks when it is over, not before."""
        return max(0, math.ceil(unlock.until - self._clock.seconds()))

    def to_cookie(self, unlock: Unlock) -> str:
        return str(self._serializer.dumps(asdict(unlock)))

    def from_cookie(self, text: str, sign_in: str, generation: str) -> Unlock | None:
        """Return the unlock that a cookie proves for this sign-in and generation, or None."""
        try:
            unlock = Unlock(**self._serializer.loads(text))
        except (BadSignature, TypeError):
            return None
        is_same = unlock.id in self._live and unlock.sign_in == sign_in and unlock.generation == generation
        return unlock if is_same and self._clock.seconds() < unlock.until else None

    def _latest(self, unlock: Unlock) -> float:
        return unlock.began + self._longest_seconds


NOBODY = ""  # whose draft it is when nobody was known to be signed in


@dataclass(frozen=True)
class Draft:
    """What was sent where, from which browser, by which user or NOBODY; `until` on that process's monotonic clock."""

    path: str
    fields: Sequence[tuple[str, str]]
    browser: str
    user: str
    id: str
    process: str
    until: float


class Drafts:
    """Drafts: a form that came too late, sealed, which belongs to one browser and ends like an unlock.

    A draft travels through the page, since it may hold a password that no page may show. It is saved
    once at most, for the user who typed it, and by the process that sealed it: its end is on the
    monotonic clock.
    """

    def __init__(self, key: str, clock: Clock, longest_seconds: int) -> None:
        self._key, self._clock, self._longest_seconds = key, clock, longest_seconds
        self._process = secrets.token_hex(16)
        self._taken: dict[str, float] = {}
        self._lock = threading.Lock()

    def keep(self, path: str, fields: Sequence[tuple[str, str]], browser: str, user: str) -> str:
        until = self._clock.seconds() + self._longest_seconds
        draft = Draft(path, fields, browser, user, secrets.token_hex(16), self._process, until)
        return seal(self._key, json.dumps(asdict(draft))).decode("ascii")

    def open(self, sealed: str, browser: str) -> Draft | None:
        """Return what was kept of this browser; None for anything else."""
        text = unseal(self._key, sealed) if sealed else None
        try:
            draft = Draft(**json.loads(text or ""))
        except (TypeError, ValueError):  # something else that was sealed with the same key
            return None
        return draft if draft.browser == browser else None

    def take(self, draft: Draft, user: str) -> None:
        """Use a draft up. Raise RefusedError when it is another user's, has ended, or was used before."""
        now = self._clock.seconds()
        with self._lock:
            self._taken = {taken: until for taken, until in self._taken.items() if until > now}
            if draft.user not in {user, NOBODY}:
                raise RefusedError("It was typed by somebody who was signed in as another user.")
            if draft.process != self._process or draft.until <= now:
                raise RefusedError("It waited for too long, or the panel was restarted meanwhile.")
            if draft.id in self._taken:
                raise RefusedError("It was sent a second time; see on the page what the first time did.")
            self._taken[draft.id] = draft.until
