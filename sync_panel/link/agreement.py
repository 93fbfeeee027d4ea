"""Whether what another server says agrees with what is entered here."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sync_panel.rules.partner import Partner
from sync_panel.rules.problems import InvalidError

from .failures import Compared, Failure, LinkError, Rung
from .messages import Listing, SiteAnswer, parse_listing

CLOCKS_APART = timedelta(minutes=5)


def compare(answer: SiteAnswer, entered: Partner, us: Listing, now: datetime) -> Iterator[Compared]:
    """Yield each of the last rungs with what is wrong there."""
    yield Compared(Rung.VALUES, other_site(answer.site, entered))
    yield Compared(Rung.LISTED, listed_otherwise(answer.listed, us) if answer.listed else not_listed(us))
    apart = abs(answer.time - now)
    is_apart = apart > CLOCKS_APART
    wrong = LinkError(Failure.OTHER_CLOCK, minutes=apart // timedelta(minutes=1)) if is_apart else None
    yield Compared(Rung.CLOCK, wrong)


def other_site(there: Listing, entered: Partner) -> LinkError | None:
    """Return how a server is another one than entered."""
    if there.sync_id != entered.sync_id:
        return LinkError(Failure.OTHER_SYNC_ID, there=there.sync_id, here=entered.sync_id)
    here = Listing(entered.sync_id, entered.name, entered.store)
    if (there.name, there.store) != (here.name, here.store):
        return LinkError(Failure.OTHER_VALUES, there=in_words(there), here=in_words(here))
    return None


def not_listed(us: Listing) -> LinkError:
    """Return the failure of a site that is not in the other server's list."""
    return LinkError(Failure.NOT_LISTED, here=us.sync_id)


def listed_otherwise(listed: Listing, us: Listing) -> LinkError | None:
    """Return how a server lists this site with other values; a site without a URL of its own has none to compare."""
    same = (listed.sync_id, listed.name, listed.store) == (us.sync_id, us.name, us.store)
    if same and (us.url is None or listed.url in {None, us.url}):
        return None
    with_url = us.url is not None
    return LinkError(
        Failure.LISTED_OTHERWISE, there=in_words(listed, with_url=with_url), here=in_words(us, with_url=with_url)
    )


def listed_as(read: Mapping[str, object], us: Listing) -> LinkError:
    """Return the failure of a contact that was refused with the values of both sides."""
    try:
        listed = parse_listing(read.get("listed"))
    except InvalidError:
        return LinkError(Failure.TROUBLE_THERE)
    return listed_otherwise(listed, us) or LinkError(Failure.TROUBLE_THERE)


def in_words(listing: Listing, *, with_url: bool = False) -> str:
    """Return a site's values in one line."""
    parts = [f"{listing.sync_id} {listing.name}", listing.store, (listing.url if with_url else None)]
    return ", ".join(part for part in parts if part)
