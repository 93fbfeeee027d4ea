"""Looking a server up by its URL, and a check that is under way: who sees its steps, and who is told to wait."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from link.certificates import issue
from link.servers import serving
from link.stand_in import ENGINES_ID, MSupply
from loopback_panel import closed_port
from panels import TestPanel
from serving import serving_panel
from visitor import Visitor, editor, other_editor, unlocked_editor
from web.checking import AGREE, ALL_STEPS, PROGRESS, Other, entered, steps, typed, way, words
from web.routes import LIST

from sync_panel.rules.partner import in_pairs

LOOK_UP, FOUND, BUSY = way("add", "look-up"), "Found at this URL, and entered below.", "Another check is under way."
SHAPES = pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
NOTHING = {"sync_id": "", "name": "", "store": ""}


@pytest.fixture
def somebody_else(on: TestPanel) -> Visitor:
    """Return another editor in another browser."""
    return other_editor(on)


@SHAPES
def test_what_the_server_says_of_itself_is_entered_and_said_to_be_found(
    on: TestPanel, other: Other, *, htmx: bool
) -> None:
    sent = {"sync_id": "7", "name": "typed before", "url": f" {other.url.replace('http:', 'HTTP:')}/ "}
    response = unlocked_editor(on).post(LOOK_UP, sent | {"plain_http": "yes"}, htmx=htmx)
    assert response.status_code == 200
    expected = {"sync_id": "1", "name": "Here", "store": "Store of here", "url": other.url}
    assert entered(response) == expected | {"fingerprint": "", "plain_http": "yes", "hardware_id": ""}
    assert FOUND in response.text
    assert response.text.count("Found at the URL.") == 3
    assert 'id="dialog-title"' in response.text
    assert response.text.startswith("<!doctype") is not htmx


def test_a_look_up_keeps_the_fingerprint(on: TestPanel, other: Other, tmp_path: Path) -> None:
    made = issue(tmp_path, "127.0.0.1")
    pairs = in_pairs(made.fingerprint)
    with serving_panel(other.panel, made.served) as url:
        response = unlocked_editor(on).post(LOOK_UP, NOTHING | {"url": url, "fingerprint": pairs}, htmx=True)
    expected = {
        "sync_id": "1",
        "name": "Here",
        "store": "Store of here",
        "url": url,
        "fingerprint": pairs,
        "hardware_id": "",
    }
    assert entered(response) == expected


@SHAPES
def test_a_look_up_that_fails_shows_the_ladder_and_keeps_what_was_typed(
    on: TestPanel, other: Other, *, htmx: bool
) -> None:
    sent = typed(closed_port(), sync_id="7", fingerprint="")
    response = unlocked_editor(on).post(LOOK_UP, sent, htmx=htmx)
    assert response.status_code == 200
    (failed,) = [said for kind, said in steps(response) if kind == "failed"]
    assert "No connection" in failed
    assert entered(response) == {name: value for name, value in sent.items() if name != "version"}
    assert FOUND not in response.text
    assert "Found at the URL." not in response.text


def test_a_server_that_does_not_tell_who_it_is_is_not_said_to_agree(on: TestPanel, other: Other) -> None:
    with serving(MSupply()) as server:
        sent = NOTHING | {"url": server.url(), "plain_http": "yes", "hardware_id": ENGINES_ID}
        response = unlocked_editor(on).post(LOOK_UP, sent, htmx=True)
    assert b"uthorization" not in server.everything
    assert "mSupply answers" in str(steps(response))
    assert {kind for kind, _ in steps(response)} == {"passed"}
    assert "This server does not tell its Sync ID, name and store." in response.text
    assert sent.items() <= entered(response).items()
    assert FOUND not in response.text
    assert AGREE not in response.text


@SHAPES
@pytest.mark.parametrize("url", ["", "ftp://host", "host", "https://user@host"])
def test_a_bad_url_is_told_at_its_field_alone(on: TestPanel, other: Other, url: str, *, htmx: bool) -> None:
    response = unlocked_editor(on).post(LOOK_UP, NOTHING | {"url": url}, htmx=htmx)
    assert response.status_code == 422
    assert response.text.count('-error" class="error"') == 1
    assert 'id="partner-url-error"' in response.text
    assert entered(response)["url"] == url
    assert response.headers.get("HX-Retarget") == ("#dialog" if htmx else None)
    assert not other.asked


@SHAPES
@pytest.mark.parametrize(
    "path",
    [f"{LIST}/1/check", way("add", "check"), way("edit", "check"), LOOK_UP],
    ids=["saved", "add", "edit", "look up"],
)
def test_a_second_check_at_the_same_moment_is_told_to_wait(
    on: TestPanel, other: Other, path: str, *, htmx: bool
) -> None:
    first, second = editor(on), unlocked_editor(on)
    token = first.token()
    other.lets_go.clear()
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(first.post, f"{LIST}/1/check", htmx=True, token=token)
        assert other.reached.wait(5)
        asked = len(other.asked)
        told = second.post(path, typed(other.url), htmx=htmx)
        assert len(other.asked) == asked
        other.lets_go.set()
        assert len(steps(checked.result())) == ALL_STEPS
    assert told.status_code == 200
    assert BUSY in words(told.text)
    assert not steps(told)
    assert AGREE in second.post(f"{LIST}/1/check", htmx=True).text


def test_progress_is_shown_to_its_own_browser_only_and_while_it_lasts(
    on: TestPanel, somebody_else: Visitor, other: Other
) -> None:
    first, same_user = editor(on), editor(on)
    token = first.token()
    assert first.get(PROGRESS, htmx=True).status_code == 204
    other.lets_go.clear()
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(first.post, f"{LIST}/1/check", htmx=True, token=token)
        assert other.reached.wait(5)
        shown = first.get(PROGRESS, htmx=True)
        strangers = [each.get(PROGRESS, htmx=True) for each in (same_user, somebody_else)]
        other.lets_go.set()
        assert len(steps(checked.result())) == ALL_STEPS
    assert shown.status_code == 200
    kinds, said = zip(*steps(shown), strict=True)
    assert kinds == ("passed", "passed", "waiting")
    assert "Address found" in said[0]
    assert "Connected" in said[1]
    assert "Checking …" in said[2]
    assert AGREE not in shown.text
    assert [(each.status_code, each.data) for each in strangers] == [(204, b"")] * 2
    assert first.get(PROGRESS, htmx=True).status_code == 204


def test_a_check_that_failed_leaves_room_for_the_next(on: TestPanel, other: Other) -> None:
    visitor, away = unlocked_editor(on), typed(closed_port())
    assert "No connection" in str(steps(visitor.post(way("add", "check"), away, htmx=True)))
    assert visitor.get(PROGRESS, htmx=True).status_code == 204
    assert AGREE in visitor.post(f"{LIST}/1/check", htmx=True).text
