"""Two servers under one Sync ID: both are refused, shown side by side, until somebody chooses one of them."""

import re

import pytest
from link_calls import MUNDA, Asker, noted, primary, problem
from panels import TestPanel
from visitor import PAGE, editor, unlocked_editor, viewer
from web.routes import LIST

from sync_panel.store.contacts import Contact

KNOWN, SECOND = "10.0.0.7", "10.9.9.9"
ACCEPT = f"{LIST}/1/accept"
SIDE = re.compile(r'<div class="side">(.*?)</div>', re.DOTALL)
COPIES = {
    "stands still": {"counter": 5},
    "falls back": {"counter": 4},
    "another installation": {"counter": 6, "installation": "of another"},
    "another installation further on": {"counter": 900, "installation": "of another"},
}
EVERY_COPY = pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
BOTH_SHAPES = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


@pytest.fixture
def known(on: TestPanel) -> Asker:
    """Return the server that a primary knows by its fifth request."""
    asker = Asker(primary(on), KNOWN)
    assert asker.contact(counter=5).status_code == 200
    on.clock.pass_time(600)
    return asker


@pytest.fixture
def second(known: Asker) -> Asker:
    """Return a server at another address that then asked under the same Sync ID, and was refused."""
    asker = Asker(known.on, SECOND)
    problem(asker.contact(counter=2), 409, "copied")
    return asker


def sides(on: TestPanel) -> list[str]:
    """Return what the page says of each of the two, in words."""
    found: list[str] = SIDE.findall(viewer(on).get().text)
    return [" ".join(re.sub("<[^>]*>", "", side).split()) for side in found]


def accept(on: TestPanel, which: str, address: str = SECOND, *, htmx: bool = False) -> int:
    """Choose one of the two, and return the status of the answer."""
    return unlocked_editor(on).post(ACCEPT, {"which": which, "address": address}, htmx=htmx).status_code


@EVERY_COPY
def test_a_copy_is_refused_and_the_known_one_keeps_its_place(known: Asker, copy: dict[str, object]) -> None:
    before = noted(known.on).known
    problem(Asker(known.on, SECOND).contact(**copy), 409, "copied")
    after = noted(known.on)
    assert after.known == before
    assert after.rival
    assert (after.rival.address, after.rival.counter) == (SECOND, copy["counter"])


@EVERY_COPY
def test_the_page_shows_both_side_by_side(known: Asker, copy: dict[str, object]) -> None:
    Asker(known.on, SECOND).contact(**copy)
    text = viewer(known.on).get().text
    assert "Two servers ask as 2 Honiara" in text
    assert "1 with two servers under one Sync ID" in text
    assert ("Another installation has this Sync ID" in text) is ("installation" in copy)
    assert sides(known.on) == [
        f"Known so far from {KNOWN} 14:30 (10 minutes ago), request number 5",
        f"The second one from {SECOND} 14:40 (just now), request number {copy['counter']}",
    ]


def test_a_copy_at_the_same_address_is_noticed_too(known: Asker) -> None:
    problem(known.contact(counter=5), 409, "copied")
    assert [side.count(KNOWN) for side in sides(known.on)] == [1, 1]


def test_everything_under_that_sync_id_is_refused_until_somebody_chooses(known: Asker, second: Asker) -> None:
    for counter in (6, 7, 100):
        problem(known.contact(counter=counter), 409, "copied")
        problem(second.contact(counter=counter - 4), 409, "copied")
    assert [side.split(" from ")[1].split()[0] for side in sides(known.on)] == [KNOWN, SECOND]


def test_the_known_one_does_not_become_the_second(known: Asker, second: Asker) -> None:
    problem(known.contact(counter=6), 409, "copied")
    rival = noted(known.on).rival
    assert rival
    assert rival.address == SECOND


def test_another_partner_is_not_disturbed(on: TestPanel) -> None:
    asker = Asker(primary(on, MUNDA))
    values: dict[str, object] = {"sync_id": 3, "name": MUNDA.name, "store": MUNDA.store, "url": MUNDA.url}
    asker.contact(counter=5, **values)
    problem(asker.contact(counter=5, **values), 409, "copied")
    assert noted(on, 2) == Contact()


@BOTH_SHAPES
def test_going_on_with_the_known_one(known: Asker, second: Asker, *, htmx: bool) -> None:
    assert accept(known.on, "known", htmx=htmx) == (200 if htmx else 303)
    assert noted(known.on).rival is None
    assert sides(known.on) == []
    assert known.contact(counter=6).status_code == 200
    problem(second.contact(counter=3), 409, "copied")


@BOTH_SHAPES
def test_going_on_with_the_second_one(known: Asker, second: Asker, *, htmx: bool) -> None:
    rival = noted(known.on).rival
    assert accept(known.on, "second", htmx=htmx) == (200 if htmx else 303)
    assert noted(known.on) == Contact(rival)
    assert second.contact(counter=3).status_code == 200


def test_after_another_installation_was_chosen_the_old_one_is_the_copy(known: Asker) -> None:
    fresh = Asker(known.on, SECOND)
    fresh.contact(counter=1, installation="of another")
    accept(known.on, "second")
    assert fresh.contact(counter=2, installation="of another").status_code == 200
    problem(known.contact(counter=900), 409, "copied")
    assert sides(known.on)[0].startswith(f"Known so far from {SECOND}")


