"""A satellite's request for news to its primary."""

from datetime import datetime

from sync_panel.rules.partner import Partner

from .agreement import disagreements, msupply_disagreements
from .failures import Rung
from .messages import ContactMessage
from .probe import Asked, Probe, Product, Us
from .wire import Network

MUST_AGREE = {Rung.VALUES, Rung.LISTED}  # clocks that differ are told by the check, and stop nothing


def request_news(partner: Partner, us: Us, message: ContactMessage, network: Network, now: datetime) -> None:
    """Ask the primary. Raise LinkError when that fails, or when the two sides' values do not agree."""
    probe = Probe(Asked.saved(partner), us, network)
    try:
        for _reached in probe.reach():
            pass
        if probe.recognise() is Product.PANEL:
            found = disagreements(probe.send_contact(message), partner, us.listing, now)
        else:
            found = msupply_disagreements(probe.look_at_msupply(), partner, us.site)
    finally:
        probe.close()
    for rung, error in found:
        if error and rung in MUST_AGREE:
            raise error


def message_of(us: Us, minutes: int, counter: int) -> ContactMessage:
    """Return what a request says of this site."""
    return ContactMessage(**vars(us.listing), interval_minutes=minutes, installation=us.installation, counter=counter)
