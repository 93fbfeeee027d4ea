"""The panel in a browser: one module a region of the page."""

from . import (  # noqa: F401  # their routes
    checks,
    copied,
    errors,
    guarding,
    interval,
    link,
    lock,
    page,
    parameters,
    partners,
    recovery,
    removal,
    sign_in,
    static,
    templating,
)
from .blueprint import blueprint
from .link_v1 import link_blueprint

__all__ = ["blueprint", "link_blueprint"]
