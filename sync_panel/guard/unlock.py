"""The unlock: what an editor has after the right code, for a limited time, in that browser only.

It lives in a signed cookie that carries its own end, on the monotonic clock. The server keeps
which unlocks were not ended early, so that a copied cookie is worth nothing after that. The
signature depends on this process: a restart ends every unlock.
"""

import secrets
import threading
from dataclasses import asdict, dataclass, replace

from itsdangerous import BadSignature, URLSafeSerializer

from sync_panel.clock import Clock


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
        """Lock every unlock of a browser's sign-in."""
        with self._lock:
            self._live = {other.id: other for other in self._live.values() if other.sign_in != sign_in}

    def seconds_left(self, unlock: Unlock) -> int:
        """Return the whole seconds until it ends."""
        return max(0, int(unlock.until - self._clock.seconds()))

    def to_cookie(self, unlock: Unlock) -> str:
        """Return the signed text for the cookie."""
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
