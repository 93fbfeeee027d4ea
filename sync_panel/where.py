"""Where the templates and static files are: beside the package in a checkout, inside it when installed."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder "templates" or "static"."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
