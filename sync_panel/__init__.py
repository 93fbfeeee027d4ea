"""The Synchronisation preferences of a server, as a small web panel."""

from .application import create_app
from .settings import Settings

__all__ = ["Settings", "create_app"]
