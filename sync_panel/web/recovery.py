"""What the page says after a damaged database was replaced, until somebody has taken note of it."""

from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.problems import say
from sync_panel.store.notice import dismiss_recovery

from . import current
from .blueprint import PAGE, blueprint, needs
from .page import done


@blueprint.post(f"{PAGE}/recovery/dismiss")
@needs(Access.EDITOR)
def dismiss_notice() -> AnyResponse:
    """Say no more that the database was replaced."""
    with current.panel().database.writing() as db:
        dismiss_recovery(db)
    return done(say("The notice is gone."), "notes")
