"""`set-code`: a new authorisation code from standard input, or one that is made."""

import re
from pathlib import Path

import pytest
from caller import editor_at
from cli.conftest import Serve
from panels import CODE
from processes import app, refusal, succeed


def test_a_code_from_standard_input_is_in_force_and_not_repeated(data: Path, serve: Serve) -> None:
    said = succeed("set-code", data=data, typed="a new code for all of us\n")
    assert "a new code" not in said.casefold().replace("the new authorisation code", "")
    editor = editor_at(serve(data).port)
    assert editor.unlock(CODE).status == 422
    assert editor.unlock("ANEW CODE-FORALL OFUS").status == 303


@pytest.mark.parametrize("typed", ["\n", "\r\n"], ids=["an empty line", "an empty line of Windows"])
def test_an_empty_line_makes_a_code_and_shows_it(data: Path, serve: Serve, typed: str) -> None:
    made = re.fullmatch(r"Authorisation code: (\S{4}-\S{4}-\S{4})\n", succeed("set-code", data=data, typed=typed))
    assert made
    assert editor_at(serve(data).port).unlock(made[1]).status == 303


def test_without_any_line_nothing_is_changed(data: Path, serve: Serve) -> None:
    """Expect a pipe from a command that failed not to replace the code."""
    assert "Nothing came in" in refusal("set-code", data=data, typed="")
    assert editor_at(serve(data).port).unlock(CODE).status == 303


@pytest.mark.parametrize("typed", ["short", "seven77", "- - - - - - - - -", " " * 20, "x" * 201])
def test_a_code_that_is_too_short_or_too_long_is_refused(data: Path, serve: Serve, typed: str) -> None:
    said = refusal("set-code", data=data, typed=f"{typed}\n")
    assert "An authorisation code needs 15 to 200 characters" in said
    assert editor_at(serve(data).port).unlock(CODE).status == 303, "the old code stays in force"


def test_a_code_is_never_taken_from_an_argument(data: Path) -> None:
    done = app("set-code", "A-CODE-IN-THE-OPEN-2026", data=data, typed="\n")
    assert done.status != 0
    assert done.stdout == ""
