"""The synchronise parameters: this site's own values."""

from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.guard.sealing import seal
from sync_panel.rules.problems import say
from sync_panel.rules.site import parse_parameters
from sync_panel.store.parameters import save_parameters
from sync_panel.store.site import load_site

from . import current
from .blueprint import PAGE, blueprint, needs
from .forms import ParametersForm, attempt
from .lock import keep_unlocked
from .page import done, show, stored_parameters


@blueprint.post(f"{PAGE}/parameters")
@needs(Access.UNLOCKED)
def change_parameters() -> AnyResponse:
    """Save the parameters."""
    form, panel = ParametersForm(), current.panel()

    def save() -> None:
        with panel.database.changing() as db:
            is_set = load_site(db).sealed_password is not None
            new = parse_parameters(form.values(), password_is_set=is_set)
            sealed = seal(panel.keys.passwords, new.password) if new.password else None
            save_parameters(db, new, sealed_password=sealed, version=form.version_number, now=panel.clock.now())
        if sealed:
            panel.database.forget_old_pages()

    status = attempt(form, save, theirs)
    keep_unlocked()
    if status:
        return show("parameters", status, parameters_form=form)
    return done(say("The parameters are saved."), "parameters", "partners", "notes", "requests", "link")


def theirs() -> dict[str, object]:
    """Return the parameters that are stored now, as the form's fields show them."""
    with current.panel().database.reading() as db:
        return stored_parameters(load_site(db))
