"""By which names this server is reached: a request for any other is refused before anything else.

A page elsewhere can let its own name lead to this server's address, and would then be of one origin with
the panel (DNS rebinding). The name in the Host header gives it away.

Whoever changes the site's URL must shut out nobody, least of all themselves: a name by which somebody got in, with a
sign-in or as a partner, is known until an editor leaves it. A name that was only mistyped was never used.
"""

import ipaddress
import re
from collections.abc import Sequence
from contextlib import suppress

from flask import Response, request

from sync_panel.link.answering import ProblemError
from sync_panel.machine import is_of_this_machine, own_names
from sync_panel.panel import Panel
from sync_panel.rules.problems import say
from sync_panel.rules.url import take_apart
from sync_panel.store.errors import UnavailableError
from sync_panel.store.names import change_names, load_names
from sync_panel.store.site import load_site

from . import current
from .link_v1 import is_link, refuse

HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/@\[\]]+))(?::[0-9]{1,5})?")


def refuse_other_hosts() -> Response | None:
    """Answer 421 to a request for a name or an address that is not this server's."""
    if is_own_host(host := sent_host()):
        return None
    if host and host == url_host():
        current.came_by_url(host)
        return None
    if is_link():
        detail = "This server is not known under that name. Name it in its own URL."
        return refuse(ProblemError(421, "other-host", detail))
    sentence = say(
        "This server is not known as “%(host)s”. Open it by its own name or address, enter this one as its URL, or "
        "name it in SYNC_PANEL_HOSTS.",
        host=request.environ.get("HTTP_HOST", "")[:100],
    )
    return Response(f"{sentence}\n", 421, mimetype="text/plain")  # no page, which would begin a session


def sent_host() -> str:
    """Return the host that the request is for, an IPv6 address without brackets; nothing where it cannot be read."""
    parts = HOST.fullmatch(request.environ.get("HTTP_HOST", ""))
    return (parts["v6"] or parts["name"]).lower().removesuffix(".") if parts else ""


def is_own_host(host: str) -> bool:
    """Tell whether the host is this server's whatever its URL says: the machine's, named to it, or in use."""
    opened = current.try_panel()
    return is_given(host) or (isinstance(opened, Panel) and host in load_names(opened.settings.data))


def is_given(host: str) -> bool:
    """Tell whether the host is this machine's, or named by whoever looks after it."""
    opened = current.try_panel()
    if isinstance(opened, Panel) and host and host in named(opened.settings.hosts):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host in own_names()
    return address.is_loopback or is_of_this_machine(address)


def named(hosts: str) -> set[str]:
    return {name.strip().lower() for name in hosts.split(",")}


def url_host() -> str:
    """Return the host of the site's own URL; nothing where there is none, or it cannot be read."""
    opened = current.try_panel()
    if not isinstance(opened, Panel):
        return ""
    try:
        with opened.database.reading() as db:
            return take_apart(load_site(db).parameters.url or "").host
    except UnavailableError:
        return ""


def keep_name_in_use(response: Response) -> Response:
    """Keep the name of the site's URL from the first time that somebody got in by it."""
    if name := current.name_in_use():
        panel = current.panel()
        with suppress(UnavailableError):  # the next request tries again
            change_names(panel.database, panel.settings.data, used={name})
    return response


def earlier_names(url: str | None) -> Sequence[str]:
    """Return the names by which this server is known only because they were used under an earlier URL."""
    present = take_apart(url or "").host
    names = load_names(current.panel().settings.data)
    return sorted(name for name in names if name != present and not is_given(name))
