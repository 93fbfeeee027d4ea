"""A satellite's request for news to its primary."""

from datetime import datetime

from sync_panel.rules.partner import Partner

from . import agreement, msupply
from .failures import Rung
from .messages import ContactMessage
from .probe import Asked, Probe, Product, Us
from .wire import Network

MUST_AGREE = {Rung.VALUES, Rung.LISTED}  # clocks that differ are told by the check, and stop nothing


def request_news(partner: Partner, us: Us, message: ContactMessage, network: Network, now: datetime) -> None:
    """Ask the primary. Raise LinkError when that fails, or when the two sides' values do not agree.

    mSupply takes no such request. It is asked for its site, with the hardware ID of its own engine; without that it
    gets no login, and the request counts as failed: nobody knows whether it would have been let in.
    """
    probe = Probe(Asked.saved(partner), us, network)
    try:
        for _reached in probe.reach():
            pass
        if (product := probe.recognise()) is Product.PANEL:
            compared = agreement.compare(probe.send_contact(message), partner, us.listing, now)
        else:
            compared = msupply.compare(probe.look_at_msupply(product), partner, us.site)
    finally:
        probe.close()
    for each in compared:
        if each.error and each.rung in MUST_AGREE:
            raise each.error


def message_of(us: Us, minutes: int, counter: int) -> ContactMessage:
    """Return what a request says of this site."""
    return ContactMessage(**vars(us.listing), interval_minutes=minutes, installation=us.installation, counter=counter)
