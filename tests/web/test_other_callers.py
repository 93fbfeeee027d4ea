"""Who asks in the place of a listed site and is refused stands beside it: who is listed keeps its state."""

import re

import pytest
from link_calls import HONIARA, MUNDA, Asker, noted, primary, problem
from panels import TestPanel
from visitor import unlocked_editor, viewer
from web.routes import LIST

OTHER = {"installation": "of another", "name": "Gizo", "store": "Pharmacy"}
WHERE, ELSEWHERE = "10.0.0.7", "10.0.0.9"
A_DAY, THREE_INTERVALS = 86400, 45 * 60


def said(on: TestPanel, row: int = 1) -> tuple[str, str]:
    """Return the kind of a row's state, and all that the row says of it."""
    found = re.search(rf'<div id="state-{row}" class="state state-(\w+)">(.*?)</div>', viewer(on).get().text, re.DOTALL)
    assert found
    return found[1], " ".join(re.sub("<[^>]*>", " ", found[2]).split())


@pytest.fixture
def listed(on: TestPanel) -> Asker:
    """Return a listed server that asked once."""
    asker = Asker(primary(on, HONIARA, MUNDA), WHERE)
    assert asker.contact(counter=1).status_code == 200
    return asker


@pytest.mark.parametrize(
    ("address", "changed"),
    [
        (ELSEWHERE, OTHER),
        (WHERE, OTHER),
        (ELSEWHERE, {"name": "Gizo", "store": "Pharmacy", "counter": 2}),
        (WHERE, {"name": "Gizo", "store": "Pharmacy"}),
        (ELSEWHERE, OTHER | {"sync_id": 77}),
    ],
    ids=["another", "another behind the same router", "a copy", "a copy at the same address", "under its URL"],
)
def test_another_server_under_its_sync_id_changes_nothing_of_the_listed_one(
    listed: Asker, address: str, changed: dict[str, object]
) -> None:
    before = noted(listed.on)
    listed.on.clock.pass_time(120)
    problem(Asker(listed.on, address).contact(**changed), 409, "other-values")
    assert noted(listed.on) == before
    kind, words = said(listed.on)
    assert (kind, words.partition(" Refused: ")[0]) == ("good", "On time 14:30 (2 minutes ago)")
    assert f"Refused: a request from {address} at 14:32 (just now)." in words
    assert "Name: “Gizo” there, “Honiara” here." in words
    assert "1 on time" in viewer(listed.on).get().text
    assert "1 refused" not in viewer(listed.on).get().text


def test_two_others_are_two_things_to_show(listed: Asker) -> None:
    Asker(listed.on, ELSEWHERE).contact(**OTHER)
    Asker(listed.on, "10.0.0.10").contact(name="Auki", installation="of a third")
    words = said(listed.on)[1]
    assert words.count("Refused: a request from") == 2
    assert "“Gizo” there" in words
    assert "“Auki” there" in words


def test_many_others_are_bounded_and_keep_out_nobody_s_words(listed: Asker) -> None:
    for number in range(20):
        Asker(listed.on, f"10.1.0.{number}").contact(name=f"Gizo {number}", installation=f"of {number}")
    Asker(listed.on, ELSEWHERE).contact(sync_id=3, name="Auki", installation="of another")
    assert said(listed.on)[1].count("Refused: a request from") == 3
    assert "Gizo 19" in said(listed.on)[1]
    assert len(listed.on.kept()["refused_contact"]) == 6
    assert "“Auki” there" in said(listed.on, 2)[1]


def test_a_listed_server_that_changed_its_name_is_refused_and_its_last_contact_told(listed: Asker) -> None:
    listed.on.clock.pass_time(120)
    problem(listed.contact(counter=2, name="Gizo"), 409, "other-values")
    assert said(listed.on) == (
        "bad",
        "Refused 14:32 (just now) Name: “Gizo” there, “Honiara” here. Its last contact was at 14:30 (2 minutes ago).",
    )
    assert listed.contact(counter=3).status_code == 200
    assert said(listed.on) == ("good", "On time 14:32 (just now)")


def test_while_nobody_is_known_whoever_asks_is_refused(on: TestPanel) -> None:
    Asker(primary(on), ELSEWHERE).contact(**OTHER)
    assert said(on)[0] == "bad"
    assert Asker(on, WHERE).contact().status_code == 200
    kind, words = said(on)
    assert kind == "good"
    assert f"Refused: a request from {ELSEWHERE}" in words


def test_one_that_takes_its_own_sync_id_is_no_more_told_at_the_wrong_row(listed: Asker) -> None:
    wrong = Asker(listed.on, ELSEWHERE)
    wrong.contact(sync_id=2, name="Munda", store="Clinic", installation="of Munda")
    assert "Refused" in said(listed.on)[1]
    right = {"sync_id": 3, "name": "Munda", "store": "Clinic", "url": MUNDA.url, "installation": "of Munda"}
    assert wrong.contact(counter=2, **right).status_code == 200
    assert "Refused" not in said(listed.on)[1]


def test_a_server_that_moved_is_not_told_at_its_old_address_for_ever(listed: Asker) -> None:
    Asker(listed.on, ELSEWHERE).contact(counter=2, name="Gizo")
    listed.contact(counter=3)
    assert "Refused" in said(listed.on)[1], "a copy may go on asking there"
    listed.on.clock.pass_time(THREE_INTERVALS + 1)
    listed.contact(counter=4)
    assert "Refused" not in said(listed.on)[1]


def test_who_stopped_asking_is_told_for_a_week(listed: Asker) -> None:
    Asker(listed.on, ELSEWHERE).contact(**OTHER)
    listed.on.clock.pass_time(7 * A_DAY)
    assert "Refused" in said(listed.on)[1]
    listed.on.clock.pass_time(1)
    assert "Refused" not in said(listed.on)[1]


def test_who_fits_once_the_entry_is_corrected_is_not_told_as_refused(listed: Asker) -> None:
    Asker(listed.on, ELSEWHERE).contact(**OTHER)
    fields = {"sync_id": "2", "name": "Gizo", "store": "Pharmacy", "url": HONIARA.url, "version": "1"}
    assert unlocked_editor(listed.on).post(f"{LIST}/1/edit", fields).status_code == 303
    assert "Refused" not in said(listed.on)[1]


def test_two_servers_to_choose_from_are_not_hidden_by_a_third(listed: Asker) -> None:
    problem(Asker(listed.on, ELSEWHERE).contact(installation="of another"), 409, "copied")
    problem(Asker(listed.on, "10.0.0.10").contact(name="Gizo", installation="of a third"), 409, "other-values")
    words = said(listed.on)[1]
    assert words.startswith("Two servers")
    assert "Refused: a request from 10.0.0.10" in words


def test_what_another_calls_itself_is_text_on_the_page(listed: Asker) -> None:
    Asker(listed.on, ELSEWHERE).contact(**OTHER | {"name": "<b>&amp;</b>"})
    assert "“&lt;b&gt;&amp;amp;&lt;/b&gt;” there" in viewer(listed.on).get().text


def test_a_late_request_under_the_values_of_before_is_no_refusal(listed: Asker) -> None:
    assert listed.contact(counter=3).status_code == 200
    problem(listed.contact(counter=2, name="Before"), 409, "other-values")
    assert said(listed.on) == ("good", "On time 14:30 (just now)")
