"""What stands on paper: all servers that were found, or words on which of them are missing."""

from browser.conftest import Person
from browser.states import unlocked_with_fifty_rows
from panels import TestPanel
from playwright.sync_api import Page, expect


def rows(page: Page) -> list[str]:
    """Return the Sync IDs in the table that is seen."""
    return page.locator("table.partners:visible tbody .column-sync_id").all_inner_texts()


def print_it(page: Page) -> None:
    """Do what a browser does before it prints; headless, nobody can press its button."""
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


def test_a_page_of_the_list_is_printed_with_all_the_others(person: Person, on: TestPanel) -> None:
    unlocked_with_fifty_rows(on, person)
    if not person.scripts:
        person.page.emulate_media(media="print")
        expect(person.page.get_by_text("These are 50 of 60 servers.")).to_be_visible()
        return
    print_it(person.page)
    assert rows(person.page) == [str(sync_id) for sync_id in range(2, 62)]
    expect(person.page.get_by_text("All 60 servers")).to_be_visible()
    person.page.evaluate("dispatchEvent(new Event('afterprint'))")
    person.page.emulate_media(media="screen")
    assert len(rows(person.page)) == 50
    person.button("Add server").click()
    expect(person.page.get_by_label("Sync ID", exact=True).last).to_be_visible()


def test_a_link_shows_all_for_paper_in_the_order_of_the_page(person: Person, on: TestPanel) -> None:
    unlocked_with_fifty_rows(on, person)
    person.page.goto(f"{person.page.url}?order=desc")
    person.page.get_by_role("link", name="Print all").click()
    expect(person.page.get_by_text("All 60 servers")).to_be_visible()
    assert rows(person.page) == [str(sync_id) for sync_id in range(61, 1, -1)]
    expect(person.page.locator("#printed button")).to_have_count(0)
    person.page.get_by_role("link", name="To the preferences", exact=True).click()
    expect(person.page.locator("[aria-sort=descending]")).to_be_visible()


def test_without_an_answer_the_paper_says_what_it_lacks(person: Person, on: TestPanel) -> None:
    unlocked_with_fifty_rows(on, person)
    person.page.route("**/partners/print*", lambda route: route.abort())
    print_it(person.page)
    assert len(rows(person.page)) == 50
    expect(person.page.get_by_text("These are 50 of 60 servers.")).to_be_visible()


def test_a_list_of_one_page_says_nothing_of_others(person: Person, on: TestPanel) -> None:
    unlocked_with_fifty_rows(on, person)
    person.page.goto(f"{person.page.url}?q=lae")
    person.page.emulate_media(media="print")
    expect(person.page.get_by_text("servers. “Print all”")).to_have_count(0)
    expect(person.page.get_by_role("link", name="Print all")).to_have_count(0)
