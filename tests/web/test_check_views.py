"""Checking a server of the list, or one whose values are only typed: what each answer holds, and what is never sent."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from link_calls import HONIARA, RIGHT, primary
from loopback_panel import closed_port, satellite
from panels import TestPanel
from visitor import editor, unlocked_editor
from web.checking import (
    AGREE,
    ALL_STEPS,
    Other,
    entered,
    is_ladder_alone,
    other_primary,
    steps,
    typed,
    way,
    words,
)
from web.routes import LIST

from sync_panel.link.failures import Failure

UNSAVED = str(Failure.UNSAVED_ADDRESS.told({}))
DIALOGS, SHAPES = ["add", "edit"], pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])


def test_a_saved_server_is_checked_while_locked_and_htmx_gets_the_ladder_alone(on: TestPanel, other: Other) -> None:
    response = editor(on).post(f"{LIST}/1/check", htmx=True)
    assert response.status_code == 200
    assert [kind for kind, _ in steps(response)] == ["passed"] * ALL_STEPS
    assert is_ladder_alone(response)
    assert AGREE in response.text
    assert set(other.logins) == {RIGHT}


def test_without_javascript_a_page_holds_the_dialog_with_the_finished_ladder(on: TestPanel, other: Other) -> None:
    response = editor(on).post(f"{LIST}/1/check")
    assert response.status_code == 200
    assert response.text.startswith("<!doctype html>")
    assert "Check the connection to 1 Here" in words(response.text)
    assert [kind for kind, _ in steps(response)] == ["passed"] * ALL_STEPS
    assert AGREE in response.text


@SHAPES
def test_another_url_is_remarked_and_not_called_agreed(on: TestPanel, tmp_path: Path, *, htmx: bool) -> None:
    with other_primary(on, tmp_path) as other:
        satellite(on, other.url)
        other.panel.become(1, "https://primary.example.org")
        response = editor(on).post(f"{LIST}/1/check", htmx=htmx)
    assert [kind for kind, _ in steps(response)] == ["passed"] * ALL_STEPS
    assert "has the URL https://primary.example.org on its own page" in response.text
    assert "What must match on both sides does." in response.text
    assert AGREE not in response.text


@SHAPES
def test_opening_the_check_asks_nobody_yet(on: TestPanel, other: Other, *, htmx: bool) -> None:
    response = editor(on).get(f"{LIST}/1/check", htmx=htmx)
    assert response.status_code == 200
    assert "Nothing is changed, here or there." in response.text
    assert not steps(response)
    assert ('hx-trigger="load, submit"' in response.text) is htmx
    assert not other.asked


@SHAPES
def test_a_check_of_a_server_that_is_gone_says_so(on: TestPanel, other: Other, *, htmx: bool) -> None:
    response = editor(on).post(f"{LIST}/9/check", htmx=htmx)
    assert response.status_code == 404
    assert "This server is not in the list any more" in response.text


@pytest.mark.parametrize("dialog", DIALOGS)
def test_typed_values_are_checked_as_they_stand_in_the_dialog(on: TestPanel, other: Other, dialog: str) -> None:
    response = unlocked_editor(on).post(way(dialog, "check"), typed(other.url, name="Gizo"), htmx=True)
    assert response.status_code == 200
    assert is_ladder_alone(response)
    (failed,) = [said for kind, said in steps(response) if kind == "failed"]
    assert "Another server than entered" in failed
    assert "Gizo" in failed
    assert AGREE not in response.text


@pytest.mark.parametrize("dialog", DIALOGS)
def test_what_was_typed_stays_in_the_page(on: TestPanel, other: Other, dialog: str) -> None:
    sent = typed(other.url, store="Somewhere “else” & <on>", fingerprint="AB:" * 31 + "AB")
    response = unlocked_editor(on).post(way(dialog, "check"), sent)
    assert response.status_code == 200
    assert entered(response) == {name: value for name, value in sent.items() if name != "version"}
    assert "Another server than entered" in str(steps(response))


@pytest.mark.parametrize("dialog", DIALOGS)
def test_right_values_pass_in_the_dialog_too(on: TestPanel, other: Other, dialog: str) -> None:
    response = unlocked_editor(on).post(way(dialog, "check"), typed(other.url), htmx=True)
    assert [kind for kind, _ in steps(response)] == ["passed"] * ALL_STEPS
    assert AGREE in response.text
    assert set(other.logins) == {RIGHT}


@SHAPES
@pytest.mark.parametrize("dialog", DIALOGS)
def test_errors_are_told_at_their_fields_and_nobody_is_asked(
    on: TestPanel, other: Other, dialog: str, *, htmx: bool
) -> None:
    wrong = {"name": "\u200b", "url": "ftp://host", "fingerprint": "3F:A0"}
    response = unlocked_editor(on).post(way(dialog, "check"), typed(other.url) | wrong, htmx=htmx)
    assert response.status_code == 422
    assert re.findall(r'id="partner-(\w+)-error" class="error"', response.text) == list(wrong)
    assert wrong.items() <= entered(response).items()
    aimed = response.headers.get("HX-Retarget"), response.headers.get("HX-Reswap")
    assert aimed == (("#dialog", "innerHTML") if htmx else (None, None))
    assert not steps(response)
    assert not other.asked


@SHAPES
@pytest.mark.parametrize("with_another_name", [False, True], ids=["as typed", "with another name"])
def test_a_moved_server_gets_no_login_before_it_is_saved(
    on: TestPanel, tmp_path: Path, *, with_another_name: bool, htmx: bool
) -> None:
    satellite(on, closed_port())
    with other_primary(on, tmp_path) as other:
        before = on.kept()
        sent = typed(other.url, **({"name": "Gizo"} if with_another_name else {}))
        response = unlocked_editor(on).post(way("edit", "check"), sent, htmx=htmx)
        *passed, last = steps(response)
        assert {kind for kind, _ in passed} == {"passed"}
        assert last[0] == "failed"
        assert UNSAVED in last[1]
        assert other.asked
        assert not other.logins
        assert on.kept() == before


def test_another_spelling_of_the_saved_address_is_no_move(on: TestPanel, other: Other) -> None:
    sent = typed(other.url.replace("http:", "HTTP:") + "/")
    response = unlocked_editor(on).post(way("edit", "check"), sent, htmx=True)
    assert AGREE in response.text
    assert UNSAVED not in response.text


def test_plain_http_gets_the_login_only_when_the_dialog_accepts_it(on: TestPanel, other: Other) -> None:
    sent = typed(other.url)
    del sent["plain_http"]
    response = unlocked_editor(on).post(way("edit", "check"), sent, htmx=True)
    assert "The password is not sent over plain HTTP." in str(steps(response))
    assert not other.logins


@SHAPES
@pytest.mark.parametrize("path", [f"{LIST}/1/check", way("add", "check"), way("add", "look-up")])
def test_a_primary_is_told_that_it_needs_no_way_to_its_satellites(on: TestPanel, path: str, *, htmx: bool) -> None:
    url = closed_port()
    primary(on, replace(HONIARA, url=url))
    response = unlocked_editor(on).post(path, typed(url, sync_id="3"), htmx=htmx)
    assert [kind for kind, _ in steps(response)] == ["passed", "unneeded"]
    said = steps(response)[-1][1]
    assert said.startswith("– Not needed: No connection")
    assert "This is no fault: a primary never calls its satellites" in said
    assert AGREE not in response.text
