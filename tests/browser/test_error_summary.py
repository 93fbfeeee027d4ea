"""What is wrong with a form: a summary that has the focus and leads to the fields, and what was typed."""

import pytest
from browser.conftest import Person
from browser.steps import ERROR_TITLE, expect_said, minutes_field, open_add_dialog, press, stored_partners, type_server
from panels import TestPanel
from playwright.sync_api import Locator, expect


def expect_summary(where: Locator, *problems: str) -> None:
    """Expect a summary with these problems, which has the focus."""
    summary = where.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    expect(summary.get_by_role("link")).to_contain_text(list(problems))


def test_the_interval_says_what_is_wrong_and_leads_there(person: Person) -> None:
    minutes_field(person.sign_in()).fill("soon")
    person.button("Save interval").click()
    expect_summary(person.region("interval"), "Sync time interval: “soon” is not a whole number")
    person.page.get_by_role("link", name="Sync time interval:").click()
    expect(minutes_field(person)).to_be_focused()


@pytest.mark.parametrize("problem", ["Sync ID", "URL"])
def test_the_parameters_say_what_is_wrong_and_lead_there(person: Person, on: TestPanel, problem: str) -> None:
    on.become(1)
    person.sign_in().unlock()
    person.parameter("Sync ID").fill("one")
    person.parameter("URL").fill("here.example.org")
    person.button("Save parameters").click()
    expect_summary(person.region("parameters"), "Sync ID: ", "URL: ")
    expect(person.page).to_have_title(ERROR_TITLE)
    person.page.get_by_role("link", name=f"{problem}:").click()
    expect(person.parameter(problem)).to_be_focused()
    expect(person.parameter("URL")).to_have_value("here.example.org")


def test_a_new_server_says_what_is_wrong_and_leads_there(person: Person, on: TestPanel) -> None:
    on.become(1)
    dialog = open_add_dialog(person.sign_in().unlock())
    type_server(dialog, sync_id="one")
    press(dialog, "OK")
    expect_summary(dialog, "Sync ID: ")
    expect(person.page).to_have_title(ERROR_TITLE)
    dialog.get_by_role("link", name="Sync ID:").click()
    expect(dialog.get_by_label("Sync ID")).to_be_focused()
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Nouméa")


def test_a_refused_server_can_be_put_right(person: Person, on: TestPanel) -> None:
    on.become(1)
    dialog = open_add_dialog(person.sign_in().unlock())
    type_server(dialog, sync_id="one")
    press(dialog, "OK")
    expect(person.page).to_have_title(ERROR_TITLE)
    dialog.get_by_label("Sync ID").fill("7")
    press(dialog, "OK")
    expect_said(person, "Nouméa is added")
    expect(person.page).not_to_have_title(ERROR_TITLE)
    assert [partner.sync_id for partner in stored_partners(on)] == [7]
