"""A form from before the browser's present sign-in: its person is asked, and it is saved; nothing else saves it."""

import pytest
from panels import ADMIN, ADMIN_PASSWORD, CODE, VIEWER, VIEWER_PASSWORD, TestPanel
from visitor import (
    DRAFT,
    OTHER,
    OTHER_PASSWORD,
    PAGE,
    Visitor,
    editor,
    hidden,
    other_editor,
    unlocked_editor,
)
from web.drafts import LATE, enter, go_on, save_late, sign_in_again, sign_out_by_time, token_in
from web.routes import WRITES, furnish

INTERVAL = {"minutes": "45", "version": "1"}
ASKED_ITSELF = {"POST /sign-in", f"POST {PAGE}/unlock", f"POST {PAGE}/confirm"}
SAYS_WHOSE = "Go on as “admin”?"


def minutes(on: TestPanel) -> object:
    return on.kept()["interval"][0][1]


def lose_session(visitor: Visitor) -> None:
    """Forget the session's cookie, as a browser that is closed does."""
    visitor.client.delete_cookie(f"sync_panel_{visitor.on.panel.mark}_80")


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("ended", ["by the idle time", "by signing out"])
def test_a_form_of_before_is_saved_after_its_user_signed_in_again_elsewhere(
    on: TestPanel, ended: str, *, htmx: bool
) -> None:
    visitor = editor(on)
    token = visitor.token()
    if ended == "by signing out":
        assert visitor.post("/sign-out").status_code == 303
    else:
        sign_out_by_time(on)
    visitor.sign_in()
    answer = visitor.post(f"{PAGE}/interval", INTERVAL, token=token, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert minutes(on) == 45


@pytest.mark.parametrize("token", ["", "rubbish", "of another browser"])
def test_a_form_without_a_token_of_today_is_saved_when_its_person_says_so(on: TestPanel, token: str) -> None:
    visitor = editor(on)
    asked = visitor.post(f"{PAGE}/interval", INTERVAL, token=editor(on).token() if "other" in token else token)
    assert asked.status_code == 403
    assert SAYS_WHOSE in asked.text
    assert ">45<" in asked.text
    assert minutes(on) == 15
    assert go_on(visitor, asked).status_code == 303
    assert minutes(on) == 45


def test_a_token_that_is_too_old_is_asked_about_too(on: TestPanel) -> None:
    visitor = editor(on)
    on.app.config["WTF_CSRF_TIME_LIMIT"] = -1
    asked = visitor.post(f"{PAGE}/interval", INTERVAL)
    on.app.config["WTF_CSRF_TIME_LIMIT"] = None
    assert minutes(on) == 15
    assert go_on(visitor, asked).status_code == 303
    assert minutes(on) == 45


def test_after_the_session_was_lost_it_is_saved_too(on: TestPanel) -> None:
    visitor = editor(on)
    token = visitor.token()
    lose_session(visitor)
    visitor.sign_in()
    asked = visitor.post(f"{PAGE}/interval", INTERVAL, token=token)
    assert minutes(on) == 15
    assert go_on(visitor, asked).status_code == 303
    assert minutes(on) == 45


def test_after_the_key_of_the_cookies_was_replaced_it_is_saved_too(on: TestPanel) -> None:
    visitor = editor(on)
    token = visitor.token()
    key = on.settings.data / "cookies.key"
    key.write_text(key.read_text("ascii").swapcase(), "ascii")
    on.restart()
    asked = visitor.post(f"{PAGE}/interval", INTERVAL, token=token)
    assert asked.status_code == 401
    assert go_on(visitor, sign_in_again(visitor, asked)).status_code == 303
    assert minutes(on) == 45


def test_another_user_who_signed_in_meanwhile_is_named_first(on: TestPanel) -> None:
    other_editor(on)
    visitor = editor(on)
    token = visitor.token()
    visitor.post("/sign-out")
    visitor.sign_in(OTHER, OTHER_PASSWORD)
    asked = visitor.post(f"{PAGE}/interval", INTERVAL, token=token)
    assert f"Go on as “{OTHER}”?" in asked.text
    assert minutes(on) == 15
    assert go_on(visitor, asked).status_code == 303


def test_a_viewer_who_signed_in_meanwhile_is_not_asked(on: TestPanel) -> None:
    visitor = editor(on)
    token = visitor.token()
    visitor.sign_in(VIEWER, VIEWER_PASSWORD)
    answer = visitor.post(f"{PAGE}/interval", INTERVAL, token=token)
    assert "but not change them" in answer.text
    assert "Go on as" not in answer.text


@pytest.mark.parametrize("form", LATE)
def test_while_locked_the_code_alone_is_asked_for_beside_what_is_saved(on: TestPanel, form: str) -> None:
    path, fields, table = LATE[form]
    visitor = editor(furnish(on))
    asked = visitor.post(path, fields, token="lost")
    assert "Typed in time" in asked.text
    assert "Typed in time" not in str(on.kept()[table])
    assert enter(visitor, asked).status_code == 303
    assert "Typed in time" in str(on.kept()[table])


@pytest.mark.parametrize("name", sorted(set(WRITES) - ASKED_ITSELF))
def test_what_is_confirmed_is_shown_and_not_done_before(unchanged: TestPanel, name: str) -> None:
    route, visitor = WRITES[name], unlocked_editor(unchanged)
    asked = visitor.post(route.path, route.fields, token="lost")
    assert SAYS_WHOSE in asked.text
    assert "<dt>" in asked.text, "whoever confirms must see what"
    assert visitor.is_unlocked()


def test_a_protected_form_that_is_confirmed_counts_for_the_unlock(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    on.clock.pass_time(500)
    path, fields, _ = LATE["parameters"]
    asked = visitor.post(path, fields, token="lost")
    assert visitor.seconds_left() == 100, "not before"
    assert go_on(visitor, asked).status_code == 303
    assert visitor.seconds_left() == 600


def test_a_confirmation_needs_a_token_and_its_own_browser(on: TestPanel) -> None:
    visitor = editor(on)
    asked = visitor.post(f"{PAGE}/interval", INTERVAL, token="lost")
    draft = {"draft": hidden(DRAFT, asked)}
    again = visitor.post(f"{PAGE}/confirm", draft, token="lost")
    assert again.status_code == 403
    assert editor(on).post(f"{PAGE}/confirm", draft).status_code == 303, "a draft of another browser is none"
    assert visitor.post(f"{PAGE}/confirm", draft, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert minutes(on) == 15
    assert go_on(visitor, again).status_code == 303, "the page that asked a second time has it still"
    assert minutes(on) == 45


def test_htmx_is_asked_in_the_gate_and_then_sends_the_form_again(on: TestPanel) -> None:
    visitor = editor(on)
    asked = visitor.post(f"{PAGE}/interval", INTERVAL, token="lost", htmx=True)
    assert (asked.status_code, asked.headers["HX-Retarget"]) == (403, "#gate")
    assert SAYS_WHOSE in asked.text
    answer = visitor.post(f"{PAGE}/confirm", token=token_in(asked), htmx=True)
    assert answer.headers["HX-Trigger"] == "close-gate, retry"
    assert 'id="csrf"' in answer.text
    assert minutes(on) == 15, "not before the page sends it"


def test_the_second_of_two_sign_in_tabs_leads_to_the_page(on: TestPanel) -> None:
    visitor = Visitor(on)
    token = visitor.token()
    visitor.sign_in()
    sent = {"user_name": ADMIN, "password": ADMIN_PASSWORD}
    asked = visitor.post("/sign-in", sent, token=token)
    assert SAYS_WHOSE in asked.text
    assert ADMIN_PASSWORD not in asked.text
    answer = visitor.post(f"{PAGE}/confirm", token=token_in(asked))
    assert (answer.status_code, answer.location) == (303, PAGE)


def test_the_second_of_two_sign_in_tabs_signs_another_user_in(on: TestPanel) -> None:
    other_editor(on)
    visitor = Visitor(on)
    token = visitor.token()
    visitor.sign_in()
    sent = {"user_name": OTHER, "password": OTHER_PASSWORD}
    asked = visitor.post("/sign-in", sent, token=token)
    assert "Enter it again" in asked.text
    assert f'value="{OTHER}"' in asked.text
    assert visitor.post("/sign-in", sent, token=token_in(asked)).status_code == 303
    assert OTHER in visitor.get().text


def test_a_form_that_waits_for_the_sign_in_is_saved_from_a_stale_sign_in_page_too(on: TestPanel) -> None:
    visitor = editor(on)
    lose_session(visitor)
    asked = visitor.post(f"{PAGE}/interval", INTERVAL, token="lost")
    visitor.sign_in()
    confirm = sign_in_again(visitor, asked)
    assert ">45<" in confirm.text
    assert go_on(visitor, confirm).status_code == 303
    assert minutes(on) == 45


def test_a_form_that_waits_for_the_sign_in_is_saved_by_it_after_one_in_another_tab(on: TestPanel) -> None:
    visitor = editor(on)
    sign_out_by_time(on)
    asked = visitor.post(f"{PAGE}/interval", INTERVAL)
    visitor.sign_in()
    assert sign_in_again(visitor, asked).status_code == 303
    assert minutes(on) == 45


def test_a_browser_that_brings_no_cookie_is_asked_again_and_told_why(on: TestPanel) -> None:
    visitor = Visitor(on)
    sent = {"user_name": ADMIN, "password": ADMIN_PASSWORD}
    asked = visitor.post("/sign-in", sent, token="lost")
    assert asked.status_code == 403
    assert "let the browser keep cookies" in asked.text
    assert visitor.post("/sign-in", sent, token=token_in(asked)).status_code == 303


def test_a_stale_question_for_the_code_is_asked_again_with_what_waits_for_it(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    asked = save_late(visitor)
    sent = {"code": CODE, "draft": hidden(DRAFT, asked)}
    again = visitor.post(f"{PAGE}/unlock", sent, token="lost")
    assert again.status_code == 403
    assert "Enter it again" in again.text
    assert "Typed in time" in again.text
    assert not visitor.is_unlocked()
    assert enter(visitor, again).status_code == 303
    assert "Typed in time" in str(on.kept()["site"])


def test_what_waits_for_the_code_is_still_there_after_a_sign_out_in_another_tab(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    asked = save_late(visitor)
    visitor.post("/sign-out")
    sent = {"code": CODE, "draft": hidden(DRAFT, asked)}
    sign_in = visitor.post(f"{PAGE}/unlock", sent, token=token_in(asked))
    assert sign_in.status_code == 401
    assert "Typed in time" in sign_in.text
    code = sign_in_again(visitor, sign_in)
    assert enter(visitor, code).status_code == 303
    assert "Typed in time" in str(on.kept()["site"])


def test_signing_out_twice_ends_at_the_sign_in(on: TestPanel) -> None:
    visitor = editor(on)
    lose_session(visitor)
    answer = visitor.post("/sign-out", token="lost")
    assert 'name="user_name"' in answer.text
    assert "Enter it again" not in answer.text


def test_another_users_forms_have_another_token(on: TestPanel) -> None:
    other_editor(on)
    visitor = editor(on)
    token = visitor.token()
    visitor.sign_in(OTHER, OTHER_PASSWORD)
    visitor.sign_in()
    assert visitor.post(f"{PAGE}/interval", INTERVAL, token=token).status_code == 403
    assert minutes(on) == 15
