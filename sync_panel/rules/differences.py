"""Where two servers say different things of one site: the fields that differ, and the sign where the eye sees none."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from .partner import Identity
from .problems import Sentence, say

BOTH = {
    "sync_id": say("Sync ID: %(there)s there, %(here)s here."),
    "name": say("Name: “%(there)s” there, “%(here)s” here."),
    "store": say("Store: “%(there)s” there, “%(here)s” here."),
}


class Difference(NamedTuple):
    """A field that must match, and its two values. JSON keeps it as a list."""

    field: str
    there: int | str
    here: int | str


def differences(there: Identity, here: Identity) -> list[Difference]:
    """Return the fields that must match and do not. A URL depends on who looks, and need not match."""
    both = [Difference(name, getattr(there, name), getattr(here, name)) for name in BOTH]
    return [each for each in both if each.there != each.here]


def in_sentences(found: Iterable[Sequence[Any]]) -> Sentence:
    """Return a sentence for each difference, one after the other. Raise ValueError when there is none."""
    first, *more = [sentence for each in found for sentence in told(*each)]
    for then in more:
        first = say("%(before)s %(then)s", before=first, then=then)
    return first


def told(field: str, there: int | str, here: int | str) -> list[Sentence]:
    sign = hidden_sign(str(there), str(here))
    return [say(BOTH[field].template, there=there, here=here), *([sign] if sign else [])]


def hidden_sign(there: str, here: str) -> Sentence | None:
    """Return the first sign that differs, by its code, where two texts may look the same; otherwise None."""
    signs = enumerate(zip_longest(there, here, fillvalue=""), 1)
    differing = [(place, *pair) for place, pair in signs if pair[0] != pair[1]]
    is_spacing = there.split() == here.split()
    if not differing or not (is_spacing or all(may_look_alike(one, other) for _, one, other in differing)):
        return None
    place, one, other = differing[0]
    template = "Character %(place)s is %(there)s there, %(here)s here."
    return say(template, place=place, there=code_of(one), here=code_of(other))


def may_look_alike(one: str, other: str) -> bool:
    """Tell whether two signs could be taken for each other: plain ones of two kinds, as I, l and 1, and all others.

    A capital and its own small letter are told apart.
    """
    if not (one and other) or one.casefold() == other.casefold():
        return False
    is_plain = (one + other).isascii() and (one + other).isalnum()
    return not is_plain or unicodedata.category(one) != unicodedata.category(other)


def code_of(sign: str) -> Sentence:
    if not sign:
        return say("missing")
    name = unicodedata.name(sign, "control character").lower()
    return say("%(code)s (%(name)s)", code=f"U+{ord(sign):04X}", name=name)
