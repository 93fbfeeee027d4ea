"""Removing servers from the list: asking first, doing it, and taking the last removal back."""

from collections.abc import Sequence

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.problems import InvalidError, Sentence, say
from sync_panel.rules.sync_with import named
from sync_panel.store import partners as store
from sync_panel.store.errors import GoneError, StaleError, UnavailableError

from . import current
from .blueprint import blueprint, needs
from .errors import show_message
from .lock import keep_unlocked
from .page import done, show_dialog
from .partners import CLOSE_DIALOG, LIST, WITH_THE_LIST, role

LONGEST_CHOICE = 24  # characters of "row.version"


@blueprint.get(f"{LIST}/remove")
@needs(Access.UNLOCKED)
def ask_before_removal() -> Response:
    """Name the ticked servers, and what stops when they are removed."""
    return ask(chosen(request.args.getlist("server")))


@blueprint.post(f"{LIST}/remove")
@needs(Access.UNLOCKED)
def remove_partners() -> AnyResponse:
    """Remove the servers that were named."""
    selection = chosen(current.form().getlist("server"))
    keep_unlocked()
    if not selection:
        return ask(selection)
    try:
        with current.panel().database.changing() as db:
            removed = store.remove_partners(db, selection)
    except (StaleError, GoneError):
        sentence = say("Somebody else changed these servers meanwhile. Nothing was removed. Look again.")
        return ask(selection, 409, sentence)
    except UnavailableError as unavailable:
        return ask(selection, 503, unavailable.sentence)
    return done(say("Removed: %(servers)s.", servers=named(removed)), *WITH_THE_LIST, events=(CLOSE_DIALOG,))


@blueprint.post(f"{LIST}/undo")
@needs(Access.UNLOCKED)
def undo_removal() -> AnyResponse:
    """Bring back what the last removal took away."""
    keep_unlocked()
    try:
        with current.panel().database.changing() as db:
            back = store.undo_removal(db)
    except InvalidError as invalid:
        reason = str(invalid.problems[0].sentence)
        return show_message(409, say("The removal cannot be undone as the list is now. %(reason)s", reason=reason))
    return done(say("Back in the list: %(servers)s.", servers=named(back)), *WITH_THE_LIST)


def ask(selection: Sequence[tuple[int, int]], status: int = 200, banner: Sentence | None = None) -> Response:
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


def is_number(text: str) -> bool:
    """Tell whether a text is a whole number that SQLite can hold."""
    return text.isascii() and text.isdigit() and len(text) <= 10  # noqa: PLR2004
