"""What the page says of this site: the notes, its sync time interval and its synchronise parameters."""

from functools import partial
from ipaddress import ip_address

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from sync_panel.guard.access import Access
from sync_panel.guard.keys import seal
from sync_panel.panel import PASSWORD_LOST
from sync_panel.rules.interval import parse_interval
from sync_panel.rules.problems import parse_each, say
from sync_panel.rules.site import parse_parameters
from sync_panel.store.names import change_names
from sync_panel.store.notice import dismiss_recovery, load_recovery
from sync_panel.store.partners import save_parameters
from sync_panel.store.site import Site, load_interval, load_site, save_interval

from . import current
from .blueprint import PAGE, blueprint, needs
from .errors import show_message
from .forms import IntervalForm, ParametersForm, attempt
from .hosts import earlier_names, sent_host
from .link import next_requests
from .page import Context, Stored, contents, done, region, show
from .words import when


@region("notes")
def notes(stored: Stored) -> Context:
    recovery = load_recovery(stored.db)
    return {
        "is_open_to_all": is_open_to_all(),
        "certificate": current.panel().network.certificate,
        "earlier_names": earlier_names(stored.site.parameters.url),
        "used_name": sent_host(),
        "recovery": recovery.sentences(partial(when, near=stored.now, always_day=True)) if recovery else None,
    }


def is_open_to_all() -> bool:
    """Tell whether other machines reach the panel unencrypted, so that the page must say so."""
    own = current.panel().network.own
    return own is not None and not request.is_secure and not ip_address(own[0]).is_loopback


@blueprint.post(f"{PAGE}/recovery/dismiss")
@needs(Access.EDITOR)
def dismiss_notice() -> AnyResponse:
    with current.panel().database.writing() as db:
        dismiss_recovery(db)
    return done(say("The notice is gone."), "notes")


@blueprint.post(f"{PAGE}/names/leave")
@needs(Access.UNLOCKED)
def leave_name() -> AnyResponse:
    """Refuse the server's earlier name from now on; not to somebody who would shut themselves out by that."""
    name, panel = current.form().get("host", ""), current.panel()
    if name == sent_host():
        return show_message(
            409, say("You use %(name)s yourself. Open this page by another name, and leave it there.", name=name)
        )
    if name not in contents("notes")["earlier_names"]:
        return show_message(404, say("“%(name)s” is no earlier name of this server, or was left already.", name=name))
    change_names(panel.database, panel.settings.data, left={name})
    return done(say("This server does not answer as %(name)s any more.", name=name), "notes")


@region("interval")
def interval(stored: Stored) -> Context:
    minutes = stored.interval.minutes
    form = IntervalForm({"minutes": minutes, "version": stored.interval.version})
    return {"interval_form": form, "minutes": minutes, **next_requests(stored)}


@blueprint.post(f"{PAGE}/interval")
@needs(Access.EDITOR)
def change_interval() -> AnyResponse:
    form = IntervalForm()

    def save() -> None:
        with current.panel().database.writing() as db:
            kept = load_interval(db)
            if form.merge_with({"minutes": kept.minutes, "version": kept.version}):
                minutes = parse_each(form.values(), {"minutes": parse_interval})["minutes"]
                save_interval(db, minutes, version=kept.version, now=current.panel().clock.now())

    if status := attempt(form, save):
        return show("interval", status, interval_form=form)
    return done(form.saved(say("The interval is saved.")), "interval", "link", "partners")


@region("parameters")
def parameters(stored: Stored) -> Context:
    return {
        "parameters_form": ParametersForm(parameter_fields(stored.site)),
        "password_lost": PASSWORD_LOST if current.panel().is_password_lost(stored.site) else None,
        "certificate": current.panel().network.certificate,
    }


@blueprint.post(f"{PAGE}/parameters")
@needs(Access.UNLOCKED)
def change_parameters() -> AnyResponse:
    form, panel = ParametersForm(), current.panel()

    def save() -> None:
        with panel.database.changing() as db:
            kept = load_site(db)
            if not form.merge_with(parameter_fields(kept)):
                return
            new = parse_parameters(form.values(), password_is_set=kept.sealed_password is not None)
            sealed = seal(panel.keys.passwords, new.password) if new.password else None
            save_parameters(db, new, sealed_password=sealed, version=kept.version, now=panel.clock.now())
        if sealed:
            panel.database.forget_old_pages()

    if status := attempt(form, save):
        return show("parameters", status, parameters_form=form)
    said = form.saved(say("The parameters are saved."))
    return done(said, "parameters", "partners", "notes", "requests", "link")


def parameter_fields(site: Site) -> dict[str, object]:
    """Return the parameters as the form's fields show them; the password field stays empty."""
    shown = {name: "" if value is None else value for name, value in vars(site.parameters).items()}
    return shown | {"version": site.version, "set_at": site.password_set_at and site.password_set_at.isoformat()}
