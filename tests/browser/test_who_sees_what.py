"""Scenario b: a viewer sees the page and can change nothing; nobody signed in sees only the sign-in page."""

from collections.abc import Iterator

from browser.conftest import PAGE, Person
from panels import ADMIN, ADMIN_PASSWORD, VIEWER, VIEWER_PASSWORD, TestPanel
from playwright.sync_api import expect

ONLY_LOOKING = "You may look at these preferences, but not change them. Nothing was changed."
NOT_THE_PAGES = {"/sign-in", "/sign-out", f"{PAGE}/confirm"}  # the last does what its sender may, and nothing by itself


def addresses(on: TestPanel, method: str) -> Iterator[str]:
    """Yield every address of the panel that takes this method, static files and signing in aside."""
    urls = on.app.url_map.bind("localhost")
    for rule in on.app.url_map.iter_rules():
        is_a_page = rule.endpoint.startswith("sync_panel.") and rule.rule not in NOT_THE_PAGES
        if method in (rule.methods or ()) and "version" not in rule.arguments and is_a_page:
            values = {"partner_id": 1, "region": "interval", "action": "check"}
            yield urls.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method)


def contents(on: TestPanel) -> list[str]:
    """Return all that the database holds."""
    with on.panel.database.reading() as db:
        return list(db.iterdump())


def test_nobody_signed_in_sees_only_the_sign_in_page_at_every_address(person: Person, on: TestPanel) -> None:
    on.fill(3)
    for address in addresses(on, "GET"):
        person.open(address)
        expect(person.button("Sign in")).to_be_visible()
        expect(person.page.locator("body")).not_to_contain_text("Store of here")
        expect(person.page.locator("#page, .partners")).to_have_count(0)


def test_the_right_password_leads_to_the_page(person: Person) -> None:
    person.sign_in_by_hand(ADMIN, ADMIN_PASSWORD)
    expect(person.region("lock-bar")).to_contain_text("Locked")
    expect(person.region("status")).to_contain_text("You are signed in")


def test_a_wrong_password_is_told_and_the_name_is_kept(person: Person) -> None:
    person.sign_in_by_hand(ADMIN, "not the password")
    expect(person.page.get_by_role("alert")).to_contain_text("The user name or the password is wrong")
    expect(person.page.get_by_label("User name")).to_have_value(ADMIN)
    expect(person.page.get_by_label("Password")).to_have_value("")


def test_signing_out_leaves_nothing_to_go_back_to(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().button("Sign out").click()
    expect(person.region("status")).to_contain_text("You are signed out")
    person.page.go_back()
    expect(person.button("Sign in")).to_be_visible()
    expect(person.page.locator("body")).not_to_contain_text("Store of here")


def test_a_viewer_sees_the_page_and_nothing_to_change_it_with(person: Person, on: TestPanel) -> None:
    on.fill(3)
    person.sign_in(VIEWER, VIEWER_PASSWORD)
    expect(person.region("parameters")).to_contain_text("Store of here")
    expect(person.region("interval")).to_contain_text("15 minutes")
    expect(person.region("partners").locator("tbody tr")).to_have_count(3)
    expect(person.page.get_by_role("button")).to_have_text(["Sign out", "Search"])
    expect(person.region("page").locator("input:not([type=search]):not([type=hidden])")).to_have_count(0)


def test_a_viewer_who_follows_an_editors_address_is_told_to_look_only(person: Person, on: TestPanel) -> None:
    on.fill(3)
    person.sign_in(VIEWER, VIEWER_PASSWORD)
    for address in ("unlock", "partners/add", "partners/1/edit", "partners/remove?server=1.1"):
        person.open(f"{PAGE}/{address}")
        expect(person.page.get_by_text(ONLY_LOOKING)).to_be_visible()
        expect(person.region("main").locator("form")).to_have_count(0)


def test_a_viewer_who_sends_what_the_page_does_not_offer_changes_nothing(person: Person, on: TestPanel) -> None:
    on.fill(3)
    person.sign_in(VIEWER, VIEWER_PASSWORD)
    token = person.page.locator("#csrf").get_attribute("content") or ""
    before = contents(on)
    for address in addresses(on, "POST"):
        answer = person.context.request.post(
            person.address + address,
            form={"csrf_token": token, "minutes": "5", "version": "1", "server": "1.1"},
            headers={"Origin": person.address},
        )
        assert "You may look at these preferences" in answer.text()
        assert answer.status == 403, f"{address} must refuse a viewer"
    assert contents(on) == before
