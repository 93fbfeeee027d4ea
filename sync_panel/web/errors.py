"""What went wrong, as an answer: each of the panel's own errors becomes HTTP here, once."""

from flask import Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from sync_panel.guard.access import Access, DeniedError
from sync_panel.rules.problems import Sentence, say
from sync_panel.store.errors import GoneError, NotUsableError, UnavailableError

from . import current, htmx
from .blueprint import blueprint, is_polled
from .draft import keep_draft, sent_fields, shown
from .forms import SignInForm, UnlockForm
from .guarding import ForgedError
from .lock import LOCK_ENDED
from .page import show_dialog

SENTENCES = {
    400: "The request could not be understood, and nothing was changed. Go back to the page and try from there.",
    404: "There is no such page. The address may be mistyped, or what it led to was removed.",
    405: "This address does not take that kind of request. Nothing was changed.",
    413: "What was sent is too large, and nothing was changed. A form here has at most 64 KB.",
    415: "What was sent is not a form of this panel, and nothing was changed.",
    500: "Something went wrong in the panel itself. Try again. If it happens again, "
    "tell whoever looks after this server.",
}


def show_message(status: int, sentence: Sentence) -> Response:
    """Answer with one sentence: into the page's status line for htmx, otherwise as a page."""
    if htmx.wants_fragment():
        html = render_template("sync_panel/_message.html", sentence=sentence, kind="problem")
        return htmx.aim(make_response(html, status), "#status", "innerHTML")
    return make_response(render_template("sync_panel/message.html", sentence=sentence, error=True), status)


@blueprint.errorhandler(DeniedError)
def show_gate(denied: DeniedError) -> Response:
    """Ask for the sign-in or the code that the request lacks, and keep what it brought."""
    if is_polled() and htmx.wants_fragment():
        return htmx.keep(make_response("", 401 if denied.held is Access.ANYBODY else 403))
    if denied.held is Access.ANYBODY:
        form = SignInForm({"draft": keep_draft() if is_post() else ""})
        sent = shown(current.form_path(), sent_fields()) if is_post() else []
        return as_gate(show_dialog("sign_in", 401, form=form, sent=sent))
    if denied.held is Access.VIEWER:
        return show_message(403, say("You may look at these preferences, but not change them. Nothing was changed."))
    form = UnlockForm({"draft": keep_draft() if is_post() else ""})
    return htmx.fire(as_gate(show_dialog("unlock", 403, form=form, is_late=True)), LOCK_ENDED)


def is_post() -> bool:
    """Tell whether the request brought something that is worth keeping; htmx keeps it itself."""
    return request.method == "POST" and not htmx.wants_fragment()


def as_gate(response: Response) -> Response:
    return htmx.aim(response, "#gate", "innerHTML") if htmx.wants_fragment() else response


@blueprint.errorhandler(ForgedError)
def refuse_forged(_error: ForgedError) -> Response:
    return show_message(
        403, say("This form is out of date or came from elsewhere. Nothing was changed. Reload the page and try again.")
    )


@blueprint.errorhandler(UnavailableError)
def show_unavailable(unavailable: UnavailableError) -> Response:
    return show_message(503, unavailable.sentence)


@blueprint.errorhandler(NotUsableError)
def show_not_usable(error: NotUsableError) -> Response:
    """Answer 503 when there is no panel to show; the sentence is for whoever looks after the server."""
    return make_response(render_template("sync_panel/message.html", sentence=str(error), error=True), 503)


@blueprint.errorhandler(GoneError)
def show_gone(_error: GoneError) -> Response:
    return show_message(404, say("This server is not in the list any more; it was removed."))


@blueprint.errorhandler(HTTPException)
def show_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    own_words = error.description if status == 400 and error.description else None  # noqa: PLR2004
    sentence = say("%(words)s", words=own_words) if own_words else say(SENTENCES.get(status, SENTENCES[400]))
    response = show_message(status, sentence)
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


@blueprint.errorhandler(Exception)
def show_unexpected(error: Exception) -> Response:
    """Log what nobody expected, and tell the person no more than that it happened."""
    current_app.logger.error("unexpected error", exc_info=error)
    return show_message(500, say(SENTENCES[500]))
