"""The sync time interval: the one preference that needs no unlock."""

from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.rules.interval import parse_interval
from sync_panel.rules.problems import parse_each, say
from sync_panel.store.interval import load_interval, save_interval

from . import current
from .blueprint import PAGE, blueprint, needs
from .forms import IntervalForm, attempt
from .page import done, show


@blueprint.post(f"{PAGE}/interval")
@needs(Access.EDITOR)
def change_interval() -> AnyResponse:
    """Save the interval."""
    form = IntervalForm()

    def save() -> None:
        minutes = parse_each(form.values(), {"minutes": parse_interval})["minutes"]
        with current.panel().database.writing() as db:
            save_interval(db, minutes, version=form.version_number, now=current.panel().clock.now())

    if status := attempt(form, save, stored_interval):
        return show("interval", status, interval_form=form)
    return done(say("The interval is saved."), "interval", "link", "partners")


def stored_interval() -> dict[str, object]:
    """Return the interval as the form's fields show it."""
    with current.panel().database.reading() as db:
        interval = load_interval(db)
    return {"minutes": interval.minutes, "version": interval.version}
