"""The page: what its regions show, as a whole or one fragment at a time."""

from collections.abc import Mapping
from functools import partial
from ipaddress import ip_address
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.panel import PASSWORD_LOST
from sync_panel.rules.problems import Sentence
from sync_panel.store.interval import load_interval
from sync_panel.store.notice import load_recovery
from sync_panel.store.partners import removed_partners, search_partners
from sync_panel.store.site import Site, load_site

from . import current, htmx
from .blueprint import PAGE, blueprint, needs
from .forms import IntervalForm, ParametersForm
from .link_state import link_state
from .list_view import ListView
from .words import when

FIRST_ERROR, UNAUTHORISED = 400, 401
# A fragment's template, and the id of its one root element.
REGIONS = {
    "who": "who",
    "notes": "notes",
    "lock_bar": "lock-bar",
    "interval": "interval",
    "requests": "requests",
    "link": "link",
    "parameters": "parameters",
    "partners": "partners",
}


@blueprint.get("/")
@needs(Access.ANYBODY)
def lead_to_page() -> AnyResponse:
    """Lead from the root to the page."""
    return redirect(url_for(".show_page"))


@blueprint.get(PAGE)
@needs(Access.VIEWER)
def show_page() -> Response:
    """Show the page."""
    return show("page_body")


@blueprint.get(f"{PAGE}/<any(interval, parameters):region>")
@needs(Access.VIEWER)
def show_region(region: str) -> Response:
    """Show one region anew, as it is stored."""
    return show(region)


def show(fragment: str, status: int = 200, **changed: Any) -> Response:
    """Answer with the fragment for htmx, otherwise with the page that contains it.

    `changed` overrides what the page shows, such as a form with what was typed.
    """
    context = page_context() | changed
    context["error"] = status >= FIRST_ERROR
    return in_either_shape("page", fragment, status, context)


def in_either_shape(page: str, fragment: str, status: int, context: Mapping[str, Any]) -> Response:
    """Answer htmx with the fragment, and the title for the open page; everybody else with the whole page."""
    if htmx.wants_fragment():
        parts = [render_template(f"sync_panel/_{name}.html", **context) for name in ("title", fragment)]
        return make_response("".join(parts), status)
    return make_response(render_template(f"sync_panel/{page}.html", fragment=fragment, **context), status)


def done(said: Sentence, *regions: str, events: tuple[str, ...] = ()) -> AnyResponse:
    """Answer a write: htmx gets the regions that changed, without JavaScript a page that says what was done."""
    if not htmx.wants_fragment():
        flash(str(said), "sync_panel")
        return redirect(url_for(".show_page", **ListView.from_request().arguments()), 303)
    html = render_template(
        "sync_panel/_changed_regions.html",
        regions={name: REGIONS[name] for name in dict.fromkeys(("lock_bar", *regions))},
        said=said,
        **page_context(),
    )
    return htmx.fire(make_response(html), *events)


def show_dialog(fragment: str, status: int = 200, **context: Any) -> Response:
    """Answer with a dialog's content for htmx, otherwise with a page that holds nothing else."""
    context |= visitor_context() | {"view": ListView.from_request()}
    context["error"] = status >= FIRST_ERROR and status != UNAUTHORISED
    return in_either_shape("dialog", fragment, status, context)


def visitor_context() -> dict[str, Any]:
    """Return who looks at the page, and for how long it is unlocked."""
    visitor = current.visitor()
    return {
        "user": visitor.user,
        "may_edit": visitor.access >= Access.EDITOR,
        "unlocked": visitor.access >= Access.UNLOCKED,
        "seconds_left": current.panel().unlocks.seconds_left(visitor.unlock) if visitor.unlock else 0,
        "is_fragment": htmx.wants_fragment(),
        "is_open_to_all": is_open_to_all(),
    }


def is_open_to_all() -> bool:
    """Tell whether other machines reach the panel unencrypted, so that the page must say so."""
    own = current.panel().network.own
    return own is not None and not request.is_secure and not ip_address(own[0]).is_loopback


def page_context() -> dict[str, Any]:
    """Return what all the regions show, from one state of the data."""
    view, now = ListView.from_request(), current.panel().clock.now()
    with current.panel().database.reading() as db:
        site, interval, removed = load_site(db), load_interval(db), removed_partners(db)
        listed = search_partners(db, **view.search())
        link, recovery = link_state(db, site, interval, listed.rows, now), load_recovery(db)
    return visitor_context() | {
        "site": site,
        "interval_form": IntervalForm({"minutes": interval.minutes, "version": interval.version}),
        "minutes": interval.minutes,
        "link": link,
        "recovery": recovery.sentences(partial(when, near=now, always_day=True)) if recovery else None,
        "certificate": current.panel().network.certificate,
        "link_seen": f"{link.digest}-{current.visitor().access.name.lower()}",
        "now": now,
        "password_lost": PASSWORD_LOST if current.panel().is_password_lost(site) else None,
        "parameters_form": ParametersForm(stored_parameters(site)),
        "partners": listed,
        "removed": removed,
        "view": view,
    }


def stored_parameters(site: Site) -> dict[str, object]:
    """Return the parameters as the form's fields show them; the password field stays empty."""
    shown = {name: "" if value is None else value for name, value in vars(site.parameters).items()}
    return shown | {"version": site.version}
