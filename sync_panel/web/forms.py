"""The forms: their fields and labels, what was typed, and how the rules' answers come back to it."""

from collections.abc import Callable
from typing import ClassVar

from wtforms import BooleanField, HiddenField, PasswordField, StringField

from sync_panel.rules import partner, site
from sync_panel.rules.interval import parse_interval
from sync_panel.rules.problems import InvalidError, say
from sync_panel.store.errors import GoneError, StaleError, UnavailableError

from .versioned import PanelForm, VersionedForm


class SignInForm(PanelForm):
    prefix_of_ids = "sign-in"
    user_name = StringField(say("User name"))
    password = PasswordField(say("Password"))
    draft = HiddenField()


class UnlockForm(PanelForm):
    prefix_of_ids = "unlock"
    code = PasswordField(say("Authorisation code"))
    draft = HiddenField()


class ConfirmForm(PanelForm):
    prefix_of_ids = "confirm"
    draft = HiddenField()


class IntervalForm(VersionedForm):
    prefix_of_ids = "interval"
    rules: ClassVar = {"minutes": parse_interval}
    minutes = StringField(say("Sync time interval"))


class ParametersForm(VersionedForm):
    prefix_of_ids = "parameters"
    rules: ClassVar = site.RULES
    marks: ClassVar = {"password": "set_at"}
    sync_id = StringField(say("Sync ID"))
    name = StringField(say("Name"))
    store = StringField(say("Store"))
    url = StringField(say("URL"))
    user_name = StringField(say("User name"))
    password = PasswordField(say("Password"))


class PartnerForm(VersionedForm):
    prefix_of_ids = "partner"
    rules: ClassVar = partner.RULES
    sync_id = StringField(say("Sync ID"))
    name = StringField(say("Name"))
    store = StringField(say("Store"))
    url = StringField(say("URL"))
    fingerprint = StringField(say("Certificate fingerprint"))
    plain_http = BooleanField(say("Accept plain HTTP"))
    hardware_id = StringField(say("Hardware ID"))


def attempt(form: VersionedForm, save: Callable[[], None]) -> int | None:
    """Try to save. Return None, or the status of an answer in which the form says what is wrong."""
    form.note_before()
    try:
        save()
    except InvalidError as invalid:
        form.show(invalid.problems)
        return 422
    except StaleError:  # the form has both values
        return 409
    except GoneError:
        form.banner = say("This server was removed meanwhile. Nothing was saved.")
        return 409
    except UnavailableError as unavailable:
        form.banner = unavailable.sentence
        return 503
    return None
