"""What the disk may hold after a power cut: what was synced, and any part of what was not."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faults.recording import END, Acknowledged, Cut, Event, Made, Removed, Renamed, Sync, Write

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
    at = len(content) if change.at == END else change.at
    end = at + len(change.data)
    return content[:at].ljust(at, b"\0") + change.data + content[end:]


def torn(change: Write | Cut, chance: random.Random) -> Iterator[Write | Cut]:
    """Yield a change whole, or some of its sectors."""
    if isinstance(change, Cut) or change.at == END or chance.random() < 0.5:
        yield change
        return
    for start in range(0, len(change.data), SECTOR):
        if chance.random() < 0.6:
            yield Write(change.file, change.at + start, change.data[start : start + SECTOR])


@dataclass
class Disk:
    """The files by their names: as programs see them, as a folder has them on disk, and what is between, in order."""

    seen: dict[str, File]
    synced: dict[str, File] = field(default_factory=dict)
    unsynced: list[Made | Renamed | Removed] = field(default_factory=list)
    made: dict[int, File] = field(default_factory=dict)  # by the call that made them

    def __post_init__(self) -> None:
        self.synced = dict(self.seen)

    def happens(self, event: Event) -> None:
        """Follow an event, if it is about these files."""
        if isinstance(event, Sync) and event.file in self.seen:
            self.seen[event.file].sync()
        elif isinstance(event, Sync):
            self._sync_folder(event.file)
        elif isinstance(event, Write | Cut):
            if event.file in self.seen:
                self.seen[event.file].unsynced.append(event)
        elif not isinstance(event, Acknowledged) and self._follow(self.seen, event):
            self.unsynced.append(event)

    def _follow(self, names: dict[str, File], event: Made | Renamed | Removed) -> bool:
        """Change the names, and tell whether that did anything."""
        if isinstance(event, Made):
            if event.file in names:
                return False
            names[event.file] = self.made.setdefault(id(event), File())
        elif isinstance(event, Renamed):
            if event.old not in names:
                return False
            names[event.file] = names.pop(event.old)
        else:
            return names.pop(event.file, None) is not None
        return True

    def _sync_folder(self, folder: str) -> None:
        for event in [event for event in self.unsynced if str(Path(event.file).parent) == folder]:
            self._follow(self.synced, event)
            self.unsynced.remove(event)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return what may be found: the first of the names that changed since, and of each file what it may hold."""
        names = dict(self.synced)
        for event in self.unsynced[: chance.randint(0, len(self.unsynced))]:
            self._follow(names, event)
        return {name: file.after_a_cut(chance) for name, file in names.items()}


@dataclass(frozen=True)
class Crash:
    """A state of the disk, and how many changes had been acknowledged by then."""

    files: dict[str, bytes]
    acknowledged: int


def crashes(events: Sequence[Event], before: dict[str, bytes], count: int, seed: int) -> Iterator[Crash]:
    """Yield so many states in which a power cut may leave a folder, spread over all that happened."""
    chance = random.Random(seed)  # noqa: S311  # states to try, no secret
    folder = Path(next(iter(before))).parent
    events = [event for event in events if isinstance(event, Acknowledged) or is_within(event.file, folder)]
    moments = sorted(chance.choices(range(len(events) + 1), k=count))
    disk, acknowledged, next_moment = Disk({name: File(content) for name, content in before.items()}), 0, 0
    for number, event in enumerate([*events, None]):
        while next_moment < count and moments[next_moment] == number:
            yield Crash(disk.after_a_cut(chance), acknowledged)
            next_moment += 1
        if isinstance(event, Acknowledged):
            acknowledged += 1
        elif event:
            disk.happens(event)


def is_within(file: str, folder: Path) -> bool:
    """Tell whether a file is the folder or something in it."""
    return Path(file).is_relative_to(folder)
