"""Scenario e without JavaScript: what is saved after the sign-in ended waits for it, if the browser vouches for it."""

import pytest
from panels import TestPanel
from visitor import PAGE, Visitor, editor, unlocked_editor, viewer
from web.drafts import LATE, VOUCHED, enter, sign_in_again, sign_out_by_time
from web.routes import SITE, furnish


@pytest.mark.parametrize("headers", VOUCHED)
def test_after_the_sign_in_ended_it_is_saved_by_signing_in(on: TestPanel, headers: dict[str, str]) -> None:
    visitor = editor(on)
    token = visitor.token()
    sign_out_by_time(on)
    late = {"minutes": "45", "version": "1"}
    asked = visitor.post(f"{PAGE}/interval", late, token=token, headers=headers)
    assert asked.status_code == 401
    assert sign_in_again(visitor, asked).status_code == 303
    assert on.kept()["interval"][0][1] == 45


def test_after_both_ended_it_is_saved_by_signing_in_and_the_code(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    token = visitor.token()
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/parameters", LATE["parameters"][1], token=token, headers=VOUCHED[0])
    asked = sign_in_again(visitor, asked)
    assert asked.status_code == 403
    assert "Typed in time" not in str(on.kept())
    assert enter(visitor, asked).status_code == 303
    assert "Typed in time" in str(on.kept()["site"])


def test_a_wrong_password_keeps_it(on: TestPanel) -> None:
    visitor = editor(on)
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, headers=VOUCHED[0])
    asked = sign_in_again(visitor, asked, {"password": "wrong password"})
    assert asked.status_code == 422
    assert sign_in_again(visitor, asked).status_code == 303
    assert on.kept()["interval"][0][1] == 45


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example.org"}])
def test_a_form_that_the_browser_does_not_vouch_for_is_not_kept(on: TestPanel, headers: dict[str, str]) -> None:
    """Else another site could have its own values saved by whoever signs in next."""
    response = Visitor(on).post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, headers=headers)
    assert response.status_code in {401, 403}
    assert 'name="draft"' not in response.text


def test_a_viewer_who_signs_in_saves_nothing_of_it(on: TestPanel) -> None:
    nobody, before = Visitor(on), on.kept()
    asked = nobody.post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, headers=VOUCHED[0])
    answer = sign_in_again(nobody, asked, {"user_name": "wendy", "password": "only looking around"})
    assert answer.status_code == 403
    assert on.kept() == before


def test_a_viewers_form_is_refused_and_not_kept(on: TestPanel) -> None:
    response = viewer(furnish(on)).post(f"{PAGE}/parameters", SITE, headers=VOUCHED[0])
    assert response.status_code == 403
    assert 'name="draft"' not in response.text
