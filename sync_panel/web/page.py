"""One view, two shapes: a page made of regions, and an answer that holds the whole of it or some of them."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.problems import Sentence
from sync_panel.store.database import Connection
from sync_panel.store.errors import UnavailableError
from sync_panel.store.partners import PAGE_LENGTH, PartnerPage, search_partners
from sync_panel.store.site import Interval, Site, load_interval, load_site

from . import current, htmx
from .blueprint import PAGE, blueprint, needs
from .link_words import Link, link_state
from .list_view import ListView

FIRST_ERROR, UNAUTHORISED = 400, 401
Context = dict[str, Any]


class Stored:
    """What is stored, from one state of the data; each part is read when the first region asks for it."""

    def __init__(self, db: Connection, length: int = PAGE_LENGTH) -> None:
        self.db, self.now, self.view = db, current.panel().clock.now(), ListView.from_request()
        self._length = length  # of a page of the list

    @cached_property
    def site(self) -> Site:
        return load_site(self.db)

    @cached_property
    def interval(self) -> Interval:
        return load_interval(self.db)

    @cached_property
    def partners(self) -> PartnerPage:
        return search_partners(self.db, **self.view.search(), length=self._length)

    @cached_property
    def link(self) -> Link:
        has_schedule = current.panel().network.has_schedule
        return link_state(self.db, self.site, self.interval, self.partners.rows, self.now, has_schedule=has_schedule)


RegionContext = Callable[[Stored], Context]
# By the name of its template; "who" shows no more than every answer does.
REGIONS: dict[str, RegionContext] = {"who": lambda _stored: {}}


def region(name: str) -> Callable[[RegionContext], RegionContext]:
    """Mark the function that returns what the template of a region needs, beside what every answer shows."""

    def mark(context: RegionContext) -> RegionContext:
        REGIONS[name] = context
        return context

    return mark


@blueprint.get("/")
@needs(Access.ANYBODY)
def lead_to_page() -> AnyResponse:
    return redirect(url_for(".show_page"))


@blueprint.get(PAGE)
@needs(Access.VIEWER)
def show_page() -> Response:
    return show("page_body")


@blueprint.get(f"{PAGE}/<any(interval, parameters):region>")
@needs(Access.VIEWER)
def show_region(region: str) -> Response:
    return show(region)


def show(fragment: str, status: int = 200, **changed: Any) -> Response:
    """Answer with the fragment for htmx, otherwise with the page that contains it.

    `changed` overrides what the page shows, such as a form with what was typed.
    """
    is_part = fragment in REGIONS and htmx.wants_fragment()
    context = contents(*([fragment] if is_part else REGIONS)) | changed
    context["error"] = status >= FIRST_ERROR
    return in_either_shape("page", fragment, status, context)


def done(said: Sentence, *regions: str, events: tuple[str, ...] = (), holds: str = "") -> AnyResponse:
    """Answer a write: htmx gets the regions that changed, without JavaScript a page that says what was done.

    What is said of a state stands only where the page `holds` that state (`data-holds` in the templates).
    """
    current.note_done((said, regions, events, holds))
    if not htmx.wants_fragment():
        tell(said, holds)
        return redirect(url_for(".show_page", **ListView.from_request().arguments()), 303)
    names = tuple(dict.fromkeys(("lock_bar", *regions)))
    try:
        context = contents(*names)
    except UnavailableError as error:  # what was done is done
        raise UnavailableError("%(said)s %(trouble)s", said=said, trouble=error.sentence) from error
    html = render_template("sync_panel/_changed_regions.html", regions=names, said=said, holds=holds, **context)
    return htmx.fire(make_response(html), *events)


def tell(said: Sentence, holds: str = "") -> None:
    """Let the next page say what was done, while it holds the state that this tells of."""
    flash({"sentence": str(said), "holds": holds}, "sync_panel")  # type: ignore[arg-type]  # any JSON is kept


def show_dialog(fragment: str, status: int = 200, **context: Any) -> Response:
    """Answer with a dialog's content for htmx, otherwise with a page that holds nothing else."""
    context |= in_every_answer()
    context["error"] = status >= FIRST_ERROR and status != UNAUTHORISED
    return in_either_shape("dialog", fragment, status, context)


def in_either_shape(page: str, fragment: str, status: int, context: Mapping[str, Any]) -> Response:
    """Answer htmx with the fragment, and the title for the open page; everybody else with the whole page."""
    if htmx.wants_fragment():
        parts = [render_template(f"sync_panel/_{name}.html", **context) for name in ("title", fragment)]
        return make_response("".join(parts), status)
    return make_response(render_template(f"sync_panel/{page}.html", fragment=fragment, **context), status)


def contents(*regions: str) -> Context:
    """Return what these regions show, from one state of the data, and what every answer shows."""
    with current.panel().database.reading() as db:
        stored = Stored(db)
        context = in_every_answer() | {"site": stored.site, "now": stored.now}
        for name in regions:
            context |= REGIONS[name](stored)
    return context


def in_every_answer() -> Context:
    """Return who looks at the page, at which part of the list, and in which shape."""
    visitor = current.visitor()
    return {
        "user": visitor.user,
        "may_edit": visitor.access >= Access.EDITOR,
        "unlocked": visitor.access >= Access.UNLOCKED,
        "is_fragment": htmx.wants_fragment(),
        "view": ListView.from_request(),
    }
