"""Forms as such, and those that know what they were made from: what others saved since is merged with what is typed."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField

from sync_panel.rules.merge import merge
from sync_panel.rules.problems import Problem, RefusedError, Sentence, parse_each, say
from sync_panel.store.errors import StaleError

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
    """A form that knows which version of the data it was made from, and what that held."""

    rules: ClassVar[Mapping[str, Callable[[str], object]]] = {}  # what is read alike is no change
    marks: ClassVar[Mapping[str, str]] = {}  # for a secret, what is stored beside it and tells of a change
    version = HiddenField()
    base = HiddenField()  # what was stored when the form was made, as JSON; of a secret its mark alone
    once = HiddenField()  # a number that tells whether the same form comes again

    def __init__(self, stored: Mapping[str, object] | None = None) -> None:
        super().__init__(stored)
        self.conflicts: list[tuple[Sentence, str, str]] = []  # label, mine, theirs
        self.kept: Sentence | None = None  # what others had changed, in words
        self._was_saved = self._is_again = False
        if stored is not None:
            self._make_from(self._texts(stored), stored.get("version", 0))
        self._sent = self._as_base(self.values())

    @property
    def version_number(self) -> int:
        """Return the version; 0, which no data has, when what came in is none."""
        text = self.version.data or ""
        return int(text) if is_number(text) else 0

    def note_before(self) -> None:
        """See whether this very form was saved before, since its answer may have been lost: it is made from that then.

        Waits for the same form where it is under way, so that nobody may hold the database here.
        """
        outcome, self._is_again = current.done_before()
        self._was_saved = outcome is not None
        if outcome and self.version_number:
            self.base.data, self.version.data = outcome.base, "0"

    def merge_with(self, stored: Mapping[str, object]) -> bool:
        """Take over what others saved since the form was made, and tell whether anything is left to be saved.

        Raise StaleError where a field was changed here and there, and the form then shows both; InvalidError where what
        was typed there is wrong by itself.
        """
        if self.version_number == stored["version"]:
            return True
        theirs, typed = self._texts(stored), self.values()
        secrets = {name: theirs[name] for name in self.marks}
        base = self._texts(self._base()) | (secrets if self._was_saved else {})
        mine = {name: typed[name] for name in theirs}
        mine |= {name: typed[name] or base.get(name, mark) for name, mark in secrets.items()}
        if self._is_again:
            mine |= secrets
        merged = merge(base, mine, theirs, self._read)
        self._refuse_wrong(merged.both)
        self.fill({name: theirs[name] for name in merged.theirs if name not in secrets})
        self._make_from(theirs, stored["version"])
        self.kept = self._in_words(merged.theirs, theirs)
        self.conflicts = [
            (self[name].label.text, self._shown(name, mine[name]), self._shown(name, theirs[name]))
            for name in merged.both
        ]
        if self.conflicts:
            raise StaleError
        return any(self._read(name, merged.values[name]) != self._read(name, text) for name, text in theirs.items())

    def _refuse_wrong(self, names: Sequence[str]) -> None:
        """Raise InvalidError for what is no value of its field: there is nothing to choose yet."""
        parse_each(self.values(), {name: self.rules[name] for name in names if name in self.rules})

    def saved(self, said: Sentence) -> Sentence:
        """Note that the form was saved, and return what is said of it, with what others had changed."""
        current.note_saved(self._sent)
        return say("%(said)s %(kept)s", said=said, kept=self.kept) if self.kept else said

    def _visible(self) -> Iterator[Field]:
        return (field for field in self if not isinstance(field, HiddenField))

    def _texts(self, stored: Mapping[str, object]) -> dict[str, str]:
        """Return what is stored as this form's fields hold it; for a secret its mark."""
        marks = {field.name: self.marks.get(field.name, field.name) for field in self._visible()}
        return {name: as_text(stored[mark]) for name, mark in marks.items() if mark in stored}

    def _as_base(self, texts: Mapping[str, str]) -> str:
        """Return texts for the hidden field; what was typed into a secret field is never among them."""
        names = {field.name for field in self._visible()} - set(self.marks)
        return json.dumps({name: text for name, text in texts.items() if name in names})

    def _make_from(self, texts: Mapping[str, str], version: object) -> None:
        marks = {mark: texts[name] for name, mark in self.marks.items() if name in texts}
        self.base.data = json.dumps(json.loads(self._as_base(texts)) | marks)
        self.version.data = str(version)

    def _base(self) -> Mapping[str, object]:
        """Return what the hidden field says, which anybody may have written."""
        try:
            sent = json.loads(self.base.data or "{}")
        except (ValueError, RecursionError):
            return {}
        return {name: text for name, text in sent.items() if isinstance(text, str)} if isinstance(sent, dict) else {}

    def _read(self, name: str, text: str) -> object:
        """Return what a text stands for in its field, by the field's rule; the text where the rule refuses it."""
        try:
            return self.rules[name](text) if name in self.rules else text
        except RefusedError:
            return text.strip()

    def _shown(self, name: str, text: str) -> str:
        """Return a value in words; of a secret only that it was changed."""
        if name in self.marks:
            return str(say("changed"))
        if isinstance(self[name], BooleanField):
            return str(say("yes") if text else say("no"))
        return text or str(say("(empty)"))

    def _in_words(self, names: Sequence[str], theirs: Mapping[str, str]) -> Sentence | None:
        if not names:
            return None
        fields = "; ".join(f"{self[name].label.text}: {self._shown(name, theirs[name])}" for name in names)
        return say("Saved meanwhile by somebody else, or in another window, and kept: %(fields)s.", fields=fields)


def as_text(value: object) -> str:
    return "" if value is None or value is False else str(value)


def is_number(text: str) -> bool:
    """Tell whether a text is a whole number that SQLite can hold."""
    return text.isascii() and text.isdigit() and len(text) <= 10  # noqa: PLR2004
