"""Trying a rule on any text: it may take it or refuse it, and nothing else."""

from collections.abc import Callable
from typing import Any

from sync_panel.rules.problems import RefusedError, Sentence


def try_rule(rule: Callable[[str], Any], typed: str) -> Any:
    """Return what the rule makes of the text, or the sentence with which it refuses it."""
    try:
        return rule(typed)
    except RefusedError as refused:
        return refused.sentence


def refused(result: Any) -> bool:
    """Tell whether a result is a refusal, which says something."""
    return isinstance(result, Sentence) and bool(str(result))
