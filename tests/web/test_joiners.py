"""A site with the right login that is not listed asks to join: it is shown, added or dismissed."""

import re

import pytest
from link_calls import HONIARA, WRONG, Asker, primary, problem
from loopback_panel import satellite
from panels import CODE, TestPanel
from visitor import DRAFT, PAGE, Visitor, editor, hidden, unlocked_editor, viewer
from web.routes import LIST
from web.test_other_callers import A_DAY, ELSEWHERE, WHERE, said
from werkzeug.test import TestResponse

NEW: dict[str, object] = {
    "sync_id": 77,
    "name": "New Clinic",
    "store": "Ward",
    "url": "https://new.example.org",
    "installation": "of the new one",
}
DISMISS = f"{PAGE}/joiners/dismiss"
ASKED = re.compile(r"<strong>([^<]*) asked to join</strong>")
TOKEN = re.compile(r'name="joiner" value="([^"]*)"')
BOTH_SHAPES = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


@pytest.fixture
def new(on: TestPanel) -> Asker:
    """Return a site that is not listed and asked a primary."""
    asker = Asker(primary(on), ELSEWHERE)
    problem(asker.contact(**NEW), 403, "not-listed")
    return asker


def asked(on: TestPanel) -> list[str]:
    """Return who asked to join, as the page shows it."""
    found: list[str] = ASKED.findall(viewer(on).get().text)
    return found


def words(on: TestPanel) -> str:
    """Return what the page says, without its elements."""
    return " ".join(re.sub("<[^>]*>", " ", viewer(on).get().text).split())


def token(visitor: Visitor) -> str:
    """Return what stands for the first who asked to join in the forms of a page."""
    found = TOKEN.search(visitor.get().text)
    assert found
    return found[1]


def values(response: TestResponse) -> dict[str, str]:
    """Return what the fields of the dialog are filled in with."""
    found = re.findall(r'<input id="partner-(\w+)"[^>]*?value="([^"]*)"', response.text, re.DOTALL)
    return {name: value for name, value in found if name in {"sync_id", "name", "store", "url"}}


def test_who_is_not_listed_and_has_the_right_login_asks_to_join(new: Asker) -> None:
    new.on.clock.pass_time(120)
    assert asked(new.on) == ["77 New Clinic"]
    said = "Store: Ward. URL: https://new.example.org. Last asked from 10.0.0.9 at 14:30 (2 minutes ago)"
    assert said in words(new.on)


def test_a_wrong_login_asks_nothing(on: TestPanel) -> None:
    Asker(primary(on), ELSEWHERE, WRONG).contact(**NEW)
    assert asked(on) == []


def test_a_question_who_this_is_asks_nothing(on: TestPanel) -> None:
    Asker(primary(on), ELSEWHERE).site(77)
    assert asked(on) == []


def test_who_may_what(new: Asker) -> None:
    unlocked = unlocked_editor(new.on).get().text
    assert 'aria-label="Add 77 New Clinic"' in unlocked
    assert 'aria-label="Dismiss 77 New Clinic"' in unlocked
    locked = editor(new.on).get().text
    assert "Un-lock the preferences to add or dismiss" in locked
    for text in (locked, viewer(new.on).get().text):
        assert "77 New Clinic asked to join" in text
        assert DISMISS not in text
        assert 'name="joiner"' not in text
    assert "to add or dismiss" not in viewer(new.on).get().text


def test_the_open_page_is_told(on: TestPanel) -> None:
    visitor = viewer(primary(on))
    seen = re.search(r"seen=([\w-]+)", visitor.get().text)
    assert seen
    Asker(on, ELSEWHERE).contact(**NEW)
    news = visitor.get(f"{PAGE}/link?seen={seen[1]}", htmx=True)
    assert news.status_code == 200
    assert ASKED.findall(news.text) == ["77 New Clinic"]


@BOTH_SHAPES
def test_add_opens_the_dialog_filled_in_and_the_next_contact_counts(new: Asker, *, htmx: bool) -> None:
    visitor = unlocked_editor(new.on)
    dialog = visitor.get(f"{LIST}/add?joiner={token(visitor)}", htmx=htmx)
    fields = values(dialog)
    assert fields == {"sync_id": "77", "name": "New Clinic", "store": "Ward", "url": "https://new.example.org"}
    assert "said of itself" in dialog.text
    added = visitor.post(f"{LIST}/add", {**fields, "version": "0"}, htmx=htmx)
    assert added.status_code == (200 if htmx else 303)
    assert ASKED.findall(added.text) == asked(new.on) == []
    assert said(new.on, 2) == ("idle", "No contact yet")
    assert new.contact(**NEW, counter=2).status_code == 200
    assert said(new.on, 2)[0] == "good"
    assert new.on.kept()["refused_contact"] == []


