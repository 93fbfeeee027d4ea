"""Drafts: a form that came too late, sealed, which belongs to one browser's sign-in and ends like an unlock.

A draft travels through the page, since it may hold a password that no page may show. It is saved
once at most, for the user who typed it, and by the process that sealed it: its end is on the
monotonic clock.
"""

import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sync_panel.clock import Clock
from sync_panel.rules.problems import RefusedError

from .sealing import seal, unseal


@dataclass(frozen=True)
class Draft:
    """What was sent where, by which user at which sign-in; `until` on the monotonic clock of that process."""

    path: str
    fields: Sequence[tuple[str, str]]
    sign_in: str
    user: str
    id: str
    process: str
    until: float


class Drafts:
    """The drafts of this process."""

    def __init__(self, key: str, clock: Clock, longest_seconds: int) -> None:
        self._key, self._clock, self._longest_seconds = key, clock, longest_seconds
        self._process = secrets.token_hex(16)
        self._taken: dict[str, float] = {}
        self._lock = threading.Lock()

    def keep(self, path: str, fields: Sequence[tuple[str, str]], sign_in: str, user: str) -> str:
        """Return a form, sealed."""
        until = self._clock.seconds() + self._longest_seconds
        draft = Draft(path, fields, sign_in, user, secrets.token_hex(16), self._process, until)
        return seal(self._key, json.dumps(asdict(draft))).decode("ascii")

    def open(self, sealed: str, sign_in: str) -> Draft | None:
        """Return what was kept at this sign-in; None for anything else."""
        text = unseal(self._key, sealed) if sealed and sign_in else None
        try:
            draft = Draft(**json.loads(text or ""))
        except (TypeError, ValueError):  # something else that was sealed with the same key
            return None
        return draft if draft.sign_in == sign_in else None

    def take(self, draft: Draft, user: str) -> None:
        """Use a draft up. Raise RefusedError unless it is this user's, has not ended, and was not used before."""
        now = self._clock.seconds()
        with self._lock:
            self._taken = {taken: until for taken, until in self._taken.items() if until > now}
            if draft.user != user:
                raise RefusedError("It was typed by somebody who was signed in as another user.")
            if draft.process != self._process or draft.until <= now:
                raise RefusedError("It waited for too long, or the panel was restarted meanwhile.")
            if draft.id in self._taken:
                raise RefusedError("It was sent a second time; see on the page what the first time did.")
            self._taken[draft.id] = draft.until
