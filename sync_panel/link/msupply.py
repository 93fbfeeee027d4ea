"""mSupply's sync servers: recognised without a login, and what they answer to one.

A login ties the site there to the hardware ID that comes with it: every other one, the engine's own too, is then
refused until somebody clears the ID there. What is asked here without a login changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync_panel.rules.partner import Identity
from sync_panel.rules.problems import RefusedError, say
from sync_panel.rules.site import Parameters
from sync_panel.rules.sync_id import parse_sync_id
from sync_panel.version import __version__

from .failures import Compared, Failure, LinkError, Rung
from .messages import number, read_json
from .wire import Answer

SITE_PATH = "/sync/v5/site"  # of the whole host: mSupply's own engine drops the path of a URL
# Open mSupply as central server answers this POST, without a header, before it reads or writes anything. Not to be
# asked are `get_token` beside it, which spends a token, and `/central/sync/site_status`, which wants a login.
OPEN_PATH = "/central/sync_v7/site_status"
REMOTE_SITE_SAYS = b"Method only allowed on central server."
# The sync version of October 2025: servers accept a range of them, of which neither end is published.
SYNC_VERSION = 14
UNAUTHORIZED, NOT_FOUND, NOT_ALLOWED, UNAVAILABLE = 401, 404, 405, 503
SITE_MEMBERS = {"siteId", "code", "initialisationStatus"}
ERRORS = {
    "site_name_not_found": Failure.MSUPPLY_NOT_FOUND,
    "site_incorrect_password": Failure.MSUPPLY_WRONG_PASSWORD,
    "site_incorrect_hardware_id": Failure.MSUPPLY_OTHER_HARDWARE,
    "site_has_no_store": Failure.MSUPPLY_NO_STORE,
    "site_auth_timeout": Failure.MSUPPLY_AUTH_TIMEOUT,
    "api_version_incompatible": Failure.MSUPPLY_VERSION,
    "sync_is_running": Failure.MSUPPLY_BUSY,
    "integration_error": Failure.MSUPPLY_BUSY,
}
WITHOUT_CODE = {UNAUTHORIZED: Failure.LOGIN_REFUSED, UNAVAILABLE: Failure.MSUPPLY_BUSY}
HIGHEST_VERSION = 9999  # of which either part is shown
LONGEST_SHOWN = 100

SAME_SITE = say("mSupply knows this site by the same Sync ID and user name")
SAME_SYNC_ID = say("mSupply knows this site by the same Sync ID")
SAME_CENTRAL_ID = say("mSupply's central server has the Sync ID that is entered")
INITIALISATION = {
    "new": say("mSupply says that this site has not been initialised yet: its own engine has not synchronised."),
    "started": say("mSupply says that the initialisation of this site is not complete yet."),
    "error": say("mSupply says that the initialisation of this site ended in an error. Look at its engine's own page."),
}


@dataclass(frozen=True)
class Reply:
    """What mSupply says of the site that logged in; None is what it does not tell."""

    site_id: int
    user_name: str | None
    central_id: int | None
    initialisation: str | None


def is_msupply(answer: Answer) -> bool:
    """Tell whether mSupply answered at SITE_PATH: with a site, or with an error by one of its names."""
    read = read_json(answer.body)
    return code_of(read) in ERRORS or (is_fine(answer) and read.keys() >= SITE_MEMBERS)


def is_perhaps_msupply(answer: Answer) -> bool:
    """Tell whether a login is wanted at SITE_PATH, or an error in mSupply's shape was given: others do that too."""
    read = read_json(answer.body)
    is_shape = code_of(read) is not None and "message" in read["error"]
    return answer.status == UNAUTHORIZED or (is_shape and answer.status != NOT_FOUND)


def is_open_central(answer: Answer) -> bool:
    """Tell whether an Open mSupply central server answered at OPEN_PATH: it misses the header with the token."""
    error = read_json(answer.body).get("Err")
    return is_fine(answer) and isinstance(error, dict) and "MissingAuthHeader" in error


def is_open_remote(answer: Answer) -> bool:
    return answer.status == NOT_ALLOWED and answer.body.strip() == REMOTE_SITE_SAYS


