"""Who comes by a link on another site is signed in and unlocked as before; that site can do nothing with it."""

import pytest
from browser.conftest import PAGE, Person
from browser.steps import expect_said, minutes_field, stored_minutes
from panels import TestPanel
from playwright.sync_api import Route, expect

ELSEWHERE = "http://elsewhere.example/"
FORM = (
    '<form method="post" action="{address}/interval"><input name="minutes" value="45"><input name="version" value="1">'
    "<button>Win</button></form>"
)
FRAME = '<iframe src="{address}"></iframe>'


def visit_elsewhere(person: Person, markup: str) -> None:
    def answer(route: Route) -> None:
        address = person.address + PAGE
        route.fulfill(body=f"<!doctype html>{markup.format(address=address)}", content_type="text/html")

    person.page.route(f"{ELSEWHERE}**", answer)
    person.page.goto(ELSEWHERE)


@pytest.mark.parametrize("link", ['<a href="{address}">Go</a>', '<form action="{address}"><button>Go</button></form>'])
def test_an_unlocked_editor_is_unlocked_at_once(person: Person, on: TestPanel, link: str) -> None:
    on.become(1)
    person.sign_in().unlock()
    visit_elsewhere(person, link)
    person.page.get_by_text("Go", exact=True).click()
    expect(person.button("Sign out")).to_be_visible()
    expect(person.region("lock-bar")).to_contain_text("Unlocked")
    minutes_field(person).fill("30")
    person.button("Save interval").click()
    expect_said(person, "The interval is saved")


def test_a_form_there_is_still_refused(person: Person, on: TestPanel) -> None:
    person.sign_in().unlock()
    visit_elsewhere(person, FORM)
    person.button("Win").click()
    expect(person.page.get_by_text("came from elsewhere")).to_be_visible()
    assert stored_minutes(on) == 15


def test_a_frame_there_gets_no_cookie(person: Person) -> None:
    person.sign_in().unlock()
    with person.page.expect_request(lambda request: PAGE in request.url) as asked:
        visit_elsewhere(person, FRAME)
    sent = asked.value.all_headers()
    assert "cookie" not in sent, "else the panel would answer as to the editor"
