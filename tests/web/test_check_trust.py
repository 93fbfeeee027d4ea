"""Trusting a certificate that no authority vouches for: what a check offers, and for whom and when it then holds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from link.certificates import Certificate, issue
from link_calls import HONIARA, MUNDA, primary
from loopback_panel import satellite, save_primary
from panels import TestPanel
from serving import serving_panel
from visitor import editor, unlocked_editor
from web.checking import AGREE, entered, other_primary, steps, typed, way
from web.routes import LIST

from sync_panel.rules.partner import in_pairs
from sync_panel.store.partners import Listed, all_partners

FOUND = "3f" * 32
SHAPES = pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
BUTTON, HINT = "Trust this certificate", "Un-lock the preferences to trust it."


def rows(on: TestPanel) -> list[Listed]:
    """Return the list."""
    with on.panel.database.reading() as db:
        return all_partners(db)


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    """Return a certificate made by itself."""
    return issue(tmp_path, "127.0.0.1")


@pytest.fixture
def there(on: TestPanel, tmp_path: Path, made: Certificate) -> Iterator[str]:
    """Return the address of a primary with that certificate; the panel is its satellite and lists it."""
    with other_primary(on, tmp_path) as other, serving_panel(other.panel, made.served) as url:
        satellite(on, url, plain_http=False)
        yield url
        assert not other.logins


def test_a_check_offers_the_found_certificate_to_who_is_unlocked(on: TestPanel, there: str, made: Certificate) -> None:
    locked, unlocked = (come(on).post(f"{LIST}/1/check", htmx=True) for come in (editor, unlocked_editor))
    for response in (locked, unlocked):
        assert steps(response)[-1][0] == "failed"
        assert in_pairs(made.fingerprint) in response.text
    assert HINT in locked.text
    assert BUTTON not in locked.text
    assert HINT not in unlocked.text
    assert BUTTON in unlocked.text
    assert f'value="{made.fingerprint}"' in unlocked.text
    assert f'formaction="{LIST}/1/trust"' in unlocked.text


@pytest.mark.parametrize("dialog", ["add", "edit"])
def test_a_dialog_offers_to_enter_it(on: TestPanel, there: str, made: Certificate, dialog: str) -> None:
    response = unlocked_editor(on).post(way(dialog, "check"), typed(there), htmx=True)
    assert f'value="{made.fingerprint}"' in response.text
    assert f'formaction="{way(dialog, "trust")}"' in response.text


def test_a_trusted_certificate_lets_the_next_check_pass(on: TestPanel, there: str, made: Certificate) -> None:
    visitor = unlocked_editor(on)
    assert visitor.post(f"{LIST}/1/trust", {"found": made.fingerprint, "version": "1"}).status_code == 303
    response = visitor.post(f"{LIST}/1/check", htmx=True)
    assert "Certificate trusted by its fingerprint" in response.text
    assert AGREE in response.text


@SHAPES
def test_trusting_saves_it_for_that_server_only(on: TestPanel, *, htmx: bool) -> None:
    primary(on, HONIARA, MUNDA)
    response = unlocked_editor(on).post(f"{LIST}/2/trust", {"found": FOUND, "version": "1"}, htmx=htmx)
    assert response.status_code == (200 if htmx else 303)
    assert response.headers.get("HX-Trigger") == ("close-dialog" if htmx else None)
    assert rows(on) == [Listed(1, 1, HONIARA), Listed(2, 2, replace(MUNDA, fingerprint=FOUND))]


def test_it_is_said_whose_certificate_is_trusted(on: TestPanel) -> None:
    visitor = unlocked_editor(primary(on))
    visitor.post(f"{LIST}/1/trust", {"found": FOUND, "version": "1"})
    assert "The certificate of 2 Honiara is trusted from now on." in visitor.get().text


@SHAPES
@pytest.mark.parametrize("version", ["1", "3", "", "x"])
def test_nothing_is_trusted_for_a_server_that_was_changed_meanwhile(on: TestPanel, version: str, *, htmx: bool) -> None:
    primary(on)
    moved = replace(HONIARA, url="https://moved.example.org")
    save_primary(on, moved)
    response = unlocked_editor(on).post(f"{LIST}/1/trust", {"found": FOUND, "version": version}, htmx=htmx)
    assert response.status_code == 409
    assert "This server was changed meanwhile. Nothing was saved." in response.text
    assert response.headers.get("HX-Retarget") == ("#status" if htmx else None)
    assert rows(on) == [Listed(1, 2, moved)]


def test_nothing_is_trusted_for_a_server_that_is_gone(on: TestPanel) -> None:
    response = unlocked_editor(primary(on)).post(f"{LIST}/9/trust", {"found": FOUND, "version": "1"})
    assert response.status_code == 404


@SHAPES
@pytest.mark.parametrize("dialog", ["add", "edit"])
def test_a_dialog_only_enters_the_fingerprint_and_keeps_what_was_typed(
    on: TestPanel, dialog: str, *, htmx: bool
) -> None:
    before = primary(on).kept()
    sent = typed("not yet a URL", sync_id="", name="Gizo")
    response = unlocked_editor(on).post(way(dialog, "trust"), sent | {"found": FOUND}, htmx=htmx)
    assert response.status_code == 200
    expected = sent | {"fingerprint": in_pairs(FOUND)}
    del expected["version"]
    assert entered(response) == expected
    assert "The fingerprint is entered below. It holds once you save." in response.text
    assert on.kept() == before


@pytest.mark.parametrize("path", [f"{LIST}/1/trust", way("add", "trust"), way("edit", "trust")])
def test_what_is_no_fingerprint_is_not_trusted(on: TestPanel, path: str) -> None:
    before, visitor = primary(on).kept(), unlocked_editor(on)
    for found in ("", "3F:A0", FOUND[1:], f"{FOUND}3f", "zz" * 32, "３" * 64):
        response = visitor.post(path, typed("https://a.example.org") | {"found": found})
        assert response.status_code == 400
        assert "There is no fingerprint to trust. Check the server again." in response.text
    assert on.kept() == before
