"""The blueprint that every region adds its routes to, and the mark of what each route needs."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint

from sync_panel.guard.access import Access
from sync_panel.where import folder

PAGE = "/preferences/synchronisation"

# Static files have a route of their own (static.py), which a host's /static cannot hide.
blueprint = Blueprint("sync_panel", __name__, template_folder=str(folder("templates")))

View = TypeVar("View", bound=Callable[..., Any])


def needs(access: Access) -> Callable[[View], View]:
    """Mark a view with what its visitor must have; a view without the mark lets in only the unlocked."""

    def mark(view: View) -> View:
        view.needs = access  # type: ignore[attr-defined]
        return view

    return mark


def needed_by(view: Callable[..., Any]) -> Access:
    """Return what a view's visitor must have."""
    return getattr(view, "needs", Access.UNLOCKED)
