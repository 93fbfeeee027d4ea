"""What the disk may hold after a power cut: what was synced, and any part of what was not."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from faults.recording import Acknowledged, Cut, Event, Sync, Write

SECTOR = 512  # bytes that a disk writes as one


@dataclass
class File:
    """What is on disk for certain, and what was written since."""

    synced: bytes = b""
    unsynced: list[Write | Cut] = field(default_factory=list)

    def sync(self) -> None:
        """Put everything on disk."""
        for change in self.unsynced:
            self.synced = applied(self.synced, change)
        self.unsynced.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        """Return what may be found: any of the changes since, in any order, each perhaps in part only."""
        kept = chance.choice((0.2, 0.5, 0.95))
        content, changes = self.synced, [change for change in self.unsynced if chance.random() < kept]
        if chance.random() < 0.5:
            chance.shuffle(changes)
        for change in changes:
            for piece in torn(change, chance):
                content = applied(content, piece)
        return content


def applied(content: bytes, change: Write | Cut) -> bytes:
    """Return a file's content after a change."""
    if isinstance(change, Cut):
        return content[: change.length].ljust(change.length, b"\0")
    end = change.at + len(change.data)
    return content[: change.at].ljust(change.at, b"\0") + change.data + content[end:]


def torn(change: Write | Cut, chance: random.Random) -> Iterator[Write | Cut]:
    """Yield a change whole, or some of its sectors."""
    if isinstance(change, Cut) or chance.random() < 0.5:
        yield change
        return
    for start in range(0, len(change.data), SECTOR):
        if chance.random() < 0.6:
            yield Write(change.file, change.at + start, change.data[start : start + SECTOR])


@dataclass(frozen=True)
class Crash:
    """A state of the disk, and how many changes had been acknowledged by then."""

    files: dict[str, bytes]
    acknowledged: int


def crashes(events: Sequence[Event], before: dict[str, bytes], count: int, seed: int) -> Iterator[Crash]:
    """Yield so many states in which a power cut may leave these files, spread over all that happened."""
    chance = random.Random(seed)  # noqa: S311  # states to try, no secret
    moments = sorted(chance.choices(range(len(events) + 1), k=count))
    files, acknowledged, next_moment = {name: File(content) for name, content in before.items()}, 0, 0
    for number, event in enumerate([*events, None]):
        while next_moment < count and moments[next_moment] == number:
            yield Crash({name: file.after_a_cut(chance) for name, file in files.items()}, acknowledged)
            next_moment += 1
        if isinstance(event, Acknowledged):
            acknowledged += 1
        elif event and event.file in files:
            if isinstance(event, Sync):
                files[event.file].sync()
            else:
                files[event.file].unsynced.append(event)
