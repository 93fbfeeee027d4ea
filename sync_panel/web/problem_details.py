"""How partners are refused: problem details (RFC 9457), which also say which product this is."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from sync_panel.guard.partner import WrongPartnerLoginError
from sync_panel.guard.throttle import TooManyError
from sync_panel.link.answering import CopiedError, NotListedError, OtherValuesError
from sync_panel.link.messages import signature
from sync_panel.rules.problems import InvalidError
from sync_panel.store.errors import NotUsableError, UnavailableError

from .errors import show_http_error

PREFIX = "/link/v1"
REFUSALS = {
    404: ("refused", "There is nothing under this address."),
    405: ("refused", "This address does not take that kind of request."),
    413: ("too-large", "A request has at most 64 KiB."),
}

link_blueprint = Blueprint("sync_panel_link", __name__, url_prefix=PREFIX)


class ProblemError(Exception):
    """A request that is refused: `code` is for programs, the text for people."""

    def __init__(self, status: int, code: str, detail: str, **members: object) -> None:
        self.status, self.code, self.members = status, code, members
        super().__init__(detail)


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
    status = error.code or 500
    response = problem(status, *REFUSALS.get(status, ("refused", "The request could not be understood.")))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def show_http_error_anywhere(error: HTTPException) -> Response:
    """Answer what no view was found for: under /link as problem details, otherwise in the panel's words."""
    return show_http_problem(error) if is_link() else show_http_error(error)


def is_link() -> bool:
    """Tell whether the request's address is one for partners, of whatever kind."""
    return f"{request.path}/".startswith(f"{PREFIX}/")
