"""Scenario e without JavaScript: what is saved after the sign-in ended waits for it, if the browser vouches for it."""

import pytest
from panels import ADMIN, ADMIN_PASSWORD, TestPanel
from visitor import (
    DRAFT,
    OTHER,
    OTHER_PASSWORD,
    PAGE,
    TOKEN,
    Visitor,
    editor,
    hidden,
    other_editor,
    unlocked_editor,
    viewer,
)
from web.drafts import LATE, VOUCHED, enter, go_on, sign_in_again, sign_out_by_time
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
    visitor, before = editor(on), on.kept()
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, headers=VOUCHED[0])
    answer = sign_in_again(visitor, asked, {"user_name": "wendy", "password": "only looking around"})
    assert answer.status_code == 409
    assert "another user" in answer.text
    assert ">45<" in answer.text
    assert on.kept() == before


def test_another_editor_who_signs_in_does_not_save_it(on: TestPanel) -> None:
    other_editor(on)
    visitor, before = editor(on), on.kept()
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, headers=VOUCHED[0])
    answer = sign_in_again(visitor, asked, {"user_name": OTHER, "password": OTHER_PASSWORD})
    assert answer.status_code == 409
    assert on.kept() == before
    assert visitor.get().status_code == 200, "they are signed in"


def test_the_page_that_asks_for_the_sign_in_shows_what_will_be_saved(on: TestPanel) -> None:
    visitor = editor(on)
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, headers=VOUCHED[0])
    assert ">45<" in asked.text
    assert ">45<" in sign_in_again(visitor, asked, {"password": "wrong password"}).text


def test_in_another_browser_it_is_neither_shown_nor_saved(on: TestPanel) -> None:
    visitor, before = editor(on), on.kept()
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, headers=VOUCHED[0])
    for thief in (Visitor(on), editor(on)):
        sent = {"user_name": ADMIN, "draft": hidden(DRAFT, asked)}
        page = thief.get("/sign-in") if thief.get().status_code == 401 else thief.get()
        token = hidden(TOKEN, page)
        assert ">45<" not in thief.post("/sign-in", sent | {"password": "wrong"}, token=token).text
        assert thief.post("/sign-in", sent | {"password": ADMIN_PASSWORD}, token=token).status_code == 303
        assert on.kept() == before


def test_a_form_of_nobody_is_saved_only_when_who_signs_in_says_so(on: TestPanel) -> None:
    """Expect it of a browser that lost its session: whoever signs in next may be somebody else."""
    visitor, before = Visitor(furnish(on)), on.kept()
    asked = visitor.post(f"{PAGE}/interval", {"minutes": "45", "version": "1"}, token="lost")
    assert asked.status_code == 401
    assert ">45<" in asked.text
    confirm = sign_in_again(visitor, asked)
    assert confirm.status_code == 403
    assert ">45<" in confirm.text
    assert on.kept() | {"user": []} == before | {"user": []}
    assert go_on(visitor, confirm).status_code == 303
    assert on.kept()["interval"][0][1] == 45


def test_a_viewers_form_is_refused_and_not_kept(on: TestPanel) -> None:
    response = viewer(furnish(on)).post(f"{PAGE}/parameters", SITE, headers=VOUCHED[0])
    assert response.status_code == 403
    assert 'name="draft"' not in response.text
