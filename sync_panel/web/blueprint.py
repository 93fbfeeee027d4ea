"""The blueprint that every region adds its routes to, and the mark of what each route needs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, current_app, request

from sync_panel.guard.access import Access

PAGE = "/preferences/synchronisation"

PACKAGE = Path(__file__).parents[1]


def folder(name: str) -> Path:
    """Return where "templates" or "static" is: beside the package in a checkout, inside it when installed."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


# Static files have a route of their own (templating.py), which a host's /static cannot hide.
blueprint = Blueprint("sync_panel", __name__, template_folder=str(folder("templates")))

View = TypeVar("View", bound=Callable[..., Any])


def needs(access: Access, *, polled: bool = False) -> Callable[[View], View]:
    """Mark a view with what its visitor must have; a view without the mark lets in only the unlocked.

    A view that is `polled` is asked by the open page itself: it does not count as using the panel.
    """

    def mark(view: View) -> View:
        view.needs, view.polled = access, polled  # type: ignore[attr-defined]
        return view

    return mark


def needed_by(view: Callable[..., Any]) -> Access:
    return getattr(view, "needs", Access.UNLOCKED)


def is_polled() -> bool:
    """Tell whether the page asks for the present request's view by itself."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "polled", False)
