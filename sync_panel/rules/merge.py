"""Two people change the same values: what each of them changed is kept, where it is not the same field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Merged:
    """What holds of both changes; `both` were changed by both, to different values, `theirs` by the others alone."""

    values: Mapping[str, str]
    both: tuple[str, ...]
    theirs: tuple[str, ...]


def merge(
    base: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    read: Callable[[str, str], object] = lambda _name, text: text,
) -> Merged:
    """Merge three ways, by field; a field without a base counts as changed by both. What `read` reads alike is alike.

    A field that both changed holds what is mine.
    """
    values, both, only_theirs = dict(mine), [], []
    for name, text in theirs.items():
        ours, other = read(name, mine[name]), read(name, text)
        before = read(name, base[name]) if name in base else None
        if ours == other:
            continue
        if name in base and ours == before:
            values[name] = text
            only_theirs.append(name)
        elif name not in base or other != before:
            both.append(name)
    return Merged(values, tuple(both), tuple(only_theirs))
