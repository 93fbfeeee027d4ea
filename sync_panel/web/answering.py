"""What partners ask of this site, under /link/v1: JSON, HTTP Basic, no session, no cookie, no token.

openapi.json in sync_panel/link describes it.
"""

import json
from functools import cache
from importlib.resources import files

from flask import Response, jsonify, request

from sync_panel.guard.partner import Asker, Credentials, WrongPartnerLoginError
from sync_panel.guard.places import place_of
from sync_panel.link.answering import CopiedError, NotListedError, OtherValuesError, answer_contact, answer_site
from sync_panel.link.messages import parse_contact, read_json, signature, site_json
from sync_panel.rules.problems import RefusedError
from sync_panel.rules.sync_id import Role, parse_sync_id
from sync_panel.store.contacts import addresses_of_callers, contact_of
from sync_panel.store.database import Connection
from sync_panel.store.places import is_place_of
from sync_panel.store.site import load_site

from . import current
from .guarding import refuse_large
from .problem_details import ProblemError, link_blueprint, told

PUBLIC = {"sync_panel_link.describe"}


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
    refuse_large()
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
        raise ProblemError(422, "invalid", "The query needs one sync_id.", errors=[told("sync_id", refused)]) from None
