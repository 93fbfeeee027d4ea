"""How a rule says no: a sentence for people, kept apart from its values so that it can be translated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sentence:
    """One sentence for the screen: a template in gettext's %-format, and what fills it."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values


def say(template: str, **values: object) -> Sentence:
    """Mark a sentence for translation; the template is the key that a catalogue looks up."""
    return Sentence(template, values)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field, and what would be right."""

    field: str
    sentence: Sentence


class PlainError(Exception):
    """An error whose text is for people as it stands: what is wrong, and what would be right."""


class RefusedError(PlainError):
    """One value that a rule does not allow."""

    def __init__(self, template: str, **values: object) -> None:
        self.sentence = say(template, **values)
        super().__init__(str(self.sentence))


class InvalidError(PlainError):
    """A set of values that the rules do not allow: one problem a field, in the fields' order."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(" ".join(str(problem.sentence) for problem in problems))


def parse_each(values: Mapping[str, str], rules: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """Put each value through its rule. Raise InvalidError with all the problems, not just the first."""
    parsed: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, rule in rules.items():
        try:
            parsed[name] = rule(values.get(name, ""))
        except RefusedError as refused:
            problems.append(Problem(name, refused.sentence))
    if problems:
        raise InvalidError(*problems)
    return parsed
