"""What a primary notes of the requests that come in, and whom it refuses, as its page then shows."""

import re
from datetime import datetime

import pytest
from link_calls import HONIARA, INSTALLATION, MUNDA, SITE, WRONG, Asker, message, noted, primary, problem
from panels import TestPanel
from visitor import PAGE, TOKEN, editor, unlocked_editor, viewer
from web.routes import LIST

from sync_panel.store.contacts import Caller, Contact

ROW = re.compile(r'<div id="state-1" class="state state-(\w+)">(.*?)</div>', re.DOTALL)


def shown(on: TestPanel) -> tuple[str, str]:
    """Return what the list says of the link to its first row: the kind, and the words without their elements."""
    found = ROW.search(viewer(on).get().text)
    assert found
    return found[1], " ".join(re.sub("<[^>]*>", " ", found[2]).split())


def kinds(on: TestPanel) -> list[str]:
    """Return the kind of each row's state."""
    return re.findall(r'<div id="state-\d+" class="state state-(\w+)"', viewer(on).get().text)


def files(on: TestPanel) -> dict[str, bytes]:
    """Return every byte of the data folder."""
    return {path.name: path.read_bytes() for path in on.settings.data.iterdir() if not path.name.endswith("-shm")}


def test_a_request_is_noted_with_when_from_where_and_who(on: TestPanel) -> None:
    asker = Asker(primary(on), "192.168.5.7")
    assert asker.contact(interval_minutes=20, counter=41).status_code == 200
    assert noted(on) == Contact(Caller(on.clock.now(), "192.168.5.7", 20, INSTALLATION, 41, HONIARA.url))
    assert shown(on) == ("good", "On time 14:30 (just now)")


def test_the_next_request_takes_the_place_of_the_last(on: TestPanel) -> None:
    Asker(primary(on), "192.168.5.7").contact(counter=1)
    on.clock.pass_time(900)
    Asker(on, "192.168.5.8").contact(counter=2, interval_minutes=0)
    assert noted(on) == Contact(Caller(on.clock.now(), "192.168.5.8", 0, INSTALLATION, 2, HONIARA.url))
    assert shown(on) == ("idle", "Paused there 14:45 (just now)")


def test_the_time_that_is_noted_carries_its_zone(on: TestPanel) -> None:
    Asker(primary(on)).contact()
    with on.panel.database.reading() as db:
        (at,) = db.execute("SELECT at FROM contact").fetchone()
    assert datetime.fromisoformat(at).utcoffset() == on.clock.now().utcoffset()


def test_who_is_not_listed_is_refused_and_noted_as_no_contact(on: TestPanel) -> None:
    before = primary(on, MUNDA).kept()
    problem(Asker(on).contact(), 403, "not-listed")
    after = on.kept()
    assert after.pop("refused_contact") != before.pop("refused_contact")
    assert after == before


def test_a_wrong_login_is_not_noted_as_a_request(on: TestPanel) -> None:
    before = primary(on).kept()
    problem(Asker(on, login=WRONG).contact(), 401, "login")
    assert on.kept() == before


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": "Gizo"}, "Name: “Gizo” there, “Honiara” here."),
        ({"store": "Pharmacy"}, "Store: “Pharmacy” there, “Ward” here."),
        ({"sync_id": 9}, "Sync ID: 9 there, 2 here."),
    ],
    ids=["name", "store", "Sync ID"],
)
def test_other_values_are_refused_with_those_of_both_sides_and_the_page_tells_them(
    on: TestPanel, changed: dict[str, object], says: str
) -> None:
    read = problem(Asker(primary(on)).contact(**changed), 409, "other-values")
    sent = {name: message(**changed)[name] for name in ("sync_id", "name", "store", "url")}
    assert read["sent"] == sent
    assert read["listed"] == {"sync_id": 2, "name": "Honiara", "store": "Ward", "url": HONIARA.url}
    assert noted(on) == Contact()
    assert shown(on) == ("bad", f"Refused 14:30 (just now) {says}")


def test_another_url_alone_is_told_and_not_refused(on: TestPanel) -> None:
    response = Asker(primary(on)).contact(url="https://moved.example.org")
    assert response.status_code == 200
    assert response.get_json()["listed"]["url"] == HONIARA.url
    called = f"That server has the URL https://moved.example.org on its own page; here it is {HONIARA.url}."
    assert shown(on) == ("good", f"On time 14:30 (just now) {called} Both may stay so: a URL need not match.")


def listing(**changed: object) -> dict[str, object]:
    """Return this site as a satellite lists it, some of it changed."""
    return {"sync_id": 1, "name": "Here", "store": "Store of here", "url": "https://by-address"} | changed


def test_another_url_for_this_site_is_told_beside_the_satellite_too(on: TestPanel) -> None:
    primary(on).become(1, "https://here.example.org")
    assert Asker(on).contact(listed=listing()).status_code == 200
    called = "That server lists this site with the URL https://by-address; here it is https://here.example.org."
    assert shown(on) == ("good", f"On time 14:30 (just now) {called} Both may stay so: a URL need not match.")


