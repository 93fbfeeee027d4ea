"""What partners ask of this site, under /link/v1: JSON, HTTP Basic, no session, no cookie, no token.

openapi.json in sync_panel/link describes it; problem details are those of RFC 9457.
"""

import json
from functools import cache
from http import HTTPStatus
from importlib.resources import files

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from sync_panel.guard.partner import Credentials, WrongPartnerLoginError
from sync_panel.guard.throttle import TooManyError
from sync_panel.link.answering import CopiedError, NotListedError, OtherValuesError, answer_contact, answer_site
from sync_panel.link.messages import parse_contact, read_json, signature, site_json
from sync_panel.rules.problems import InvalidError, RefusedError
from sync_panel.rules.sync_id import Role, parse_sync_id
from sync_panel.store.contacts import contact_of
from sync_panel.store.database import Connection
from sync_panel.store.errors import NotUsableError, UnavailableError
from sync_panel.store.partners import all_partners
from sync_panel.store.site import load_site

from . import current
from .errors import show_http_error
from .guarding import LONGEST_BODY

PREFIX = "/link/v1"
PUBLIC = {"sync_panel_link.describe"}

link_blueprint = Blueprint("sync_panel_link", __name__, url_prefix=PREFIX)


class ProblemError(Exception):
    """A request that is refused: `code` is for programs, the text for people."""

    def __init__(self, status: int, code: str, detail: str, **members: object) -> None:
        self.status, self.code, self.members = status, code, members
        super().__init__(detail)


@link_blueprint.get("/openapi.json")
def describe() -> Response:
    """Describe what can be asked."""
    return jsonify(description())


@link_blueprint.get("/site")
def tell_site() -> Response:
    """Tell who this site is, and how it lists the one that asks; nothing changes."""
    sync_id = asked_sync_id()
    with current.panel().database.reading() as db:
        return jsonify(site_json(answer_site(db, sync_id, current.panel().clock.now())))


@link_blueprint.post("/contact")
def take_contact() -> Response:
    """Note a satellite's request, and answer it."""
    if request.mimetype != "application/json":
        raise ProblemError(415, "not-json", "Send the request as application/json.")
    if not (read := read_json(request.get_data())):
        raise ProblemError(400, "not-json", "The body is no JSON object.")
    message, refused = parse_contact(read), None
    with current.panel().database.writing() as db:
        try:
            answer = answer_contact(db, message, current.address(), current.panel().clock.now())
        except (NotListedError, OtherValuesError, CopiedError) as error:
            refused = error  # raised again below: what was noted of it stays
    if refused:
        raise refused
    return jsonify(site_json(answer))


@cache
def description() -> dict[str, object]:
    """Return the OpenAPI description, with the version that runs."""
    read: dict[str, dict[str, object]] = json.loads(files("sync_panel.link").joinpath("openapi.json").read_bytes())
    read["info"]["version"] = str(signature()["version"])
    return dict(read)


@link_blueprint.before_request
def guard_link() -> None:
    """Let a request through when it is bounded, this site is synced, and the login is right."""
    request.max_content_length = LONGEST_BODY + 1  # Werkzeug cuts a body without a length here, and says nothing
    if len(request.get_data()) > LONGEST_BODY:
        raise ProblemError(413, "too-large", "A request has at most 64 KiB.")
    if request.endpoint in PUBLIC:
        return
    with current.panel().database.reading() as db:
        site, password = load_site(db), current.panel().shared_password(db)
        source, is_known = source_of_request(db)
    if site.role is Role.STAND_ALONE:
        raise ProblemError(503, "stand-alone", "This site is stand-alone: it has no Sync ID.")
    if password is None:
        raise ProblemError(503, "no-password", "This site cannot read its own password. It must be entered anew.")
    sent = request.authorization
    if sent is None or sent.username is None or sent.password is None:
        raise WrongPartnerLoginError
    expected = Credentials(site.parameters.user_name or "", password)
    current.panel().partner_login.verify(Credentials(sent.username, sent.password), expected, source, is_known=is_known)


