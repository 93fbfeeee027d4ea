"""The lock bar: un-locking with the authorisation code, staying unlocked, locking."""

from dataclasses import replace

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.guard.code import WrongCodeError
from sync_panel.guard.throttle import TooManyError
from sync_panel.rules.problems import Problem, Sentence, say
from sync_panel.store.errors import UnavailableError

from . import current, htmx
from .blueprint import PAGE, blueprint, needs
from .draft import resume_draft
from .forms import UnlockForm
from .page import Context, Stored, done, region, show, show_dialog
from .versioned import PanelForm
from .words import in_words

CLOSE_GATE, RETRY, LOCKED, UNLOCKED = "close-gate", "retry", "locked", "unlocked"
LOCK_ENDED = "lock-ended"  # elsewhere: a bar that still counts down asks what holds


@region("lock_bar")
def lock_bar(_stored: Stored) -> Context:
    unlock = current.visitor().unlock
    return {"seconds_left": current.panel().unlocks.seconds_left(unlock) if unlock else 0}


@blueprint.get(f"{PAGE}/lock")
@needs(Access.VIEWER, polled=True)
def show_lock() -> Response:
    response = show("lock_bar")
    return response if current.visitor().unlock else htmx.fire(response, LOCKED)


@blueprint.get(f"{PAGE}/unlock")
@needs(Access.EDITOR)
def show_unlock() -> Response:
    return show_dialog("unlock", form=UnlockForm({}))


@blueprint.post(f"{PAGE}/unlock")
@needs(Access.EDITOR)
def unlock() -> AnyResponse:
    """Unlock the protected preferences, and save the draft that waited for it."""
    form, panel, visitor = UnlockForm(), current.panel(), current.visitor()
    try:
        code = panel.code.verify(form.code.data or "", current.address(), visitor.user_id)
    except WrongCodeError:
        sentence = say("This is not the authorisation code. Nothing was unlocked. Check it and try again.")
        form.show((Problem("code", sentence),))
        return show_dialog("unlock", 422, form=form)
    except (TooManyError, UnavailableError) as error:
        return show_again("unlock", form, error, say("Too many wrong codes. Wait %(time)s, then try again."))
    unlock = panel.unlocks.begin(visitor.token, current.generation(code, visitor.user))
    current.set_visitor(replace(visitor, unlock=unlock))
    resumed = resume_draft(form.draft.data or "")
    said = say("The preferences are unlocked.")
    return resumed or done(said, "who", events=(CLOSE_GATE, UNLOCKED, RETRY), holds=UNLOCKED)


def show_again(fragment: str, form: PanelForm, error: TooManyError | UnavailableError, wait: Sentence) -> Response:
    """Show the question again, with how long to wait, or why no answer can be checked now."""
    if isinstance(error, UnavailableError):
        form.banner = error.sentence
        return show_dialog(fragment, 503, form=form)
    form.banner = replace(wait, values={**wait.values, "time": in_words(error.seconds)})
    response = show_dialog(fragment, 429, form=form)
    response.headers["Retry-After"] = str(error.seconds)
    return response


@blueprint.post(f"{PAGE}/keep-unlocked")
@needs(Access.UNLOCKED)
def extend_unlock() -> AnyResponse:
    return done(say("The preferences stay unlocked."), holds=UNLOCKED)


@blueprint.post(f"{PAGE}/lock")
@needs(Access.EDITOR)
def lock() -> AnyResponse:
    visitor = current.visitor()
    current.panel().unlocks.end(visitor.token)
    current.set_visitor(replace(visitor, unlock=None))
    return done(say("The preferences are locked."), events=(LOCKED,), holds=LOCKED)
