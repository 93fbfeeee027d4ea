"""The present request's panel, visitor and form. Only this module reads `flask.g` and the extension."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import cast

from flask import abort, current_app, g, request, session
from werkzeug.datastructures import MultiDict

from sync_panel.guard.access import Access, access_of
from sync_panel.guard.outcomes import Outcome, Sent
from sync_panel.guard.unlock import Unlock
from sync_panel.panel import Panel
from sync_panel.rules.url import DEFAULT_PORTS
from sync_panel.store.errors import NotUsableError, UnavailableError
from sync_panel.store.users import User

from .blueprint import is_polled

EXTENSION = "sync_panel"
TOKEN = "sync_panel_token"  # noqa: S105  # the name under which the session keeps it
LONGEST_BODY = 64 * 1024  # bytes
PORT = re.compile(r":([0-9]{1,5})$", re.ASCII)
LONGEST_NUMBER = 64  # characters of a form's once-only number
NOT_TYPED = {"csrf_token", "draft"}

USER = "sync_panel_user"  # whose sign-in that is, or was: it outlives the sign-in
FORM_SECRET = "csrf_token"  # noqa: S105  # where Flask-WTF keeps in a session what its forms' tokens are made of


@dataclass(frozen=True)
class Visitor:
    """Who asks: `token` is the browser's sign-in, `unlock` its live unlock."""

    token: str = ""
    user: User | None = None
    unlock: Unlock | None = None

    @property
    def user_id(self) -> int:
        return self.user.id if self.user else 0

    @property
    def access(self) -> Access:
        return access_of(
            signed_in=self.user is not None,
            may_edit=self.user is not None and self.user.may_edit,
            unlocked=self.unlock is not None,
        )


def try_panel() -> Panel | NotUsableError | UnavailableError:
    """Return the open panel, or what its data folder could not be opened for."""
    return cast("Panel | NotUsableError | UnavailableError", current_app.extensions[EXTENSION])


def panel() -> Panel:
    """Return the open panel. Raise what its data folder could not be opened for."""
    opened = try_panel()
    if isinstance(opened, NotUsableError | UnavailableError):
        raise opened
    return opened


def visitor() -> Visitor:
    if "sync_panel_visitor" not in g:
        g.sync_panel_visitor = recognise()
    return cast("Visitor", g.sync_panel_visitor)


def recognise() -> Visitor:
    """Read the visitor from the session and the unlock cookie; what is not proven does not count."""
    token = str(session.get(TOKEN, ""))
    user = panel().sign_ins.user(token, is_use=not is_polled()) if token else None
    if user is None:
        return Visitor()
    got_in()
    cookie = request.cookies.get(unlock_cookie(), "")
    unlock = panel().unlocks.from_cookie(cookie, token, generation(panel().code.generation(), user)) if cookie else None
    return Visitor(token, user, unlock if user.may_edit else None)


def generation(code: int, user: User | None) -> str:
    """Return what an unlock belongs to: this generation of the code, and of the user's rights."""
    return f"{code}.{user.id}.{user.generation}" if user else ""


def set_visitor(new: Visitor) -> None:
    """Go on with the request as this visitor; the answer carries the cookie of the unlock, or ends it."""
    g.sync_panel_visitor = new
    g.sync_panel_unlock_changed = True


def came_by_url(name: str) -> None:
    """Note that this server knows the name by which the request came from its own URL only."""
    g.sync_panel_name = name


def got_in() -> None:
    """Note that the request brought a sign-in, or the login of a partner."""
    g.sync_panel_got_in = True


def name_in_use() -> str | None:
    """Return the name by which somebody got in, where nothing but the site's URL says it."""
    return cast("str | None", g.get("sync_panel_name")) if g.get("sync_panel_got_in") else None


def cookie_name(name: str) -> str:
    """Return a cookie's name at the present scheme and port, which browsers do not tell apart by themselves.

    They let no plain HTTP page replace a Secure cookie, at whatever port (RFC 6265bis, "Storage Model"): under one
    name for both, whoever came by HTTPS once could not sign in by HTTP any more.
    """
    port = PORT.search(request.host)
    if request.is_secure:
        return f"__Host-{name}_{port[1] if port else DEFAULT_PORTS['https']}"
    return f"{name}_{port[1] if port else DEFAULT_PORTS['http']}"


def unlock_cookie() -> str:
    return cookie_name(f"sync_panel_unlock_{panel().mark}")


def browser_cookie() -> str:
    return cookie_name(f"sync_panel_browser_{panel().mark}")


def browser() -> str:
    """Return the number of the browser that asks, a new one where it brings none of ours."""
    if "sync_panel_browser" not in g:
        g.sync_panel_browser = panel().browsers.from_cookie(request.cookies.get(browser_cookie(), ""))
    return str(g.sync_panel_browser)


def remember_browser() -> None:
    """Let the answer carry the cookie by which the browser is known, also after signing out."""
    browser()
    g.sync_panel_browser_kept = True


def is_browser_kept() -> bool:
    return bool(g.get("sync_panel_browser_kept", default=False))


def unlock_changed() -> bool:
    return bool(g.get("sync_panel_unlock_changed", default=False))


def form() -> MultiDict[str, str]:
    return cast("MultiDict[str, str]", g.get("sync_panel_draft", default=request.form))


def form_path() -> str:
    """Return the address that the form was sent to, the draft's own where one is being resumed."""
    return str(g.get("sync_panel_draft_path", default=request.full_path))


def resume_with(draft: MultiDict[str, str], path: str) -> None:
    """Let the views of this request read the draft in place of the request's form."""
    g.sync_panel_draft, g.sync_panel_draft_path = draft, path
    begin_form()


def begin_form() -> None:
    """Note that the form of this request begins, or the draft that it resumes, where it carries a once-only number."""
    number = form().get("once", "")
    if request.method != "POST" or not 0 < len(number) <= LONGEST_NUMBER:
        return
    fields = sorted(item for item in form().items(multi=True) if item[0] not in NOT_TYPED)
    content = hashlib.sha256(json.dumps(fields).encode("ascii")).hexdigest()
    sent = Sent(visitor().user_id, form_path().partition("?")[0], number, content)
    g.sync_panel_sent = [*g.get("sync_panel_sent", []), sent]
    panel().outcomes.begin(sent)


def end_forms() -> None:
    """Note that what began has ended, and with what."""
    for sent in g.pop("sync_panel_sent", []):
        panel().outcomes.end(sent, g.get("sync_panel_done"), g.get("sync_panel_saved", ""))


def note_done(said: object) -> None:
    """Note what is said of the form of this request, which was done."""
    g.sync_panel_done = said


def note_saved(base: str) -> None:
    """Note what the form of this request held, which was saved."""
    g.sync_panel_saved = base


def is_done() -> bool:
    return g.get("sync_panel_done") is not None


def done_before() -> tuple[Outcome | None, bool]:
    """Return what the form of this request did when it came before, and whether it held the same then.

    Waits for one of the same that is under way, so that nobody may hold the database here.
    """
    sent = g.get("sync_panel_sent", [])
    outcome = panel().outcomes.before(sent[-1]) if sent else None
    return outcome, outcome is not None and outcome.sent.is_as(sent[-1])


def refuse_large() -> None:
    """Answer 413 to a body that is larger than any of ours."""
    request.max_content_length = LONGEST_BODY + 1  # Werkzeug cuts a body without a length here, and says nothing
    if (request.content_length or 0) > LONGEST_BODY or len(request.get_data()) > LONGEST_BODY:
        abort(413)


def address() -> str:
    return request.remote_addr or "unknown"
