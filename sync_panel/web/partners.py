"""The "Sync with" list: looking at it, adding and changing servers, removing them and taking that back."""

from collections.abc import Sequence

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.partner import in_pairs, parse_partner
from sync_panel.rules.problems import InvalidError, Sentence, say
from sync_panel.rules.sync_with import named
from sync_panel.store import partners as store
from sync_panel.store.errors import GoneError, StaleError, UnavailableError
from sync_panel.store.site import load_site

from . import current
from .blueprint import PAGE, blueprint, needs
from .errors import show_message
from .forms import PartnerForm, attempt
from .joiners import NOT_AS_SHOWN, as_fields, joiner_of
from .page import Context, Stored, done, region, show, show_dialog
from .versioned import is_number

LIST = f"{PAGE}/partners"
CLOSE_DIALOG = "close-dialog"
WITH_THE_LIST = ("partners", "link", "requests")  # the regions that a change of the list changes
LONGEST_CHOICE = 24  # characters of "row.version"


@region("partners")
def partners(stored: Stored) -> Context:
    removed = store.removed_partners(stored.db) if current.visitor().unlock else []
    view = stored.view.turned_to(stored.partners.number)  # an address may name a page whose last row went
    return {"partners": stored.partners, "states": stored.link.states, "removed": removed, "view": view}


@blueprint.get(LIST)
@needs(Access.VIEWER)
def list_partners() -> Response:
    return show("partners")


@blueprint.get(f"{LIST}/print")
@needs(Access.VIEWER)
def print_partners() -> Response:
    """Show all that the present search finds, for paper."""
    with current.panel().database.reading() as db:
        stored = Stored(db, store.EVERYTHING)
        found, states, site = stored.partners, stored.link.states, stored.site
    return show_dialog("printed", partners=found, states=states, site=site, now=stored.now)


@blueprint.get(f"{LIST}/add")
@needs(Access.UNLOCKED)
def ask_for_partner() -> Response:
    """Show the empty form, or one that is filled in with what a site said that asked to join."""
    if (token := request.args.get("joiner")) is None:
        return show_dialog("add", form=PartnerForm({"version": 0}), role=role())
    if (joiner := joiner_of(token)) is None:
        return show_message(409, NOT_AS_SHOWN)
    note = say(
        "Filled in with what the server at %(address)s said of itself. Compare it with what you know, then save.",
        address=joiner.caller.address,
    )
    return show_dialog("add", form=PartnerForm(as_fields(joiner.who)), role=role(), note=note)


@blueprint.post(f"{LIST}/add")
@needs(Access.UNLOCKED)
def add_partner() -> AnyResponse:
    form = PartnerForm()
    said = say("%(server)s is added.", server=form.name.data)

    def save() -> None:
        nonlocal said
        new = parse_partner(form.values())
        with current.panel().database.changing() as db:
            listed = store.find_partner(db, new.sync_id)
            if listed and listed.partner == new:
                said = say("%(server)s is in the list, with these values.", server=form.name.data)
            else:
                store.add_partner(db, new)

    if status := attempt(form, save):
        return show_dialog("add", status, form=form, role=role())
    return done(form.saved(said), *WITH_THE_LIST, events=(CLOSE_DIALOG,))


@blueprint.get(f"{LIST}/<int(max=2147483647):partner_id>/edit")
@needs(Access.UNLOCKED)
def ask_for_changes(partner_id: int) -> Response:
    return show_dialog("edit", form=PartnerForm(stored_partner(partner_id)), partner_id=partner_id, role=role())


@blueprint.post(f"{LIST}/<int(max=2147483647):partner_id>/edit")
@needs(Access.UNLOCKED)
def change_partner(partner_id: int) -> AnyResponse:
    form = PartnerForm()

    def save() -> None:
        with current.panel().database.changing() as db:
            kept = store.get_partner(db, partner_id)
            if form.merge_with(partner_fields(kept)):
                store.save_partner(db, partner_id, parse_partner(form.values()), version=kept.version)

    if status := attempt(form, save):
        return show_dialog("edit", status, form=form, partner_id=partner_id, role=role())
    said = form.saved(say("%(server)s is saved.", server=form.name.data))
    return done(said, *WITH_THE_LIST, events=(CLOSE_DIALOG,))


@blueprint.get(f"{LIST}/remove")
@needs(Access.UNLOCKED)
def show_removal() -> Response:
    return show_choice(chosen(request.args.getlist("server")))


@blueprint.post(f"{LIST}/remove")
@needs(Access.UNLOCKED)
def remove_partners() -> AnyResponse:
    selection = chosen(current.form().getlist("server"))
    if not selection:
        return show_choice(selection)
    try:
        with current.panel().database.changing() as db:
            removed = store.remove_partners(db, selection)
    except (StaleError, GoneError):
        sentence = say("These servers were changed meanwhile. Nothing was removed. Look again.")
        return show_choice(selection, 409, sentence)
    except UnavailableError as unavailable:
        return show_choice(selection, 503, unavailable.sentence)
    return done(say("Removed: %(servers)s.", servers=named(removed)), *WITH_THE_LIST, events=(CLOSE_DIALOG,))


@blueprint.post(f"{LIST}/undo")
@needs(Access.UNLOCKED)
def undo_removal() -> AnyResponse:
    try:
        with current.panel().database.changing() as db:
            back = store.undo_removal(db, chosen(current.form().getlist("server")))
    except GoneError:
        return show_message(409, say("This removal is not the last one any more, or was taken back already."))
    except InvalidError as invalid:
        reason = str(invalid.problems[0].sentence)
        return show_message(409, say("The removal cannot be undone as the list is now. %(reason)s", reason=reason))
    return done(say("Back in the list: %(servers)s.", servers=named(back)), *WITH_THE_LIST)


def show_choice(selection: Sequence[tuple[int, int]], status: int = 200, banner: Sentence | None = None) -> Response:
    """Show the question, with the chosen servers as they are stored now."""
    wanted = {partner_id for partner_id, _ in selection}
    with current.panel().database.reading() as db:
        servers = [listed for listed in store.all_partners(db) if listed.id in wanted]
    if not servers and status == 200:  # noqa: PLR2004
        status, banner = 422, say("No server is ticked. Tick the servers to remove in the list first.")
    return show_dialog("remove", status, servers=servers, banner=banner, role=role())


def chosen(sent: Sequence[str]) -> list[tuple[int, int]]:
    """Return what was ticked as (row, version). Answer 400 to anything else."""
    pairs = []
    for text in dict.fromkeys(sent):
        numbers = text.split(".")
        if len(text) > LONGEST_CHOICE or len(numbers) != 2 or not all(map(is_number, numbers)):  # noqa: PLR2004
            abort(400, "The choice of servers could not be understood. Tick them in the list again.")
        pairs.append((int(numbers[0]), int(numbers[1])))
    return pairs


def stored_partner(partner_id: int) -> dict[str, object]:
    """Return a server's values as the form's fields show them. Raise GoneError."""
    with current.panel().database.reading() as db:
        return partner_fields(store.get_partner(db, partner_id))


def partner_fields(listed: store.Listed) -> dict[str, object]:
    fingerprint = in_pairs(listed.partner.fingerprint or "")
    return {**vars(listed.partner), "fingerprint": fingerprint, "version": listed.version}


def role() -> str:
    with current.panel().database.reading() as db:
        return load_site(db).role
