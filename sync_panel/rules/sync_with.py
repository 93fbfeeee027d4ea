"""What must agree: this site and its "Sync with" list, and what two servers say of one site."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from .partner import Identity, Partner
from .problems import InvalidError, Problem, Sentence, say
from .site import Parameters
from .sync_id import PRIMARY_ID, Role, role_of

NAMED_AT_MOST = 5  # partners in one sentence


def clashes(
    site: Parameters, partners: Sequence[Partner], listed: Sequence[Partner] = ()
) -> Iterator[tuple[Partner, list[Problem]]]:
    """Yield those of the partners that a list which holds `listed` already cannot hold too, each with its problems.

    Each partner is looked at once, beside the site and all before it, however long the list is.
    """
    with_id = {other.sync_id: other for other in listed}
    with_url = {other.url: other for other in listed}
    for partner in partners:
        same_id, same_url = with_id.setdefault(partner.sync_id, partner), with_url.setdefault(partner.url, partner)
        problems = []
        if sentence := wrong_sync_id(partner, site):
            problems.append(Problem("sync_id", sentence))
        elif same_id is not partner:
            sentence = say("%(other)s has this Sync ID already. Each server has one of its own.", other=same_id)
            problems.append(Problem("sync_id", sentence))
        if partner.url == site.url:
            sentence = say("%(url)s is this site's own address. Enter the other server's.", url=partner.url)
            problems.append(Problem("url", sentence))
        elif same_url is not partner:
            sentence = say("%(other)s has this address already. Each server has one of its own.", other=same_url)
            problems.append(Problem("url", sentence))
        if problems:
            yield partner, problems


def wrong_sync_id(partner: Identity, site: Parameters) -> Sentence | None:
    """Return why no site with this Sync ID can list the partner, or None when it can."""
    role = role_of(site.sync_id)
    if role is Role.STAND_ALONE:
        return say("This site is stand-alone. Give it a Sync ID of its own before you add servers to sync with.")
    if partner.sync_id == site.sync_id:
        return say("%(sync_id)s is this site's own Sync ID. Enter the other server's.", sync_id=partner.sync_id)
    if role is Role.SATELLITE and partner.sync_id != PRIMARY_ID:
        return say(
            "This site is a satellite, which syncs with the primary only. The primary's Sync ID is 1, not %(sync_id)s.",
            sync_id=partner.sync_id,
        )
    return None


def check_list(site: Parameters, partners: Sequence[Partner], listed: Sequence[Partner] = ()) -> None:
    """Raise InvalidError for the first of these partners that a list which holds `listed` cannot hold too."""
    for _, problems in clashes(site, partners, listed):
        raise InvalidError(*problems)


def check_parameters(site: Parameters, partners: Sequence[Partner]) -> None:
    """Raise InvalidError when the site's new Sync ID or URL contradicts the list as it stands."""
    problems = []
    if wrong := [partner for partner in partners if wrong_sync_id(partner, site)]:
        problems.append(Problem("sync_id", contradiction(site, wrong)))
    if same := [partner for partner in partners if partner.url == site.url]:
        sentence = say("%(partner)s has this address already. Each server has one of its own.", partner=same[0])
        problems.append(Problem("url", sentence))
    if problems:
        raise InvalidError(*problems)


def contradiction(site: Parameters, wrong: Sequence[Partner]) -> Sentence:
    """Return why a site with this Sync ID cannot have these partners, naming them."""
    role = role_of(site.sync_id)
    if role is Role.STAND_ALONE:
        return say(
            "A site without a Sync ID is stand-alone and syncs with no server. Remove these from the list first: "
            "%(partners)s. To pause synchronisation, set a satellite's interval to 0 instead.",
            partners=named(wrong),
        )
    if role is Role.SATELLITE:
        return say(
            "With Sync ID %(sync_id)s this site is a satellite, which syncs with the primary only. "
            "Remove these from the list first: %(partners)s.",
            sync_id=site.sync_id,
            partners=named(wrong),
        )
    return say(
        "%(partner)s is listed as the primary, and there is only one. Remove it from the list first.", partner=wrong[0]
    )


def named(partners: Sequence[Partner]) -> str:
    """Name the first partners, and count the rest."""
    names = ", ".join(str(partner) for partner in partners[:NAMED_AT_MOST])
    rest = len(partners) - NAMED_AT_MOST
    return f"{names} (+ {rest})" if rest > 0 else names


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
