"""The forms: their fields and labels, what was typed, and how the rules' answers come back to it."""

from collections.abc import Callable, Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField

from sync_panel.rules.problems import InvalidError, Problem, Sentence, say
from sync_panel.store.errors import GoneError, StaleError, UnavailableError

from . import current


class PanelForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form whose rules live in sync_panel.rules; the token is checked before any view (guarding.py)."""

    prefix_of_ids = ""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf has no types
        """The token is not a field of the form."""

        csrf = False

    def __init__(self, stored: Mapping[str, object] | None = None) -> None:
        """Show what is stored, or what was sent where a draft or a request brought fields."""
        super().__init__(formdata=None if stored is not None else current.form(), data=stored)
        self.banner: Sentence | None = None
        self.theirs: Mapping[str, object] | None = None

    def values(self) -> dict[str, str]:
        return {field.name: str(field.data or "") for field in self}

    def fill(self, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            self[name].data = value

    def show(self, problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            self[problem.field].errors = [problem.sentence]

    @property
    def has_problems(self) -> bool:
        return bool(self.banner or any(field.errors for field in self))


class VersionedForm(PanelForm):
    """A form that knows which version of the data it was made from."""

    version = HiddenField()

    @property
    def version_number(self) -> int:
        """Return the version; 0, which no data has, when what came in is none."""
        text = self.version.data or ""
        return int(text) if is_number(text) else 0

    def show_theirs(self, stored: Mapping[str, object]) -> None:
        """Show what somebody else saved; saving again then replaces it knowingly."""
        self.theirs = stored
        self.version.data = stored["version"]


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
    minutes = StringField(say("Sync time interval"))


class ParametersForm(VersionedForm):
    prefix_of_ids = "parameters"
    sync_id = StringField(say("Sync ID"))
    name = StringField(say("Name"))
    store = StringField(say("Store"))
    url = StringField(say("URL"))
    user_name = StringField(say("User name"))
    password = PasswordField(say("Password"))


class PartnerForm(VersionedForm):
    prefix_of_ids = "partner"
    sync_id = StringField(say("Sync ID"))
    name = StringField(say("Name"))
    store = StringField(say("Store"))
    url = StringField(say("URL"))
    fingerprint = StringField(say("Certificate fingerprint"))
    plain_http = BooleanField(say("Accept plain HTTP"))
    hardware_id = StringField(say("Hardware ID"))


def attempt(form: VersionedForm, save: Callable[[], None], theirs: Callable[[], Mapping[str, object]]) -> int | None:
    """Try to save. Return None, or the status of an answer in which the form says what is wrong."""
    try:
        save()
    except InvalidError as invalid:
        form.show(invalid.problems)
        return 422
    except StaleError:
        form.show_theirs(theirs())
        return 409
    except GoneError:
        form.banner = say("Somebody else removed this server meanwhile. Nothing was saved.")
        return 409
    except UnavailableError as unavailable:
        form.banner = unavailable.sentence
        return 503
    return None


def is_number(text: str) -> bool:
    """Tell whether a text is a whole number that SQLite can hold."""
    return text.isascii() and text.isdigit() and len(text) <= 10  # noqa: PLR2004