def source_of_request(db: Connection) -> tuple[str, bool]:
    """Return whose failed logins count together, and whether that partner has asked from there before.

    Only a listed Sync ID counts apart from others at its address: otherwise a guesser would name a new
    one each time.
    """
    claimed = request.args.get("sync_id") or read_json(request.get_data()).get("sync_id")
    named = str(claimed) if isinstance(claimed, int | str) else ""
    listed = next((other for other in all_partners(db) if str(other.partner.sync_id) == named), None)
    if listed is None:
        return current.address(), False
    known = contact_of(db, listed.partner.sync_id).known
    return f"{current.address()} {listed.partner.sync_id}", bool(known and known.address == current.address())


def asked_sync_id() -> int:
    """Return the Sync ID of the query. Raise ProblemError."""
    sent = request.args.getlist("sync_id")
    try:
        return parse_sync_id(sent[0] if len(sent) == 1 else "")
    except RefusedError as refused:
        raise ProblemError(422, "invalid", "The query needs one sync_id.", errors=[told("sync_id", refused)]) from None


def told(member: str, refused: object) -> dict[str, str]:
    """Return what is wrong with one member."""
    return {"member": member, "detail": str(refused)}


def problem(status: int, code: str, detail: str, **members: object) -> Response:
    """Answer with problem details, which also say which product this is."""
    response = jsonify(
        type=f"urn:sync-panel:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        **signature(),
        **members,
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


@link_blueprint.errorhandler(ProblemError)
def show_problem(error: ProblemError) -> Response:
    """Answer with a problem."""
    return problem(error.status, error.code, str(error), **error.members)


@link_blueprint.errorhandler(WrongPartnerLoginError)
def refuse_login(_error: WrongPartnerLoginError) -> Response:
    """Answer 401, also to a first request that brings no login to see what answers."""
    response = problem(401, "login", "The user name and the password that all servers share are needed.")
    response.headers["WWW-Authenticate"] = 'Basic realm="Sync Panel link", charset="UTF-8"'
    return response


@link_blueprint.errorhandler(TooManyError)
def make_wait(error: TooManyError) -> Response:
    """Answer 429 with the wait."""
    response = problem(429, "too-many", f"Too many failed logins. Wait {error.seconds} seconds.")
    response.headers["Retry-After"] = str(error.seconds)
    return response


@link_blueprint.errorhandler(InvalidError)
def refuse_invalid(error: InvalidError) -> Response:
    """Answer 422 with what is wrong with each member."""
    errors = [told(wrong.field, wrong.sentence) for wrong in error.problems]
    return problem(422, "invalid", "The request has wrong values.", errors=errors)


@link_blueprint.errorhandler(NotListedError)
def refuse_unlisted(_error: NotListedError) -> Response:
    """Answer 403."""
    return problem(403, "not-listed", "This site does not list the one that asks.")


@link_blueprint.errorhandler(OtherValuesError)
def refuse_other_values(error: OtherValuesError) -> Response:
    """Answer 409 with the values of both sides."""
    detail = "The site that asks is listed with other values."
    return problem(409, "other-values", detail, sent=error.sent, listed=error.listed)


@link_blueprint.errorhandler(CopiedError)
def refuse_copied(_error: CopiedError) -> Response:
    """Answer 409 until an editor has chosen."""
    return problem(409, "copied", "Two servers ask under this Sync ID. An editor must choose which goes on.")


@link_blueprint.errorhandler(UnavailableError)
@link_blueprint.errorhandler(NotUsableError)
def show_unavailable(_error: Exception) -> Response:
    """Answer 503 when the database cannot be used; why is for this site's own people."""
    return problem(503, "unavailable", "This site cannot answer now.")


@link_blueprint.errorhandler(Exception)
def show_unexpected(error: Exception) -> Response:
    """Log what nobody expected."""
    current_app.logger.error("unexpected error", exc_info=error)
    return problem(500, "error", "Something went wrong in this panel itself.")


@link_blueprint.errorhandler(HTTPException)
def show_http_problem(error: HTTPException) -> Response:
    """Answer any other refusal as problem details."""
    response = problem(error.code or 500, "refused", "There is nothing of that kind under this address.")
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def show_http_error_anywhere(error: HTTPException) -> Response:
    """Answer what no view was found for: under /link as problem details, otherwise in the panel's words."""
    is_link = f"{request.path}/".startswith(f"{PREFIX}/")
    return show_http_problem(error) if is_link else show_http_error(error)
