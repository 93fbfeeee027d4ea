"""The panel in a browser: one module a region of the page."""

from . import (  # noqa: F401  # their routes
    checks,
    errors,
    guarding,
    joiners,
    link,
    lock,
    page,
    partners,
    sign_in,
    site,
    templating,
    twice,
)
from .blueprint import blueprint
from .link_v1 import link_blueprint

__all__ = ["blueprint", "link_blueprint"]
