"""The "Sync with" list: looking at it, adding servers and changing them."""

from flask import Response, abort
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.partner import in_pairs, parse_partner
from sync_panel.rules.problems import say
from sync_panel.store import partners as store
from sync_panel.store.site import load_site

from . import current
from .blueprint import PAGE, blueprint, needs
from .forms import PartnerForm, attempt
from .list_view import ListView
from .lock import keep_unlocked
from .page import done, show, show_dialog

LIST = f"{PAGE}/partners"
CLOSE_DIALOG = "close-dialog"
WITH_THE_LIST = ("partners", "link", "requests")  # the regions that a change of the list changes


@blueprint.get(LIST)
@needs(Access.VIEWER)
def list_partners() -> Response:
    """Show the list, searched, sorted and paged."""
    view = ListView.from_request()
    with current.panel().database.reading() as db:
        if view.page > store.search_partners(db, **view.search()).count:
            abort(404)
    return show("partners")


@blueprint.get(f"{LIST}/add")
@needs(Access.UNLOCKED)
def ask_for_partner() -> Response:
    """Show the empty form for a new server."""
    return show_dialog("add", form=PartnerForm({"version": 0}), role=role())


@blueprint.post(f"{LIST}/add")
@needs(Access.UNLOCKED)
def add_partner() -> AnyResponse:
    """Add a server."""
    form = PartnerForm()

    def save() -> None:
        new = parse_partner(form.values())
        with current.panel().database.changing() as db:
            store.add_partner(db, new)

    status = attempt(form, save, dict)
    keep_unlocked()
    if status:
        return show_dialog("add", status, form=form, role=role())
    return done(say("%(server)s is added.", server=form.name.data), *WITH_THE_LIST, events=(CLOSE_DIALOG,))


@blueprint.get(f"{LIST}/<int(max=2147483647):partner_id>/edit")
@needs(Access.UNLOCKED)
def ask_for_changes(partner_id: int) -> Response:
    """Show a server's values in a form."""
    return show_dialog("edit", form=PartnerForm(stored_partner(partner_id)), partner_id=partner_id, role=role())


@blueprint.post(f"{LIST}/<int(max=2147483647):partner_id>/edit")
@needs(Access.UNLOCKED)
def change_partner(partner_id: int) -> AnyResponse:
    """Save a server's values."""
    form = PartnerForm()

    def save() -> None:
        new = parse_partner(form.values())
        with current.panel().database.changing() as db:
            store.save_partner(db, partner_id, new, version=form.version_number)

    status = attempt(form, save, lambda: stored_partner(partner_id))
    keep_unlocked()
    if status:
        return show_dialog("edit", status, form=form, partner_id=partner_id, role=role())
    return done(say("%(server)s is saved.", server=form.name.data), *WITH_THE_LIST, events=(CLOSE_DIALOG,))


def stored_partner(partner_id: int) -> dict[str, object]:
    """Return a server's values as the form's fields show them. Raise GoneError."""
    with current.panel().database.reading() as db:
        listed = store.get_partner(db, partner_id)
    fingerprint = in_pairs(listed.partner.fingerprint or "")
    return {**vars(listed.partner), "fingerprint": fingerprint, "version": listed.version}


def role() -> str:
    """Return what this site is, which decides what its list may hold."""
    with current.panel().database.reading() as db:
        return load_site(db).role
