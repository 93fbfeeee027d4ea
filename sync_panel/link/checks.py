"""The check that is under way: one at a time, its steps as far as it has come."""

import threading
from collections.abc import Iterable

from .ladder import Step


class BusyError(Exception):
    """Another check is under way."""


class Checks:
    """Runs checks, and tells who asked for one how far it has come."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._owner = ""
        self._steps: list[Step] = []

    def run(self, owner: str, steps: Iterable[Step]) -> list[Step]:
        """Take each step, and return them all. Raise BusyError when another check is under way."""
        if not self._one_at_a_time.acquire(blocking=False):
            raise BusyError
        try:
            self._owner, self._steps = owner, []
            for step in steps:
                self._steps = [*self._steps, step]
            return self._steps
        finally:
            self._owner = ""
            self._one_at_a_time.release()

    def so_far(self, owner: str) -> list[Step] | None:
        """Return the steps of this owner's check, or None when they have none under way."""
        return self._steps if owner and owner == self._owner else None