def test_a_site_without_a_url_leaves_that_field_empty(on: TestPanel) -> None:
    Asker(primary(on)).contact(**NEW | {"url": None})
    visitor = unlocked_editor(on)
    assert values(visitor.get(f"{LIST}/add?joiner={token(visitor)}"))["url"] == ""


def test_added_with_another_name_it_is_told_at_its_row(new: Asker) -> None:
    fields = {"sync_id": "77", "name": "Old Clinic", "store": "Ward", "url": "https://new.example.org", "version": "0"}
    unlocked_editor(new.on).post(f"{LIST}/add", fields)
    assert asked(new.on) == []
    assert "Name: “New Clinic” there, “Old Clinic” here." in said(new.on, 2)[1]


def test_the_lock_asks_before_the_dialog(new: Asker) -> None:
    visitor = unlocked_editor(new.on)
    path = f"{LIST}/add?joiner={token(visitor)}"
    visitor.post(f"{PAGE}/lock")
    refused = visitor.get(path, htmx=True)
    assert refused.status_code == 403
    assert refused.headers["HX-Retarget"] == "#gate"
    assert "New Clinic" not in refused.text
    assert visitor.unlock().status_code == 303
    assert values(visitor.get(path))["name"] == "New Clinic"


@BOTH_SHAPES
def test_a_dismissed_one_stays_away_until_it_asks_with_other_values(new: Asker, *, htmx: bool) -> None:
    visitor = unlocked_editor(new.on)
    response = visitor.post(DISMISS, {"joiner": token(visitor)}, htmx=htmx)
    assert response.status_code == (200 if htmx else 303)
    assert asked(new.on) == []
    new.on.clock.pass_time(30 * A_DAY)
    new.contact(**NEW, counter=2)
    assert asked(new.on) == []
    for changed in ({"store": "Pharmacy"}, {"url": "https://moved.example.org"}, {"name": "Newer"}, {"sync_id": 78}):
        new.contact(**NEW | changed)
        assert len(asked(new.on)) == 1, changed
        visitor = unlocked_editor(new.on)
        visitor.post(DISMISS, {"joiner": token(visitor)})
        assert asked(new.on) == []


def test_what_was_not_shown_is_not_dismissed(new: Asker) -> None:
    visitor = unlocked_editor(new.on)
    shown = token(visitor)
    new.contact(**NEW | {"url": "https://moved.example.org"})
    before = new.on.kept()
    for path in (DISMISS, f"{LIST}/add?joiner={shown}"):
        response = visitor.post(path, {"joiner": shown}) if path == DISMISS else visitor.get(path)
        assert response.status_code == 409
        assert "Nothing was changed." in response.text
    assert visitor.post(DISMISS, {}).status_code == 409
    assert new.on.kept() == before


def test_a_late_dismissal_is_shown_and_done_after_the_code(new: Asker) -> None:
    visitor = unlocked_editor(new.on)
    fields = {"joiner": token(visitor)}
    visitor.post(f"{PAGE}/lock")
    gate = visitor.post(DISMISS, fields)
    assert gate.status_code == 403
    assert "77 New Clinic" in gate.text
    assert asked(new.on) == ["77 New Clinic"]
    assert visitor.post(f"{PAGE}/unlock", {"code": CODE, "draft": hidden(DRAFT, gate)}).status_code == 303
    assert asked(new.on) == []


def test_one_site_is_shown_once_however_often_it_asks_and_wherever_from(new: Asker) -> None:
    for number in range(9):
        Asker(new.on, f"10.1.0.{number}").contact(**NEW, counter=number + 2)
    assert asked(new.on) == ["77 New Clinic"]
    Asker(new.on, "10.1.0.8").contact(**NEW | {"name": "Renamed"}, counter=20)
    assert asked(new.on) == ["77 Renamed"]


