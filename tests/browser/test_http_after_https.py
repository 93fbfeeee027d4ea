"""A name that was opened by HTTPS once is opened by plain HTTP again: no cookie of the one holds back the other's."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from browser.conftest import Person
from link.certificates import issue
from panels import ADMIN, ADMIN_PASSWORD, TestPanel
from playwright.sync_api import expect
from serving import serving_panel

NAME = "panel.test"  # what loopback may do with Secure cookies, no other name may


def test_who_came_by_https_once_signs_in_by_http_later(
    on: TestPanel, people: Callable[..., Person], tmp_path: Path
) -> None:
    on.settings = replace(on.settings, hosts=NAME)
    on.restart()
    person = people(ignore_https_errors=True)
    made = issue(tmp_path, NAME)
    with serving_panel(on, made.served) as encrypted, serving_panel(on) as plain:
        for address in (encrypted, plain, encrypted, plain):
            person.address = address.replace("127.0.0.1", NAME)
            person.open()
            if address == encrypted:
                assert person.page.url.startswith("https://")
            if person.page.get_by_label("User name").count():
                person.sign_in_by_hand(ADMIN, ADMIN_PASSWORD)
            expect(person.button("Click to un-lock")).to_be_visible()
            person.unlock()
            person.button("Lock now").click()
            expect(person.button("Click to un-lock")).to_be_visible()
