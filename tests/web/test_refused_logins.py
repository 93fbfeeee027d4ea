"""A wrong login that comes from the address of a listed site is told at its row, and nothing of the login itself."""

import re
from dataclasses import replace

import pytest
from link_calls import HONIARA, MUNDA, WRONG, Asker, basic, primary
from panels import TestPanel
from visitor import unlocked_editor, viewer
from web.routes import LIST
from web.test_other_callers import A_DAY, ELSEWHERE, THREE_INTERVALS, WHERE, said

BY_ADDRESS = replace(MUNDA, url="https://10.20.0.3:8443")
OF_MUNDA: dict[str, object] = {
    "sync_id": 3,
    "name": MUNDA.name,
    "store": MUNDA.store,
    "url": MUNDA.url,
    "installation": "of Munda",
}


def rows(on: TestPanel) -> list[str]:
    """Return the rows at which a refused login is told, by their Sync IDs, with the address."""
    found = re.findall(r'<div id="state-(\d+)"(.*?)</div>', viewer(on).get().text, re.DOTALL)
    told = [(int(row) + 1, re.search(r"Refused login from (\S+) at", text)) for row, text in found]
    return [f"{sync_id} {login[1]}" for sync_id, login in told if login]


@pytest.fixture
def listed(on: TestPanel) -> Asker:
    """Return Honiara, which asked from where it is; Munda is known by the address in its URL alone."""
    asker = Asker(primary(on, HONIARA, BY_ADDRESS), WHERE)
    assert asker.contact().status_code == 200
    return asker


@pytest.mark.parametrize("asks", ["site", "contact"])
def test_a_wrong_login_from_where_a_satellite_asked_is_told_at_its_row(listed: Asker, asks: str) -> None:
    listed.on.clock.pass_time(120)
    wrong = Asker(listed.on, WHERE, WRONG)
    assert (wrong.site() if asks == "site" else wrong.contact(counter=2)).status_code == 401
    assert said(listed.on) == (
        "good",
        f"On time 14:30 (2 minutes ago) Refused login from {WHERE} at 14:32 (just now).",
    )


def test_a_wrong_login_from_the_address_in_a_satellite_s_url_is_told_at_its_row(listed: Asker) -> None:
    Asker(listed.on, "10.20.0.3", WRONG).site(3)
    assert said(listed.on, 2) == ("idle", "No contact yet Refused login from 10.20.0.3 at 14:30 (just now).")
    assert rows(listed.on) == ["3 10.20.0.3"]


def test_a_wrong_login_from_elsewhere_is_told_at_no_row_whatever_it_claims(listed: Asker) -> None:
    before = listed.on.kept()
    for sync_id in (2, 3, 99):
        Asker(listed.on, ELSEWHERE, WRONG).site(sync_id)
        looked_further(listed.on)
    assert listed.on.kept() == before
    assert rows(listed.on) == []


def looked_further(on: TestPanel) -> None:
    """Wait until it is known whether a name in a URL leads to where a wrong login came from."""
    looking = on.panel.partner_login.wrong.looking
    assert looking
    looking.join(60)


def test_a_wrong_login_from_where_a_name_in_a_url_leads_is_told_at_the_row_that_it_claims(on: TestPanel) -> None:
    asked = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["10.0.0.1", WHERE]

    primary(on, HONIARA, MUNDA).panel.network.resolve = resolve
    for address, sync_id in ((WHERE, 99), (ELSEWHERE, 2), (WHERE, 3)):
        Asker(on, address, WRONG).site(sync_id)
        looked_further(on)
    assert rows(on) == [f"3 {WHERE}"]
    assert asked == ["honiara.example.org", "munda.example.org"], "of who is not listed nothing is looked up"


def test_a_name_that_is_not_found_places_nobody(on: TestPanel) -> None:
    Asker(primary(on), WHERE, WRONG).site(2)
    looked_further(on)
    assert rows(on) == []


