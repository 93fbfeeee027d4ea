"""How this site and its "Sync with" list must agree with each other."""

from collections.abc import Iterator, Sequence

from .partner import Partner
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


def wrong_sync_id(partner: Partner, site: Parameters) -> Sentence | None:
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
