"""Two servers under one Sync ID: an editor says which of them goes on."""

from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.problems import say
from sync_panel.store.contacts import accept_known, accept_rival, contact_of
from sync_panel.store.partners import get_partner

from . import current
from .blueprint import blueprint, needs
from .errors import show_message
from .lock import keep_unlocked
from .page import done
from .partners import LIST


@blueprint.post(f"{LIST}/<int(max=2147483647):partner_id>/accept")
@needs(Access.UNLOCKED)
def accept_server(partner_id: int) -> AnyResponse:
    """Go on with the server that was known, or with the second one, as it was shown."""
    keep_unlocked()
    chosen, shown = current.form().get("which"), current.form().get("address")
    with current.panel().database.changing() as db:
        partner = get_partner(db, partner_id).partner
        contact = contact_of(db, partner.sync_id)
        if contact.rival is None or contact.rival.address != shown or chosen not in {"known", "second"}:
            return show_message(409, say("This was decided meanwhile, or looks different now. Nothing was changed."))
        (accept_rival if chosen == "second" else accept_known)(db, partner.sync_id)
    return done(say("%(server)s goes on with the server you chose.", server=str(partner)), "link", "partners")
