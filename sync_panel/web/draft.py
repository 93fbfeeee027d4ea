"""A form that came too late: kept, sealed, in the page that asks for the sign-in or the code, and saved after it.

Only a page without JavaScript needs it; htmx leaves the form where it is and sends it again. The
password in it is why it is sealed: nothing typed is lost, and nothing secret is in the page.
"""

import json
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import DeniedError
from sync_panel.guard.sealing import seal, unseal

from . import current
from .blueprint import needed_by

NOT_KEPT = {"csrf_token", "draft"}


def keep_draft() -> str:
    """Return the request's form, sealed for a hidden field."""
    fields = [(name, text) for name, text in current.form().items(multi=True) if name not in NOT_KEPT]
    kept = {"path": current.form_path(), "fields": fields, "token": current.visitor().token}
    return seal(current.panel().keys.passwords, json.dumps(kept)).decode("ascii")


def open_draft(sealed: str) -> dict[str, Any]:
    """Return what was kept; nothing when it is not a draft that this panel sealed."""
    text = unseal(current.panel().keys.passwords, sealed) if sealed else None
    try:
        kept = json.loads(text or "")
    except ValueError:  # something else that was sealed with the same key
        return {}
    return kept if isinstance(kept, dict) else {}


def resume_draft(sealed: str) -> AnyResponse | None:
    """Do what the draft asked for, as the visitor of this request; None when there is no draft of theirs."""
    kept = open_draft(sealed)
    if not kept or kept.get("token", "-") not in {"", current.visitor().token}:
        return None
    path = urlsplit(kept["path"])
    try:
        endpoint, arguments = current_app.url_map.bind_to_environ(request).match(path.path, method="POST")
    except HTTPException:
        return None
    view = cast("Callable[..., AnyResponse]", current_app.view_functions[endpoint])
    current.resume_with(MultiDict(kept["fields"]), kept["path"])
    if (held := current.visitor().access) < (needed := needed_by(view)):
        raise DeniedError(needed, held)
    return view(**arguments)
