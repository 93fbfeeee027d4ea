"""What partners ask of this site, under /link/v1: JSON, HTTP Basic, no session, no cookie, no token.

openapi.json in sync_panel/link describes it. Refusals are problem details (RFC 9457).
"""

import json
from functools import cache
from http import HTTPStatus
from importlib.resources import files

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from sync_panel.guard.link_login import Asker, Credentials, WrongPartnerLoginError
from sync_panel.guard.throttle import TooManyError, place_of
from sync_panel.link.answering import (
    ProblemError,
    answer_contact,
    answer_site,
)
from sync_panel.link.messages import parse_contact, read_json, signature, site_json
from sync_panel.rules.problems import InvalidError, Problem, RefusedError
from sync_panel.rules.sync_id import Role, parse_sync_id
from sync_panel.store.contacts import addresses_of_callers, contact_of
from sync_panel.store.database import Connection
from sync_panel.store.errors import NotUsableError, UnavailableError
from sync_panel.store.site import load_site
from sync_panel.store.users import is_place_of

from . import current

PREFIX = "/link/v1"
PUBLIC = {"sync_panel_link.describe"}
REFUSALS = {
    404: ("refused", "There is nothing under this address."),
    405: ("refused", "This address does not take that kind of request."),
    413: ("too-large", "A request has at most 64 KiB."),
}

link_blueprint = Blueprint("sync_panel_link", __name__, url_prefix=PREFIX)


@link_blueprint.get("/openapi.json")
def describe() -> Response:
    return jsonify(description())


@link_blueprint.get("/site")
def tell_site() -> Response:
    """Tell who this site is, and how it lists the one that asks; nothing changes."""
    sync_id = asked_sync_id()
    with current.panel().database.reading() as db:
        return jsonify(site_json(answer_site(db, sync_id, current.panel().clock.now())))


@link_blueprint.post("/contact")
def take_contact() -> Response:
    if request.mimetype != "application/json":
        raise ProblemError(415, "not-json", "Send the request as application/json.")
    if not (read := read_json(request.get_data())):
        raise ProblemError(400, "not-json", "The body is no JSON object.")
    message = parse_contact(read)
    with current.panel().database.writing() as db:
        answer = answer_contact(db, message, current.address(), current.panel().clock.now())
    if isinstance(answer, ProblemError):
        raise answer
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
    current.refuse_large()
    if request.endpoint in PUBLIC:
        return
    with current.panel().database.reading() as db:
        site = load_site(db)
        asker = asker_of_request(db)
    if site.role is Role.STAND_ALONE:
        raise ProblemError(503, "stand-alone", "This site is stand-alone: it has no Sync ID.")
    if (password := current.panel().shared_password(site)) is None:
        raise ProblemError(503, "no-password", "This site cannot read its own password. It must be entered anew.")
    if (sent := sent_credentials()) is None:
        raise WrongPartnerLoginError
    expected = Credentials(site.parameters.user_name or "", password)
    place = place_of(asker.address)
    current.panel().partner_login.verify(sent, expected, asker, lambda db: is_asked_from(db, place))
    current.got_in()


def sent_credentials() -> Credentials | None:
    """Return the Basic login of the request; None for none, another scheme, or what cannot be read."""
    try:
        sent = request.authorization
    except ValueError:  # text in it that is not ASCII
        return None
    if sent is None or sent.type != "basic":
        return None
    return Credentials(sent.username or "", sent.password or "")


def asker_of_request(db: Connection) -> Asker:
    """Return who asks, before the login is looked at; a Sync ID that is none, or spelled otherwise, is a dash."""
    body = read_json(request.get_data())
    claimed = request.args.get("sync_id") or body.get("sync_id")
    try:
        sync_id = parse_sync_id(str(claimed)) if isinstance(claimed, int | str) else None
    except RefusedError:
        sync_id = None
    if sync_id is None or str(claimed) != str(sync_id):
        return Asker(current.address(), "-", is_known=False)
    known = contact_of(db, sync_id).known
    is_known = known is not None and known.installation == body.get("installation")
    return Asker(current.address(), str(sync_id), is_known)


def is_asked_from(db: Connection, place: str) -> bool:
    """Tell whether any partner asked from this address before, or the command line let it in."""
    return is_place_of(db, None, place) or any(place_of(address) == place for address in addresses_of_callers(db))


def asked_sync_id() -> int:
    """Return the Sync ID of the query. Raise ProblemError."""
    sent = request.args.getlist("sync_id")
    try:
        return parse_sync_id(sent[0] if len(sent) == 1 else "")
    except RefusedError as refused:
        raise wrong_values("The query needs one sync_id.", Problem("sync_id", refused.sentence)) from None


@link_blueprint.errorhandler(Exception)
def refuse(error: Exception) -> Response:
    """Answer with problem details, which also say which product this is."""
    refused = refusal_of(error)
    response = jsonify(
        type=f"urn:sync-panel:{refused.code}",
        title=HTTPStatus(refused.status).phrase,
        status=refused.status,
        detail=str(refused),
        code=refused.code,
        **signature(),
        **refused.members,
    )
    response.status_code = refused.status
    response.mimetype = "application/problem+json"
    response.headers.update(refused.headers)
    return response


def refusal_of(error: Exception) -> ProblemError:
    """Return what partners are told of an error; what nobody expected is logged."""
    match error:
        case ProblemError():
            return error
        case InvalidError():
            return wrong_values("The request has wrong values.", *error.problems)
        case WrongPartnerLoginError():  # a first request too, that brings no login to see what answers
            refused = ProblemError(401, "login", "The user name and the password that all servers share are needed.")
            refused.headers["WWW-Authenticate"] = 'Basic realm="Sync Panel link", charset="UTF-8"'
        case TooManyError():
            refused = ProblemError(429, "too-many", f"Too many failed logins. Wait {error.seconds} seconds.")
            refused.headers["Retry-After"] = str(error.seconds)
        case UnavailableError() | NotUsableError():  # why is for this site's own people
            refused = ProblemError(503, "unavailable", "This site cannot answer now.")
        case HTTPException():
            status = error.code or 500
            code, detail = REFUSALS.get(status, ("refused", "The request could not be understood."))
            refused = ProblemError(status, code, detail)
            if isinstance(error, MethodNotAllowed):
                refused.headers["Allow"] = ", ".join(error.valid_methods or ())
        case _:
            current_app.logger.error("unexpected error", exc_info=error)
            refused = ProblemError(500, "error", "Something went wrong in this panel itself.")
    return refused


def wrong_values(detail: str, *problems: Problem) -> ProblemError:
    errors = [{"member": problem.field, "detail": str(problem.sentence)} for problem in problems]
    return ProblemError(422, "invalid", detail, errors=errors)


def is_link() -> bool:
    """Tell whether the request's address is one for partners, of whatever kind."""
    return f"{request.path}/".startswith(f"{PREFIX}/")