def test_a_satellite_that_does_not_take_this_site_for_its_primary_is_not_on_time(on: TestPanel) -> None:
    asker = Asker(primary(on))
    assert asker.contact(counter=1, listed=listing(name="Gizo")).status_code == 200
    kind, words = shown(on)
    assert kind == "bad"
    assert words.startswith("Failed there 14:30 (just now)")
    assert "Name: “Gizo” there, “Here” here." in words
    asker.contact(counter=2, listed=listing())
    assert shown(on) == ("good", "On time 14:30 (just now)")


def test_how_the_exchange_of_a_satellite_ended_is_told_in_its_row_until_the_next(on: TestPanel) -> None:
    asker = Asker(primary(on))
    assert asker.contact(counter=1, exchange="failed").status_code == 200
    failing = (
        "Exchange failed 14:30 (just now) Before this contact its exchange of data failed. Its own page says more."
    )
    assert shown(on) == ("bad", failing)
    for counter, told in ((2, {"exchange": "done"}), (4, {}), (6, {"exchange": None})):
        asker.contact(counter=counter, **told)
        assert shown(on) == ("good", "On time 14:30 (just now)")
        asker.contact(counter=counter + 1, exchange="too slow")
        assert shown(on)[0] == "bad"


@pytest.mark.parametrize("old", [{"name": "Gizo"}, {"store": "Pharmacy"}], ids=["name", "store"])
def test_a_late_request_with_the_values_of_before_is_no_refusal_of_now(on: TestPanel, old: dict[str, object]) -> None:
    asker = Asker(primary(on))
    for counter in (5, 7):
        assert asker.contact(counter=counter).status_code == 200
    before = noted(on)
    problem(asker.contact(counter=6, **old), 409, "other-values")
    assert noted(on) == before
    assert shown(on) == ("good", "On time 14:30 (just now)")
    problem(asker.contact(counter=8, **old), 409, "other-values")
    assert shown(on)[0] == "bad"


def test_a_site_without_a_url_is_found_by_its_sync_id_only(on: TestPanel) -> None:
    assert Asker(primary(on)).contact(url=None).status_code == 200
    problem(Asker(on).contact(url=None, sync_id=9), 403, "not-listed")


def test_the_sync_id_counts_before_the_url(on: TestPanel) -> None:
    problem(Asker(primary(on, HONIARA, MUNDA)).contact(sync_id=3), 409, "other-values")
    assert kinds(on) == ["idle", "bad"]


def test_a_refusal_keeps_what_was_known_and_the_next_right_request_ends_it(on: TestPanel) -> None:
    asker = Asker(primary(on))
    asker.contact(counter=1)
    known = noted(on).known
    asker.contact(counter=2, name="Gizo")
    assert noted(on).known == known
    assert shown(on)[0] == "bad"
    assert asker.contact(counter=3).status_code == 200
    assert shown(on)[0] == "good"


def test_what_a_site_calls_itself_is_text_on_the_page(on: TestPanel) -> None:
    Asker(primary(on)).contact(name="<b>&amp;</b>")
    text = editor(on).get().text
    assert "“&lt;b&gt;&amp;amp;&lt;/b&gt;” there" in text
    assert "<b>&amp;" not in text


def test_asking_who_this_is_changes_no_byte(on: TestPanel) -> None:
    Asker(primary(on)).contact()
    on.panel.database.forget_old_pages()
    before = files(on)
    for asker in (Asker(on), Asker(on, "10.3.3.3"), Asker(on, login=None)):
        for sync_id in (1, 2, 3, "x"):
            asker.site(sync_id)
        asker.send("HEAD", f"{SITE}?sync_id=2")
        asker.send("GET", "/link/v1/openapi.json")
    assert files(on) == before


def test_removing_and_bringing_back_a_partner_keeps_what_is_known_of_its_installation(on: TestPanel) -> None:
    asker, visitor = Asker(primary(on)), unlocked_editor(on)
    asker.contact(counter=7)
    known = noted(on)
    assert visitor.post(f"{LIST}/remove", {"server": "1.1"}).status_code == 303
    problem(asker.contact(counter=8), 403, "not-listed")
    assert visitor.post(f"{LIST}/undo").status_code == 303
    assert noted(on) == known
    problem(asker.contact(counter=7), 409, "copied")


def test_the_token_of_a_page_means_nothing_to_a_partner(on: TestPanel) -> None:
    token = TOKEN.search(viewer(primary(on)).get(PAGE).text)
    assert token
    assert Asker(on).send("POST", "/link/v1/contact", {"X-CSRFToken": token[1]}, json=message()).status_code == 200


def test_what_was_refused_is_forgotten_when_the_entry_is_corrected(on: TestPanel) -> None:
    problem(Asker(primary(on)).contact(name="Gizo"), 409, "other-values")
    assert shown(on)[0] == "bad"
    fields = {"sync_id": "2", "name": "Gizo", "store": "Ward", "url": HONIARA.url, "version": "1"}
    assert unlocked_editor(on).post(f"{LIST}/1/edit", fields).status_code == 303
    assert shown(on) == ("idle", "No contact yet")