def test_a_choice_made_from_an_older_page_changes_nothing(known: Asker, second: Asker) -> None:
    Asker(known.on, "10.8.8.8").contact(counter=1)
    before = known.on.kept()
    visitor = unlocked_editor(known.on)
    for which in ("known", "second"):
        response = visitor.post(ACCEPT, {"which": which, "address": SECOND})
        assert response.status_code == 409
        assert "Nothing was changed." in response.text
    assert known.on.kept() == before


@pytest.mark.parametrize("fields", [{}, {"which": "both", "address": SECOND}, {"which": "known"}, {"address": SECOND}])
def test_a_choice_of_neither_changes_nothing(known: Asker, second: Asker, fields: dict[str, str]) -> None:
    before = known.on.kept()
    assert unlocked_editor(known.on).post(ACCEPT, fields).status_code == 409
    assert known.on.kept() == before


def test_what_was_decided_meanwhile_is_not_decided_again(known: Asker, second: Asker) -> None:
    assert accept(known.on, "second") == 303
    before = known.on.kept()
    assert accept(known.on, "known") == 409
    assert known.on.kept() == before


def test_only_the_unlocked_are_offered_the_choice(known: Asker, second: Asker) -> None:
    assert ACCEPT in unlocked_editor(known.on).get().text
    locked = editor(known.on).get().text
    assert ACCEPT not in locked
    assert "Un-lock the preferences to choose." in locked
    assert "to choose" not in viewer(known.on).get(PAGE).text


def test_removing_and_bringing_back_the_partner_does_not_decide(known: Asker, second: Asker) -> None:
    visitor = unlocked_editor(known.on)
    visitor.post(f"{LIST}/remove", {"server": "1.1"})
    assert sides(known.on) == []
    visitor.post(f"{LIST}/undo")
    assert len(sides(known.on)) == 2
    problem(known.contact(counter=6), 409, "copied")


def test_each_of_the_two_is_told_as_it_asks_again(known: Asker, second: Asker) -> None:
    known.on.clock.pass_time(60)
    problem(second.contact(counter=7), 409, "copied")
    known.on.clock.pass_time(60)
    problem(known.contact(counter=6), 409, "copied")
    assert sides(known.on) == [
        f"Known so far from {KNOWN} 14:42 (just now), request number 6",
        f"The second one from {SECOND} 14:41 (1 minute ago), request number 7",
    ]


def test_a_viewer_is_told_that_an_editor_chooses(known: Asker, second: Asker) -> None:
    assert "Both are refused until an editor chooses which of them goes on." in viewer(known.on).get().text
    assert "Both are refused until you choose which of them goes on." in editor(known.on).get().text


def test_of_one_installation_the_other_must_be_stopped_first(known: Asker) -> None:
    first = "First stop the other one"
    known.contact(counter=5)
    assert first in editor(known.on).get().text
    accept(known.on, "known", known.address)
    Asker(known.on, SECOND).contact(counter=1, installation="of another")
    assert first not in editor(known.on).get().text


@pytest.mark.parametrize(
    "counters",
    [(7, 6), (9, 8, 7, 6), (9, 6, 7, 8), (7, 6, 9, 8), (7, 8, 6), (22, 6), (10**12, 10**12 - 16)],
    ids=str,
)
def test_a_request_that_was_overtaken_on_its_way_is_answered_and_no_copy(
    known: Asker, counters: tuple[int, ...]
) -> None:
    for counter in counters:
        assert known.contact(counter=counter).status_code == 200
    assert noted(known.on).rival is None
    assert known.contact(counter=max(counters) + 1).status_code == 200


def test_what_a_late_request_says_is_older_than_what_is_known(known: Asker) -> None:
    known.contact(counter=7, interval_minutes=60)
    before = noted(known.on).known
    known.on.clock.pass_time(30)
    assert known.contact(counter=6, interval_minutes=1).status_code == 200
    assert noted(known.on).known == before


@pytest.mark.parametrize(
    "counters",
    [(7, 5), (7, 7), (7, 4), (7, 6, 6), (9, 7, 6, 7), (10, 11, 8, 8), (10**12, 10**12 - 17), (10**12, 1)],
    ids=str,
)
def test_a_number_that_came_before_or_long_ago_is_a_copy_s(known: Asker, counters: tuple[int, ...]) -> None:
    *right, copied = counters
    for counter in right:
        assert known.contact(counter=counter).status_code == 200
    problem(known.contact(counter=copied), 409, "copied")


@pytest.mark.parametrize("changed", [{"installation": "of another"}, {"address": SECOND}], ids=str)
def test_only_the_server_that_was_overtaken_may_be_late(known: Asker, changed: dict[str, str]) -> None:
    known.contact(counter=7)
    asker = Asker(known.on, changed.pop("address", KNOWN))
    problem(asker.contact(counter=6, **changed), 409, "copied")


def test_a_restored_server_is_noticed_though_its_numbers_never_came(known: Asker) -> None:
    known.contact(counter=20)
    known.on.clock.pass_time(600)
    assert known.contact(counter=10).status_code == 200, "perhaps it was overtaken"
    known.on.clock.pass_time(1)
    problem(known.contact(counter=11), 409, "copied")


def test_the_server_that_an_editor_chose_may_be_late_too(known: Asker, second: Asker) -> None:
    accept(known.on, "second")
    second.contact(counter=4)
    assert second.contact(counter=3).status_code == 200
    problem(second.contact(counter=1), 409, "copied")