def test_behind_one_router_it_is_told_at_the_row_that_it_claims(on: TestPanel) -> None:
    primary(on, HONIARA, MUNDA)
    Asker(on, WHERE).contact()
    wrong = Asker(on, WHERE, WRONG)
    wrong.site(3)
    assert rows(on) == [f"3 {WHERE}"], "of Munda nobody knows where it is"
    Asker(on, WHERE).contact(**OF_MUNDA)
    wrong.site(2)
    assert rows(on) == [f"2 {WHERE}"]
    wrong.site(99)
    assert rows(on) == [f"2 {WHERE}", f"3 {WHERE}"]


def test_a_claim_does_not_move_it_to_a_site_that_is_elsewhere(listed: Asker) -> None:
    Asker(listed.on, WHERE, WRONG).site(3)
    assert rows(listed.on) == [f"2 {WHERE}"]


def test_it_is_told_until_the_right_login_comes_from_there(listed: Asker) -> None:
    Asker(listed.on, WHERE, WRONG).contact(counter=2)
    assert listed.contact(counter=2).status_code == 200
    assert rows(listed.on) == []


def test_a_right_login_from_another_address_leaves_it_while_it_may_go_on(listed: Asker) -> None:
    Asker(listed.on, WHERE, WRONG).contact(counter=2)
    moved = Asker(listed.on, ELSEWHERE)
    moved.contact(counter=2)
    assert rows(listed.on) == [f"2 {WHERE}"]
    listed.on.clock.pass_time(THREE_INTERVALS + 1)
    moved.contact(counter=3)
    assert rows(listed.on) == []


def test_another_behind_the_same_router_that_gets_in_does_not_hide_it(on: TestPanel) -> None:
    primary(on, HONIARA, MUNDA)
    Asker(on, WHERE).contact()
    Asker(on, WHERE).contact(**OF_MUNDA)
    Asker(on, WHERE, WRONG).site(3)
    assert Asker(on, WHERE).contact(counter=2).status_code == 200
    assert rows(on) == [f"3 {WHERE}"]


def test_it_is_told_for_a_week(listed: Asker) -> None:
    Asker(listed.on, WHERE, WRONG).site()
    listed.on.clock.pass_time(7 * A_DAY)
    assert rows(listed.on) == [f"2 {WHERE}"]
    listed.on.clock.pass_time(1)
    assert rows(listed.on) == []


def test_each_row_has_its_last_one_only_and_nothing_of_the_login(listed: Asker) -> None:
    for number in range(30):
        listed.on.clock.pass_time(3600)
        Asker(listed.on, WHERE, basic(f"name-{number}", f"word-{number}")).site(number % 3 + 1)
    kept = listed.on.kept()["refused_login"]
    assert [row[0] for row in kept] == [2]
    assert "name-" not in repr(kept) + viewer(listed.on).get().text
    assert "word-" not in repr(kept)


@pytest.mark.parametrize("login", [None, "Bearer abc", "Basic !"])
def test_what_is_no_login_is_none_that_was_refused(listed: Asker, login: str | None) -> None:
    before = listed.on.kept()
    Asker(listed.on, WHERE, login).site()
    assert listed.on.kept() == before


def test_what_is_not_verified_during_a_wait_is_not_noted(listed: Asker) -> None:
    wrong = Asker(listed.on, WHERE, WRONG)
    assert [wrong.site().status_code for _ in range(20)] == [401] * 5 + [429] * 15, "fifteen beside the crowd"
    before = listed.on.kept()
    listed.on.clock.pass_time(1)
    assert wrong.site().status_code == 429
    assert listed.on.kept() == before


def test_of_a_removed_site_nothing_is_kept_after_the_next(listed: Asker) -> None:
    Asker(listed.on, WHERE, WRONG).site()
    unlocked_editor(listed.on).post(f"{LIST}/remove", {"server": "1.1"})
    Asker(listed.on, "10.20.0.3", WRONG).site(3)
    assert [row[0] for row in listed.on.kept()["refused_login"]] == [3]
