"""Sites that are not listed and asked with the right login: adding one, or dismissing it."""

from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.partner import Identity
from sync_panel.rules.problems import say
from sync_panel.store import refusals

from . import current
from .blueprint import PAGE, blueprint, needs
from .errors import show_message
from .page import done

NOT_AS_SHOWN = say("This site was added or dismissed meanwhile, or asks with other values now. Nothing was changed.")


def joiner_of(token: str) -> refusals.Refusal | None:
    """Return who asked to join, by what stands for it in a form; None when it says otherwise by now."""
    with current.panel().database.reading() as db:
        return next((each for each in refusals.refusals_of(db) if each.token == token), None)


def as_fields(who: Identity) -> dict[str, object]:
    return {**vars(who), "url": who.url or "", "version": 0}


@blueprint.post(f"{PAGE}/joiners/dismiss")
@needs(Access.UNLOCKED)
def dismiss_joiner() -> AnyResponse:
    """Let a site be shown no more, until it asks with other values."""
    with current.panel().database.writing() as db:
        who = refusals.dismiss(db, current.form().get("joiner", ""))
    if who is None:
        return show_message(409, NOT_AS_SHOWN)
    return done(say("%(server)s is dismissed. It is shown again when it asks with other values.", server=who), "link")
