"""Each dialog has an address of its own, which works when it is opened in a tab, with JavaScript too."""

import pytest
from browser.conftest import PAGE, Person
from browser.steps import expect_said, press, stored_partners, type_server
from panels import CODE, TestPanel
from playwright.sync_api import expect


def test_the_code_can_be_entered_at_its_own_address(person: Person) -> None:
    person.sign_in().open(f"{PAGE}/unlock").enter_code(CODE)
    expect(person.region("lock-bar")).to_contain_text("Unlocked")
    expect(person.region("interval")).to_be_visible()


@pytest.mark.parametrize(("form", "said"), [("add", "is added"), ("1/edit", "is saved")])
def test_a_server_can_be_saved_at_its_own_address(person: Person, on: TestPanel, form: str, said: str) -> None:
    on.fill(1)
    person.sign_in().unlock().open(f"{PAGE}/partners/{form}")
    type_server(person.region("main"), sync_id="700")
    person.button("OK").click()
    expect_said(person, f"Nouméa {said}")
    expect(person.region("partners").locator("tbody")).to_contain_text("Nouméa")


def test_what_is_wrong_is_said_once_at_a_forms_own_address(person: Person, on: TestPanel) -> None:
    on.fill(1)
    person.sign_in().unlock().open(f"{PAGE}/partners/add")
    type_server(person.region("main"), sync_id="one")
    person.button("OK").click()
    expect(person.page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(person.page.get_by_label("Sync ID")).to_have_count(1)


def test_a_server_can_be_removed_at_its_own_address(person: Person, on: TestPanel) -> None:
    on.fill(2)
    person.sign_in().unlock().open(f"{PAGE}/partners/remove?server=1.1")
    person.button("Remove").click()
    expect_said(person, "Removed: ")
    expect(person.region("partners").locator("tbody tr")).to_have_count(1)
    assert len(stored_partners(on)) == 1


@pytest.mark.parametrize("dialog", ["unlock", "partners/add", "partners/1/edit", "partners/remove?server=1.1"])
def test_cancel_leads_back_to_the_page(person: Person, on: TestPanel, dialog: str) -> None:
    on.fill(1)
    person.sign_in().unlock().open(f"{PAGE}/{dialog}")
    press(person.region("main"), "Cancel")
    expect(person.region("partners").locator("tbody tr")).to_have_count(1)
