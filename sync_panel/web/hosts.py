"""By which names this server is reached: a request for any other is refused before anything else.

A page elsewhere can let its own name lead to this server's address, and would then be of one origin with
the panel (DNS rebinding). The name in the Host header gives it away.
"""

import ipaddress
import re

from flask import Response, request

from sync_panel.link.answering import ProblemError
from sync_panel.machine import is_of_this_machine, own_names
from sync_panel.panel import Panel
from sync_panel.rules.problems import say
from sync_panel.rules.url import take_apart
from sync_panel.store.errors import UnavailableError
from sync_panel.store.site import load_site

from . import current
from .link_v1 import is_link, refuse

HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/@\[\]]+))(?::[0-9]{1,5})?")


def refuse_other_hosts() -> Response | None:
    """Answer 421 to a request for a name or an address that is not this server's."""
    sent = request.environ.get("HTTP_HOST", "")
    if is_own_host(sent):
        return None
    if is_link():
        detail = "This server is not known under that name. Name it in its own URL."
        return refuse(ProblemError(421, "other-host", detail))
    sentence = say(
        "This server is not known as “%(host)s”. Open it by its own name or address, enter this one as its URL, or "
        "name it in SYNC_PANEL_HOSTS.",
        host=sent[:100],
    )
    return Response(f"{sentence}\n", 421, mimetype="text/plain")  # no page, which would begin a session


def is_own_host(sent: str) -> bool:
    parts = HOST.fullmatch(sent)
    if not parts:
        return False
    host = (parts["v6"] or parts["name"]).lower().removesuffix(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host in own_names() or host in other_names()
    return address.is_loopback or is_of_this_machine(address) or host in other_names()


def other_names() -> set[str]:
    opened = current.try_panel()
    if not isinstance(opened, Panel):
        return set()
    names = {name.strip().lower() for name in opened.settings.hosts.split(",")}
    try:
        with opened.database.reading() as db:
            url = load_site(db).parameters.url
    except UnavailableError:
        url = None
    return (names | {take_apart(url or "").host}) - {""}
