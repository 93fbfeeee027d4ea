"""What went wrong, as an answer: each of the panel's own errors becomes HTTP here, once."""

from flask import Response, current_app, make_response, render_template, request, session
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from sync_panel.guard.access import Access, DeniedError
from sync_panel.rules.problems import Sentence, say
from sync_panel.rules.text import trim
from sync_panel.store.errors import GoneError, NotUsableError, UnavailableError

from . import current, htmx
from .blueprint import blueprint, is_polled
from .draft import ask_to_confirm, keep_draft, passed_on
from .forms import SignInForm, UnlockForm
from .guarding import ForgedError, StaleFormError
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
        return as_gate(show_dialog("sign_in", 401, form=form))
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
        403, say("This came from elsewhere. Nothing was changed. Open the page of the preferences and do it there.")
    )


@blueprint.errorhandler(StaleFormError)
def ask_again(_error: StaleFormError) -> Response:
    """Ask the person at this browser about a form that its present session did not make; the answer has a new token.

    A password or a code is asked for again, since no page keeps it; everything else is shown, and done if they say so.
    """
    user, endpoint = current.visitor().user, str(request.endpoint).rpartition(".")[2]
    if endpoint == "unlock":
        return as_gate(show_dialog("unlock", 403, form=asked_again(UnlockForm)))
    if endpoint == "sign_in" and (user is None or user.name != trim(current.form().get("user_name", ""))):
        return as_gate(show_dialog("sign_in", 403, form=asked_again(SignInForm)))
    if user is None:  # who signs out, and is
        return as_gate(show_dialog("sign_in", 403, form=SignInForm({})))
    return as_gate(ask_to_confirm(passed_on() if endpoint == "sign_in" else keep_draft()))


def asked_again(kind: type[SignInForm | UnlockForm]) -> SignInForm | UnlockForm:
    """Return a question anew, with what waits for its answer."""
    form = kind({"draft": passed_on(), "user_name": current.form().get("user_name", "")})
    if session:
        form.banner = say(
            "This page was opened before the browser's present sign-in, so what you entered did not count yet. "
            "Enter it again."
        )
    else:
        form.banner = say(
            "The browser brought no cookie of this panel, so what you entered did not count yet. Enter it again; if "
            "this comes back, let the browser keep cookies for this address."
        )
    return form


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
