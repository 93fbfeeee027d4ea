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
    removal,
    sign_in,
    static,
    templating,
)
from .answering import link_blueprint
from .blueprint import blueprint

__all__ = ["blueprint", "link_blueprint"]
