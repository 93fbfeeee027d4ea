"""htmx's headers: what a request says, and what an answer may say. No other module reads or writes them."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from flask import Response, request


def wants_fragment() -> bool:
    """Tell whether htmx asks for a part of the page; going back in its history it wants the whole."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def page_arguments() -> Mapping[str, str] | None:
    """Return the arguments in the address of the page from which the request came; None when it does not say."""
    address = request.headers.get("HX-Current-URL")
    return None if address is None else dict(parse_qsl(address.partition("?")[2].partition("#")[0]))


def aim(response: Response, selector: str, swap: str) -> Response:
    """Let htmx put the answer elsewhere than the request said."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = swap
    return response


def keep(response: Response) -> Response:
    """Let htmx leave the page as it is."""
    response.headers["HX-Reswap"] = "none"
    return response


def fire(response: Response, *events: str) -> Response:
    """Let htmx fire events in the page; panel.js and hx-trigger listen for them on the document."""
    if events:
        response.headers["HX-Trigger"] = ", ".join(events)
    return response