def test_two_under_one_sync_id_are_two_and_said_to_be(new: Asker) -> None:
    Asker(new.on, WHERE).contact(**NEW | {"name": "Other Clinic", "installation": "of the other"})
    assert sorted(asked(new.on)) == ["77 New Clinic", "77 Other Clinic"]
    assert words(new.on).count("2 servers ask under Sync ID 77.") == 2


def test_who_has_the_name_of_a_listed_one_is_said_to(on: TestPanel) -> None:
    Asker(primary(on), ELSEWHERE).contact(**NEW | {"name": "HONIARA"})
    assert asked(on) == ["77 HONIARA"]
    assert "2 Honiara in the list has the same name." in words(on)


def test_who_has_the_url_of_a_listed_one_is_told_at_its_row(on: TestPanel) -> None:
    problem(Asker(primary(on), ELSEWHERE).contact(**NEW | {"url": HONIARA.url}), 409, "other-values")
    assert asked(on) == []
    assert "Sync ID: 77 there, 2 here." in said(on)[1]


@pytest.mark.parametrize(("own", "claimed"), [(1, 1), (2, 2), (2, 77)])
def test_who_no_list_of_this_site_can_hold_is_told_why_and_not_added(on: TestPanel, own: int, claimed: int) -> None:
    if own == 1:
        primary(on)
    else:
        satellite(on, "https://primary.example.org")
    Asker(on, ELSEWHERE).contact(**NEW | {"sync_id": claimed})
    assert asked(on) == [f"{claimed} New Clinic"]
    reason = f"{own} is this site's own Sync ID" if own == claimed else "this site is a satellite"
    assert f"It cannot be added: {reason}" in words(on).replace("&#39;", "'")
    visitor = unlocked_editor(on)
    assert 'aria-label="Add 7' not in visitor.get().text
    assert visitor.post(DISMISS, {"joiner": token(visitor)}).status_code == 303
    assert asked(on) == []


def test_a_satellite_without_its_primary_may_add_the_one_that_asks(on: TestPanel) -> None:
    on.become(5)
    Asker(on, ELSEWHERE).contact(**NEW | {"sync_id": 1})
    assert 'aria-label="Add 1 New Clinic"' in unlocked_editor(on).get().text


def test_a_site_that_became_stand_alone_shows_nobody(new: Asker) -> None:
    visitor = unlocked_editor(new.on)
    visitor.post(f"{LIST}/remove", {"server": "1.1"})
    new.on.become(None)
    assert asked(new.on) == []


def test_no_more_than_fifty_are_kept_the_last_of_them(on: TestPanel) -> None:
    asker = Asker(primary(on), ELSEWHERE)
    asker.contact(counter=1, name="Gizo", installation="of another")
    for number in range(60):
        asker.contact(**NEW | {"sync_id": 100 + number, "installation": f"of {number}"})
    assert [each.split()[0] for each in asked(on)] == [str(110 + number) for number in range(50)]
    assert "“Gizo” there" in said(on)[1], "who stands at a row is not dropped for them"


def test_one_that_stopped_asking_is_shown_for_a_week(new: Asker) -> None:
    new.on.clock.pass_time(7 * A_DAY)
    assert asked(new.on) == ["77 New Clinic"]
    new.on.clock.pass_time(1)
    assert asked(new.on) == []


def test_one_that_asks_under_another_sync_id_now_is_not_shown_under_the_old_one_for_ever(new: Asker) -> None:
    new.contact(**NEW | {"sync_id": 78}, counter=2)
    new.on.clock.pass_time(46 * 60)
    new.contact(**NEW | {"sync_id": 78}, counter=3)
    assert asked(new.on) == ["78 New Clinic"]


def test_what_it_calls_itself_is_text_and_bounded(on: TestPanel) -> None:
    asker = Asker(primary(on), ELSEWHERE)
    asker.contact(**NEW | {"name": "<script>alert(1)</script>", "store": '"><b>&amp;'})
    assert "<script>alert" not in viewer(on).get().text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; asked to join" in viewer(on).get().text
    visitor = unlocked_editor(on)
    dialog = visitor.get(f"{LIST}/add?joiner={token(visitor)}", htmx=True).text
    assert "<script>alert" not in dialog
    assert '"><b>' not in dialog
    before = on.kept()
    for changed in (
        {"name": "x" * 101},
        {"store": "x" * 101},
        {"url": f"https://{'x' * 300}.org"},
        {"name": "a\u202eb"},
    ):
        problem(asker.contact(**NEW | changed), 422, "invalid")
    assert on.kept() == before
