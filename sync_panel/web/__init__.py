"""The panel in a browser: one module a region of the page."""

from . import errors, guarding, interval, lock, page, parameters, partners, removal, sign_in, static, templating  # noqa: F401  # their routes
from .blueprint import blueprint

__all__ = ["blueprint"]
