"""The region that says how the link stands, kept fresh while it is looked at."""

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.link.schedule import asks
from sync_panel.rules.problems import say
from sync_panel.store.interval import load_interval
from sync_panel.store.requests import ask_at_once

from . import current, htmx
from .blueprint import PAGE, blueprint, needs
from .lock import LOCK_ENDED
from .page import done, page_context, show

ASKED = say("The primary is asked now.")
NOBODY_ASKED = say("Nobody is asked now: only a satellite asks its primary, and only while its interval is not 0.")


@blueprint.get(f"{PAGE}/link")
@needs(Access.VIEWER, polled=True)
def show_link() -> Response:
    """Show how the link stands; nothing when the open page shows exactly that already."""
    if not htmx.wants_fragment():
        return show("link")
    context = page_context()
    if request.args.get("seen") == context["link_seen"]:
        return make_response("", 204)
    response = make_response(render_template("sync_panel/_link_news.html", **context))
    return response if context["unlocked"] else htmx.fire(response, LOCK_ENDED)


@blueprint.post(f"{PAGE}/sync-now")
@needs(Access.EDITOR)
def sync_now() -> AnyResponse:
    """Let this satellite's next request go out at once."""
    with current.panel().database.writing() as db:
        is_asked = asks(db, load_interval(db))
        if is_asked:
            ask_at_once(db)
    return done(ASKED if is_asked else NOBODY_ASKED, "link")
