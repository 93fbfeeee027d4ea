"""What forms did, by the once-only number that each carries: one that comes twice is done once.

A form comes twice where its answer was lost on its way, and where somebody pressed twice on a slow line. After a
restart nothing is known of it here, and what is kept decides alone.
"""

import threading
from dataclasses import dataclass
from typing import Any

KEPT = 1000  # outcomes; the newest
LONGEST_WAIT = 10.0  # seconds, for the same form that came before and is still under way


@dataclass(frozen=True, eq=False)
class Sent:
    """A form as it came: whose it is, where it goes, its number, and the hash of what it holds."""

    user_id: int
    path: str
    number: str
    content: str

    @property
    def form(self) -> tuple[int, str, str]:
        """Which form it is, whatever it holds; the forms of one page may have one number."""
        return self.user_id, self.path, self.number

    def is_as(self, other: "Sent") -> bool:
        return (self.form, self.content) == (other.form, other.content)


@dataclass(frozen=True)
class Outcome:
    """What was said when a form was done last, and what its fields held then, secrets excepted."""

    sent: Sent
    said: Any
    base: str


class Outcomes:
    """The outcomes of this process."""

    def __init__(self, kept: int = KEPT, longest_wait: float = LONGEST_WAIT) -> None:
        self._kept, self._longest_wait = kept, longest_wait
        self._outcomes: dict[tuple[int, str, str], Outcome] = {}
        self._under_way: list[Sent] = []  # in the order in which they came
        self._changed = threading.Condition()

    def begin(self, sent: Sent) -> None:
        with self._changed:
            self._under_way.append(sent)

    def end(self, sent: Sent, said: object | None, base: str = "") -> None:
        """Note what was said of a form that was done, None of one that was not; and what it held."""
        with self._changed:
            self._under_way.remove(sent)
            if said is not None:
                self._outcomes.pop(sent.form, None)
                self._outcomes[sent.form] = Outcome(sent, said, base)
                while len(self._outcomes) > self._kept:
                    del self._outcomes[next(iter(self._outcomes))]
            self._changed.notify_all()

    def before(self, sent: Sent) -> Outcome | None:
        """Return what this form did before, once nothing of the same that came before is under way."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_second(sent), self._longest_wait)
            return self._outcomes.get(sent.form)

    def _is_second(self, sent: Sent) -> bool:
        """Tell whether the same form came before this one and is still under way."""
        for other in self._under_way:
            if other is sent:
                return False
            if other.is_as(sent):
                return True
        return False
