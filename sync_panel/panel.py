"""One open panel: its settings, clock, keys and database, and the guards that stand on them."""

import hashlib
from dataclasses import dataclass

from .clock import Clock
from .guard.code import CodeCheck
from .guard.hashing import Hasher
from .guard.keys import Keys, read_keys
from .guard.sign_in import SignIns
from .guard.unlock import Unlocks
from .set_up import DATABASE_FILE, refuse_never_set_up
from .settings import Settings
from .store.database import Database


@dataclass(frozen=True)
class Panel:
    """What an application holds of its data folder. Two panels in one process share nothing."""

    settings: Settings
    clock: Clock
    keys: Keys
    database: Database
    hasher: Hasher
    sign_ins: SignIns
    code: CodeCheck
    unlocks: Unlocks

    @property
    def mark(self) -> str:
        """Return a short name of this data folder, so that two panels on one host do not share cookies."""
        return hashlib.sha256(self.keys.cookies.encode("ascii")).hexdigest()[:8]


def open_panel(settings: Settings, clock: Clock, hasher: Hasher, busy_seconds: float = 5.0) -> Panel:
    """Open a data folder that was set up. Raise NotUsableError when it was not, or is damaged."""
    refuse_never_set_up(settings.data)
    keys = read_keys(settings.data)
    database = Database(settings.data / DATABASE_FILE, busy_seconds)
    return Panel(
        settings=settings,
        clock=clock,
        keys=keys,
        database=database,
        hasher=hasher,
        sign_ins=SignIns(database, clock, hasher, settings.sign_in_seconds),
        code=CodeCheck(database, clock, hasher),
        unlocks=Unlocks(keys.cookies, clock, settings.unlock_seconds, settings.unlock_longest_seconds),
    )
