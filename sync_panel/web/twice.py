"""A form that comes twice, since its answer was lost or somebody pressed twice: it is done once, and said to be done.

What it would change decides first, and a form that knows its version is merged with what is kept (forms.py). Where a
form without a version is refused because of what was changed meanwhile, it may have been this form that changed it.
"""

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.rules.problems import say
from sync_panel.store.errors import UnavailableError

from . import current, guarding  # noqa: F401  # whose hooks come first, and last again
from .blueprint import blueprint
from .page import done

MEANWHILE = {404, 409, 422}  # how what was changed meanwhile is refused


@blueprint.before_request
def begin() -> None:
    current.begin_form()


@blueprint.after_request
def answer_again(response: Response) -> AnyResponse:
    """Answer a form without a version that came before as it was answered then."""
    if current.is_done() or response.status_code not in MEANWHILE or current.form().get("version", "0") != "0":
        return response
    try:
        return again() or response
    except UnavailableError:
        return response


def again() -> AnyResponse | None:
    """Return the answer to the same form that was done before; None when there was none."""
    outcome, is_same = current.done_before()
    if outcome is None or not is_same:
        return None
    said, regions, events, holds = outcome.said
    try:
        return done(say("%(said)s It was sent twice, and done once.", said=said), *regions, events=events, holds=holds)
    finally:
        current.note_done(None)  # the first time is what is known of it


@blueprint.teardown_request
def end(_error: BaseException | None) -> None:
    current.end_forms()
