"""How this site and its "Sync with" list must agree with each other."""

from collections.abc import Sequence

from .partner import Partner
from .problems import InvalidError, Problem, Sentence, say
from .site import Parameters
from .sync_id import PRIMARY_ID, Role, role_of

NAMED_AT_MOST = 5  # partners in one sentence


def check_partner(partner: Partner, site: Parameters, others: Sequence[Partner]) -> None:
    """Raise InvalidError when the list, so far `others`, cannot hold this partner."""
    problems = []
    if sentence := wrong_sync_id(partner, site, others):
        problems.append(Problem("sync_id", sentence))
    if sentence := wrong_url(partner, site, others):
        problems.append(Problem("url", sentence))
    if problems:
        raise InvalidError(*problems)


def wrong_sync_id(partner: Partner, site: Parameters, others: Sequence[Partner]) -> Sentence | None:
    """Return why the partner's Sync ID does not fit, or None when it does."""
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
    if same := [other for other in others if other.sync_id == partner.sync_id]:
        return say("%(other)s has this Sync ID already. Each server has one of its own.", other=same[0])
    return None


def wrong_url(partner: Partner, site: Parameters, others: Sequence[Partner]) -> Sentence | None:
    """Return why the partner's address does not fit, or None when it does."""
    if partner.url == site.url:
        return say("%(url)s is this site's own address. Enter the other server's.", url=partner.url)
    if same := [other for other in others if other.url == partner.url]:
        return say("%(other)s has this address already. Each server has one of its own.", other=same[0])
    return None


def check_parameters(site: Parameters, partners: Sequence[Partner]) -> None:
    """Raise InvalidError when the site's new Sync ID or URL contradicts the list as it stands."""
    problems = []
    if sentence := contradiction(site.sync_id, partners):
        problems.append(Problem("sync_id", sentence))
    if site.url and (same := [partner for partner in partners if partner.url == site.url]):
        sentence = say("%(partner)s has this address already. Each server has one of its own.", partner=same[0])
        problems.append(Problem("url", sentence))
    if problems:
        raise InvalidError(*problems)


def contradiction(sync_id: int | None, partners: Sequence[Partner]) -> Sentence | None:
    """Return why a site with this Sync ID cannot have these partners, naming them; None when it can."""
    role = role_of(sync_id)
    if role is Role.STAND_ALONE and partners:
        return say(
            "A site without a Sync ID is stand-alone and syncs with no server. Remove these from the list first: "
            "%(partners)s. To pause synchronisation, set the interval to 0 instead.",
            partners=named(partners),
        )
    wrong = [partner for partner in partners if (partner.sync_id == PRIMARY_ID) is (role is Role.PRIMARY)]
    if role is Role.SATELLITE and wrong:
        return say(
            "With Sync ID %(sync_id)s this site is a satellite, which syncs with the primary only. "
            "Remove these from the list first: %(partners)s.",
            sync_id=sync_id,
            partners=named(wrong),
        )
    if role is Role.PRIMARY and wrong:
        return say(
            "%(partner)s is listed as the primary, and there is only one. Remove it from the list first.",
            partner=wrong[0],
        )
    return None


def named(partners: Sequence[Partner]) -> str:
    """Name the first partners, and count the rest."""
    names = ", ".join(str(partner) for partner in partners[:NAMED_AT_MOST])
    rest = len(partners) - NAMED_AT_MOST
    return f"{names} (+ {rest})" if rest > 0 else names