def headers_of(hardware_id: str) -> dict[str, str]:
    return {
        "msupply-site-uuid": hardware_id,
        "app-version": __version__,
        "app-name": "Sync Panel",
        "version": str(SYNC_VERSION),
    }


def parse_reply(answer: Answer) -> Reply:
    """Return what mSupply answered to a login. Raise LinkError for a refusal, and for what names no site."""
    read = read_json(answer.body)
    if (code := code_of(read)) is not None or not is_fine(answer):
        raise refusal(code, answer.status, read)
    if (site_id := sync_id_in(read.get("siteId"))) is None:
        raise LinkError(Failure.MSUPPLY_NO_SITE)
    name, status = read.get("name"), read.get("initialisationStatus")
    return Reply(
        site_id=site_id,
        user_name=name if isinstance(name, str) else None,
        central_id=sync_id_in(read.get("mSupplyCentralSiteId")),
        initialisation=status if isinstance(status, str) else None,
    )


def compare(reply: Reply, entered: Identity, us: Parameters) -> Iterator[Compared]:
    """Yield what mSupply tells beside what is entered here: not its name, nor a store, nor an address."""
    if reply.central_id is not None:
        yield central_id(reply.central_id, entered)
    if us.sync_id is None:
        yield Compared(Rung.LISTED, LinkError(Failure.NO_SYNC_ID))
    elif reply.site_id != us.sync_id:
        there = LinkError(Failure.MSUPPLY_OTHER_SITE, there=reply.site_id, here=us.sync_id)
        yield Compared(Rung.LISTED, there)
    elif reply.user_name not in {None, us.user_name}:
        there = LinkError(Failure.MSUPPLY_OTHER_USER, there=as_shown(reply.user_name or ""), here=us.user_name)
        yield Compared(Rung.LISTED, there)
    else:
        title = SAME_SYNC_ID if reply.user_name is None else SAME_SITE
        yield Compared(Rung.LISTED, title=title, remark=INITIALISATION.get(reply.initialisation or ""))


def central_id(there: int, entered: Identity) -> Compared:
    """Return the central server's Sync ID beside ours for it: they may differ, since ours for a primary is always 1."""
    if there == entered.sync_id:
        return Compared(Rung.VALUES, title=SAME_CENTRAL_ID)
    remark = say(
        "In this list it has the Sync ID %(here)s, and that may stay so: mSupply numbers its sites by itself. "
        "If you expected %(here)s there too, see whether the URL leads to the right server.",
        here=entered.sync_id,
    )
    title = say("mSupply gives its central server the Sync ID %(there)s", there=there)
    return Compared(Rung.VALUES, title=title, remark=remark)


def refusal(code: str | None, status: int, read: Mapping[str, Any]) -> LinkError:
    """Return what mSupply refused, by its name for it, at whatever status."""
    if code not in ERRORS:
        is_busy = status == UNAVAILABLE
        known = WITHOUT_CODE.get(status) if code is None or is_busy else None
        return LinkError(known or Failure.MSUPPLY_OTHER_ERROR)
    if ERRORS[code] is Failure.MSUPPLY_VERSION and (version := version_in(read["error"].get("data"))):
        return LinkError(Failure.MSUPPLY_VERSION_TOLD, there=version, here=SYNC_VERSION)
    return LinkError(ERRORS[code])


def code_of(read: Mapping[str, Any]) -> str | None:
    """Return mSupply's name for an error, None where there is none; `data` beside it is optional."""
    error = read.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None


def version_in(data: object) -> str | None:
    parts = [data.get("major"), data.get("minor")] if isinstance(data, dict) else [None]
    is_told = all(type(part) is int and 0 <= part <= HIGHEST_VERSION for part in parts)
    return ".".join(map(str, parts)) if is_told else None


def sync_id_in(value: object) -> int | None:
    try:
        return int(number(parse_sync_id)(value))
    except RefusedError:
        return None


def is_fine(answer: Answer) -> bool:
    return answer.status // 100 == 2  # noqa: PLR2004  # every status of that class (RFC 9110, 15.3)


def as_shown(text: str) -> str:
    """Return a text of the other side as it may be shown: short, and nothing that cannot be seen."""
    return "".join(char for char in text[:LONGEST_SHOWN] if char.isprintable())
