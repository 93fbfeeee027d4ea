"""A form that came too late: kept, sealed, in the page that asks for what it lacks, and saved after it.

It may lack the sign-in, the code, or a token of the present session: then its person says whether they sent it.

Only a page without JavaScript needs it; htmx leaves the form where it is and sends it again. The
page shows what waits, so that nobody saves what they have not seen; the password in it is why it is
sealed: nothing typed is lost, and nothing secret is in the page.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import cast
from urllib.parse import urlsplit

from flask import Response, current_app, request, session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, HiddenField, PasswordField

from sync_panel.guard.access import Access, DeniedError
from sync_panel.guard.unlock import NOBODY
from sync_panel.rules.problems import RefusedError, Sentence, say
from sync_panel.store.errors import GoneError
from sync_panel.store.partners import get_partner
from sync_panel.store.refusals import refusals_of

from . import current, htmx
from .blueprint import needed_by
from .current import USER
from .forms import ConfirmForm
from .guarding import keep_unlocked
from .page import show_dialog
from .twice import again
from .versioned import PanelForm, VersionedForm, is_number

NOT_KEPT = {"csrf_token", "draft"}
IN_NO_FORM = {
    "server": say("Remove"),
    "which": say("Go on with"),
    "address": say("Address"),
    "host": say("Leave the name"),
    "found": say("Certificate fingerprint"),
    "joiner": say("Dismiss"),
}
WITHOUT_FIELDS = {
    "undo_removal": (say("Undo"), say("What was removed last is put back.")),
    "sign_out": (say("Sign out"), say("This browser is signed out.")),
    "lock": (say("Lock now"), say("The preferences are locked.")),
    "extend_unlock": (say("Keep unlocked"), say("The preferences stay unlocked.")),
    "dismiss_notice": (say("Dismiss"), say("The notice goes.")),
    "sync_now": (say("Sync now"), say("The primary is asked at once.")),
    "check_partner": (say("Check"), say("A server of the list is asked.")),
}
Fields = Sequence[tuple[str, str]]
Shown = list[tuple[Sentence, Sentence]]


def sent_fields() -> Fields:
    return [(name, text) for name, text in current.form().items(multi=True) if name not in NOT_KEPT]


def keep_draft() -> str:
    """Return the request's form, sealed for a hidden field; or the draft that waits for what the request brought."""
    if sealed := passed_on():
        return sealed
    current.remember_browser()
    user = str(session.get(USER, NOBODY))
    return current.panel().drafts.keep(current.form_path(), sent_fields(), current.browser(), user)


def passed_on() -> str:
    """Return the draft that came with the request's form, itself the answer to a question about that draft."""
    sealed = current.form().get("draft", "")
    return sealed if current.panel().drafts.open(sealed, current.browser()) else ""


def waiting(sealed: str | None) -> Shown:
    """Return what a draft of this browser would save, for its page to show; nothing for anything else."""
    draft = current.panel().drafts.open(sealed or "", current.browser())
    return shown(draft.path, draft.fields) if draft else []


def ask_to_confirm(draft: str) -> Response:
    """Ask whether the visitor sent what came without a token of the present session; htmx has it in the page."""
    return show_dialog("confirm", 403, form=ConfirmForm({"draft": "" if htmx.wants_fragment() else draft}))


def resume_draft(sealed: str, *, is_confirmed: bool = False) -> AnyResponse | None:
    """Do what a draft of this browser asked for, as the visitor of this request; None when there is no such draft.

    One that may not be saved any more is shown, so that nothing typed is lost.
    """
    drafts, visitor = current.panel().drafts, current.visitor()
    if (draft := drafts.open(sealed, current.browser())) is None or visitor.user is None:
        return None
    current.resume_with(MultiDict(list(draft.fields)), draft.path)
    try:
        drafts.take(draft, visitor.user.name)
    except RefusedError as refused:
        return again() or show_dialog("not_saved", 409, sentence=refused.sentence, sent=shown(draft.path, draft.fields))
    if (view := view_of(draft.path)) is None:
        return None
    called, arguments = view
    if (held := visitor.access) < (needed := needed_by(called)):
        raise DeniedError(needed, held)
    if draft.user == NOBODY and not is_confirmed:
        return ask_to_confirm(keep_draft())
    if needed is Access.UNLOCKED:
        keep_unlocked()
    return called(**arguments)


def view_of(path: str) -> "tuple[Callable[..., AnyResponse], dict[str, object]] | None":
    try:
        endpoint, arguments = current_app.url_map.bind_to_environ(request).match(urlsplit(path).path, method="POST")
    except HTTPException:
        return None
    return cast("Callable[..., AnyResponse]", current_app.view_functions[endpoint]), dict(arguments)


def shown(path: str, fields: Fields) -> Shown:
    """Return what was sent as a page may show it: each visible field by its label, a secret by its name only."""
    known = {field.name: field for form in every_form(PanelForm) for field in form({})}
    view = view_of(path)
    alone = WITHOUT_FIELDS.get(view[0].__name__) if view else None
    return [alone] if alone else list(shown_fields(known, fields))


def shown_fields(known: dict[str, Field], fields: Fields) -> Iterable[tuple[Sentence, Sentence]]:
    for name, text in fields:
        field = known.get(name)
        if isinstance(field, HiddenField):
            continue
        label = field.label.text if field else IN_NO_FORM.get(name, as_sent(name))
        if isinstance(field, PasswordField):
            if text:
                yield label, say("what you typed, which is not shown")
        else:
            named = NAMED.get(name)
            yield label, named(text) if named else as_sent(text or "–")


def as_sent(text: str) -> Sentence:
    """Return what somebody typed, which is no template."""
    return say("%(text)s", text=text)


def server_named(chosen: str) -> Sentence:
    """Return which server a tick stands for, to those who may see the list."""
    number = chosen.partition(".")[0]
    if current.visitor().access >= Access.VIEWER and is_number(number):
        try:
            with current.panel().database.reading() as db:
                return as_sent(str(get_partner(db, int(number)).partner))
        except GoneError:
            pass
    return say("a server of the list")


def joiner_named(token: str) -> Sentence:
    """Return which site asked to join, to those who may see the page."""
    if current.visitor().access >= Access.VIEWER:
        with current.panel().database.reading() as db:
            for each in refusals_of(db):
                if each.token == token:
                    return as_sent(str(each.who))
    return say("a site that asked to join")


NAMED: dict[str, Callable[[str], Sentence]] = {"server": server_named, "joiner": joiner_named}


def every_form(form: type[PanelForm]) -> Iterable[type[PanelForm]]:
    for made in form.__subclasses__():
        if made is not VersionedForm:
            yield made
        yield from every_form(made)
