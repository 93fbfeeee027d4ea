"""Signing in and out."""

from dataclasses import replace

from flask import redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.guard.sign_in import WrongSignInError
from sync_panel.guard.throttle import TooManyError
from sync_panel.rules.problems import say
from sync_panel.store.errors import UnavailableError

from . import current
from .blueprint import PAGE, blueprint, needs
from .current import FORM_SECRET, TOKEN, USER, Visitor
from .draft import resume_draft
from .forms import ConfirmForm, SignInForm
from .lock import CLOSE_GATE, RETRY, show_again
from .page import done, show_dialog, tell

SIGNED_IN, SIGNED_OUT = "signed-in", "signed-out"
TOO_MANY = say(
    "Too many failed tries. Wait %(time)s, then try again. "
    "Whoever looks after this server can let you in at once; your address is %(address)s."
)


@blueprint.get("/sign-in")
@needs(Access.ANYBODY)
def show_sign_in() -> AnyResponse:
    """Show the sign-in form, or the page to somebody who is signed in."""
    if current.visitor().user:
        return redirect(url_for(".show_page"))
    return show_dialog("sign_in", form=SignInForm({}))


@blueprint.post("/sign-in")
@needs(Access.ANYBODY)
def sign_in() -> AnyResponse:
    """Sign a browser in, and save the draft that waited for it."""
    form, address = SignInForm(), current.address()
    name, password = form.user_name.data or "", form.password.data or ""
    try:
        token = current.panel().sign_ins.sign_in(name, password, address, current.browser())
    except WrongSignInError:
        form.banner = say("The user name or the password is wrong. Check both and try again.")
        return show_dialog("sign_in", 422, form=form)
    except (TooManyError, UnavailableError) as error:
        return show_again("sign_in", form, error, replace(TOO_MANY, values={"address": address}))
    before = dict(session)
    leave_present_sign_in()
    session[TOKEN] = token
    visitor = current.recognise()
    current.set_visitor(visitor)
    session[USER] = visitor.user.name if visitor.user else ""
    if before.get(USER) == session[USER] and FORM_SECRET in before:
        session[FORM_SECRET] = before[FORM_SECRET]  # what they have open in other tabs goes on
    current.remember_browser()
    resumed = resume_draft(form.draft.data or "")
    return resumed or done(say("You are signed in."), "who", events=(CLOSE_GATE, RETRY), holds=SIGNED_IN)


@blueprint.post(f"{PAGE}/confirm")
@needs(Access.VIEWER)
def confirm() -> AnyResponse:
    """Do what the visitor was shown and says they sent; htmx has it in the page, and sends it with a token of today."""
    resumed = resume_draft(ConfirmForm().draft.data or "", is_confirmed=True)
    return resumed or done(say("You are signed in."), "who", events=(CLOSE_GATE, RETRY), holds=SIGNED_IN)


@blueprint.post("/sign-out")
@needs(Access.ANYBODY)
def sign_out() -> AnyResponse:
    """Sign a browser out: its sign-in and its unlock end on the server too.

    Whose it was stays known: a form that is still open in another tab belongs to them.
    """
    last = {name: session[name] for name in (TOKEN, USER, FORM_SECRET) if name in session}
    leave_present_sign_in()
    session.update(last)
    tell(say("You are signed out."), holds=SIGNED_OUT)
    return redirect(url_for(".show_sign_in"), 303)


def leave_present_sign_in() -> None:
    """End the sign-in that the browser brought, if any."""
    token = current.visitor().token
    if token:
        current.panel().unlocks.end(token)
        current.panel().sign_ins.sign_out(token)
    session.clear()
    current.set_visitor(Visitor())
