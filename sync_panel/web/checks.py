"""Checking a server: one of the list, or one that is being entered; and looking it up by its URL."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, abort, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.link.failures import Failure
from sync_panel.link.ladder import BusyError, Ladder, Step
from sync_panel.rules.partner import Partner, Way, in_pairs, parse_fingerprint, parse_partner, parse_way
from sync_panel.rules.problems import InvalidError, RefusedError, Sentence, say
from sync_panel.store import partners as store
from sync_panel.store.errors import StaleError

from . import current, htmx
from .blueprint import PAGE, blueprint, needs
from .errors import show_message
from .forms import PartnerForm
from .page import done, show_dialog
from .partners import CLOSE_DIALOG, LIST, WITH_THE_LIST, role

NOT_TOLD = say("This server does not tell its Sync ID, name and store. Enter them yourself.")
BUSY = say("Another check is under way. Wait a few seconds, then try again.")


@blueprint.get(f"{PAGE}/check")
@needs(Access.EDITOR, polled=True)
def show_progress() -> Response:
    """Show how far this browser's check has come; nothing when it has none under way."""
    steps = current.panel().checks.so_far(current.visitor().token)
    return show_ladder(steps, unfinished=True) if steps is not None else make_response("", 204)


@blueprint.get(f"{LIST}/<int(max=2147483647):partner_id>/check")
@needs(Access.EDITOR)
def show_check(partner_id: int) -> Response:
    """Show which server is to be checked; with JavaScript the check begins by itself."""
    return show_dialog("check", listed=listed_partner(partner_id))


@blueprint.post(f"{LIST}/<int(max=2147483647):partner_id>/check")
@needs(Access.EDITOR)
def check_partner(partner_id: int) -> Response:
    listed = listed_partner(partner_id)
    steps, busy = run(ladder(listed.partner).climb(listed.partner))
    if htmx.wants_fragment():
        return show_ladder(steps, busy, listed=listed)
    return show_dialog("check", listed=listed, steps=steps, busy=busy)


@blueprint.post(f"{LIST}/<int(max=2147483647):partner_id>/trust")
@needs(Access.UNLOCKED)
def trust_partner(partner_id: int) -> AnyResponse:
    """Trust the certificate that was found, for this server only."""
    form, fingerprint = PartnerForm(), found_fingerprint()
    try:
        with current.panel().database.changing() as db:
            listed = store.get_partner(db, partner_id)
            if listed.partner.fingerprint != fingerprint:
                trusting = replace(listed.partner, fingerprint=fingerprint)
                store.save_partner(db, partner_id, trusting, version=form.version_number)
    except StaleError:
        return show_message(409, say("This server was changed meanwhile. Nothing was saved. Check it again."))
    said = say("The certificate of %(server)s is trusted from now on.", server=str(listed.partner))
    return done(said, *WITH_THE_LIST, events=(CLOSE_DIALOG,))


@blueprint.post(f"{LIST}/add/<any(check, 'look-up', trust):action>")
@needs(Access.UNLOCKED)
def try_new_partner(action: str) -> Response:
    """Check a server that is being entered, look its values up, or trust its certificate; nothing is saved."""
    return try_partner("add", action, {})


@blueprint.post(f"{LIST}/<int(max=2147483647):partner_id>/edit/<any(check, trust):action>")
@needs(Access.UNLOCKED)
def try_changes(partner_id: int, action: str) -> Response:
    """Check a server with values that are not saved yet, or trust its certificate; nothing is saved."""
    return try_partner("edit", action, {"partner_id": partner_id}, listed_partner(partner_id).partner)


def try_partner(fragment: str, action: str, shown: dict[str, Any], saved: Partner | None = None) -> Response:
    """Do with the open form what its second row of buttons offers, and show it again."""
    form = PartnerForm()
    shown |= {"form": form, "role": role()}
    if action == "trust":
        form.fingerprint.data = in_pairs(found_fingerprint())
        return show_dialog(fragment, note=say("The fingerprint is entered below. It holds once you save."), **shown)
    try:
        if action == "look-up":
            return look_up(form, shown)
        typed = parse_partner(form.values())
    except InvalidError as invalid:
        form.show(invalid.problems)
        response = show_dialog(fragment, 422, **shown)
        return htmx.aim(response, "#dialog", "innerHTML") if htmx.wants_fragment() else response
    is_elsewhere = saved is not None and saved.url != typed.url
    withheld = Failure.UNSAVED_ADDRESS if is_elsewhere else None  # no password before that is saved
    steps, busy = run(ladder(typed, withheld).climb(typed))
    if htmx.wants_fragment():
        return show_ladder(steps, busy, form=form, partner_id=shown.get("partner_id"))
    return show_dialog(fragment, steps=steps, busy=busy, **shown)


def look_up(form: PartnerForm, shown: dict[str, Any]) -> Response:
    """Fill in what the server at the URL says of itself. Raise InvalidError for a URL that is none."""
    typed = parse_way(form.values())
    question = ladder(typed)
    steps, busy = run(question.look_up())
    if (found := question.found) is None:
        note = NOT_TOLD if steps and all(step.passed for step in steps) else None
        return show_dialog("add", steps=steps, busy=busy, note=note, **shown)
    form.fill({"sync_id": found.sync_id, "name": found.name, "store": found.store, "url": typed.url})
    note = say("Found at this URL, and entered below. Compare it with what you know, then save.")
    return show_dialog("add", note=note, found={"sync_id", "name", "store"}, **shown)


def ladder(way: Way, withheld: Failure | None = None) -> Ladder:
    panel = current.panel()
    with panel.database.reading() as db:
        us = panel.us(db)
    return Ladder(way, us, panel.network, panel.clock.now(), withheld)


def run(steps: Iterator[Step]) -> tuple[list[Step], Sentence | None]:
    """Return the steps of a check, or why there is none."""
    try:
        return current.panel().checks.run(current.visitor().token, steps), None
    except BusyError:
        return [], BUSY


def show_ladder(steps: list[Step], busy: Sentence | None = None, **context: Any) -> Response:
    """Answer htmx with the steps alone, beside which everything stays as it is."""
    context |= {"steps": steps, "busy": busy, "is_fragment": True, "unlocked": current.visitor().unlock is not None}
    return make_response(render_template("sync_panel/_ladder.html", **context))


def listed_partner(partner_id: int) -> store.Listed:
    """Return a server of the list. Raise GoneError."""
    with current.panel().database.reading() as db:
        return store.get_partner(db, partner_id)


def found_fingerprint() -> str:
    """Return the fingerprint that a check found and the form brought. Answer 400 to anything else."""
    try:
        found = parse_fingerprint(current.form().get("found", ""))
    except RefusedError:
        found = None
    return found or abort(400, "There is no fingerprint to trust. Check the server again.")
