"""What every template can use, beside the values that a view gives it."""

from collections.abc import Callable

from flask_wtf.csrf import generate_csrf

from sync_panel.rules.partner import in_pairs

from .blueprint import blueprint
from .draft import waiting
from .static import static_url
from .words import in_words, when, words, zone


@blueprint.context_processor
def template_tools() -> dict[str, Callable[..., object]]:
    """Return the tools by the names that templates call; `say` also marks what a translation must know."""
    return {
        "say": words,
        "in_words": in_words,
        "in_pairs": in_pairs,
        "when": when,
        "zone": zone,
        "static_url": static_url,
        "waiting": waiting,
        "csrf_token": generate_csrf,
    }
