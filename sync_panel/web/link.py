"""The region that says how the link stands, kept fresh while it is looked at; and what an editor does about it."""

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.link.schedule import asks
from sync_panel.rules.problems import say
from sync_panel.rules.sync_id import Role
from sync_panel.store.contacts import accept_known, accept_rival, contact_of
from sync_panel.store.own_requests import ask_at_once
from sync_panel.store.partners import get_partner
from sync_panel.store.site import load_interval

from . import current, htmx
from .blueprint import PAGE, blueprint, needs
from .errors import show_message
from .link_words import requests_in_words
from .lock import LOCK_ENDED
from .page import Context, Stored, contents, done, region, show
from .partners import LIST

ASKED = say("The primary is asked now.")
NOT_BY_ITSELF = say("Nobody is asked now: this server makes no requests by itself.")
NOBODY_ASKED = say("Nobody is asked now: only a satellite asks its primary, and only while its interval is not 0.")


@region("link")
def link(stored: Stored) -> Context:
    return {"link": stored.link, "link_seen": f"{stored.link.digest}-{current.visitor().access.name.lower()}"}


@region("requests")
def next_requests(stored: Stored) -> Context:
    """Return when requests are made; only a satellite's own depend on how its link stands."""
    if stored.site.role is Role.SATELLITE:
        return {
            "requests": stored.link.requests,
            "has_primary": stored.link.has_primary,
            "makes_none": not stored.link.has_schedule,
        }
    return {"requests": requests_in_words(stored.interval, None, stored.now), "makes_none": False}


@blueprint.get(f"{PAGE}/link")
@needs(Access.VIEWER, polled=True)
def show_link() -> Response:
    """Show how the link stands; nothing when the open page shows exactly that already."""
    if not htmx.wants_fragment():
        return show("link")
    context = contents("link", "requests")
    if request.args.get("seen") == context["link_seen"]:
        return make_response("", 204)
    response = make_response(render_template("sync_panel/_link_news.html", **context))
    return response if context["unlocked"] else htmx.fire(response, LOCK_ENDED)


@blueprint.post(f"{PAGE}/sync-now")
@needs(Access.EDITOR)
def sync_now() -> AnyResponse:
    has_schedule = current.panel().network.has_schedule
    with current.panel().database.writing() as db:
        before = Stored(db).link.outcome  # the next one ends what is said here
        is_asked = has_schedule and asks(db, load_interval(db))
        if is_asked:
            ask_at_once(db)
    said = ASKED if is_asked else NOBODY_ASKED if has_schedule else NOT_BY_ITSELF
    return done(said, "link", holds=before)


@blueprint.post(f"{LIST}/<int(max=2147483647):partner_id>/accept")
@needs(Access.UNLOCKED)
def accept_server(partner_id: int) -> AnyResponse:
    """Go on with one of two servers under one Sync ID: the known or the second one, as they were shown."""
    chosen, shown = current.form().get("which"), current.form().get("address")
    with current.panel().database.changing() as db:
        partner = get_partner(db, partner_id).partner
        contact = contact_of(db, partner.sync_id)
        if contact.rival is None or contact.rival.address != shown or chosen not in {"known", "second"}:
            return show_message(409, say("This was decided meanwhile, or looks different now. Nothing was changed."))
        (accept_rival if chosen == "second" else accept_known)(db, partner.sync_id)
    return done(say("%(server)s goes on with the server you chose.", server=str(partner)), "link", "partners")
