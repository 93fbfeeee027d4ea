"""The region that says how the link stands: who sees what of it, and how the open page asks for news."""

import re

import pytest
from link_calls import HONIARA, MUNDA, Asker, primary
from loopback_panel import satellite
from panels import TestPanel
from visitor import PAGE, Visitor, editor, unlocked_editor, viewer
from werkzeug.test import TestResponse

from sync_panel.store.own_requests import request_begins, request_failed, request_succeeded

LINK = f"{PAGE}/link"
REGION = re.compile(r'<section id="link".*?</section>', re.DOTALL)
SEEN = re.compile(r"seen=([\w-]+)")
URL = "https://primary.example.org"


def region(visitor: Visitor) -> str:
    """Return the region in words, as the page shows it."""
    found = REGION.search(visitor.get().text)
    assert found
    return " ".join(re.sub("<[^>]*>", " ", found[0]).split())


def asked(on: TestPanel, failure: str = "", **values: object) -> None:
    """Note a request that ended now."""
    now = on.clock.now()
    with on.panel.database.writing() as db:
        request_begins(db, now)
        if failure:
            request_failed(db, now, failure, values, now)
        else:
            request_succeeded(db, now, now)


def news(visitor: Visitor) -> TestResponse:
    """Ask as the open page does."""
    seen = SEEN.search(visitor.get().text)
    assert seen
    return visitor.get(f"{LINK}?seen={seen[1]}", htmx=True)


def test_a_stand_alone_site_hides_it(on: TestPanel) -> None:
    found = REGION.search(editor(on).get().text)
    assert found
    assert re.match(r"<section[^>]*\shidden>", found[0])


def test_a_satellite_tells_last_success_last_failure_and_next_request(on: TestPanel) -> None:
    satellite(on, URL)
    asked(on)
    on.clock.pass_time(900)
    asked(on, "REFUSED", address="10.0.0.1", port=443)
    on.clock.pass_time(30)
    words = region(editor(on))
    assert "Last success 14:30 (15 minutes ago)" in words
    assert "Last failure 14:45 (just now) : 10.0.0.1 is there, but nothing listens at port 443." in words
    assert "Next request 14:46 (within a minute)" in words
    assert "Times are in UTC+10:00." in words
    assert "Sync now" in words


def test_a_satellite_that_has_asked_nobody_says_so(on: TestPanel) -> None:
    satellite(on, URL)
    words = region(editor(on))
    assert "Last success None yet" in words
    assert "Next request Asking now" in words


def test_a_pause_is_told_and_offers_no_sync_now(on: TestPanel) -> None:
    satellite(on, URL)
    asked(on)
    visitor = editor(on)
    assert visitor.post(f"{PAGE}/interval", {"minutes": "0", "version": "1"}).status_code == 303
    assert "Paused: the interval is 0. The primary is told so now" in region(visitor)
    assert 'id="sync-now"' not in visitor.get().text
    asked(on, "REFUSED", address="10.0.0.1", port=443)
    told_at = "Paused: the interval is 0. The primary does not know that yet, and is told again at 14:31 (in 1 minute)"
    assert told_at in region(visitor)
    asked(on)
    assert re.search(r"Paused: the interval is 0.\s+Last failure", region(visitor))


def test_a_viewer_sees_it_without_sync_now(on: TestPanel) -> None:
    satellite(on, URL)
    assert "Last success" in region(viewer(on))
    assert "Sync now" not in region(viewer(on))


def test_sync_now_asks_at_once(on: TestPanel) -> None:
    satellite(on, URL)
    asked(on)
    visitor = editor(on)
    assert "Asking now" not in region(visitor)
    assert visitor.post(f"{PAGE}/sync-now").status_code == 303
    assert "Asking now" in region(visitor)


def test_each_satellite_is_overdue_by_its_own_interval(on: TestPanel) -> None:
    asker = Asker(primary(on, HONIARA, MUNDA))
    asker.contact(interval_minutes=1)
    asker.contact(sync_id=3, name="Munda", store="Clinic", url=MUNDA.url, interval_minutes=60)
    on.clock.pass_time(181)
    words = region(viewer(on))
    assert "1 on time" in words
    assert "1 overdue" in words
    rows = re.findall(r'id="state-(\d)" class="state state-(\w+)"', viewer(on).get().text)
    assert rows == [("1", "bad"), ("2", "good")]
    assert "It should ask every 1 minute." in viewer(on).get().text


def test_what_a_page_shows_already_is_not_sent_again(on: TestPanel) -> None:
    Asker(primary(on)).contact()
    response = news(viewer(on))
    assert (response.status_code, response.data) == (204, b"")


def test_news_bring_the_region_and_each_visible_row(on: TestPanel) -> None:
    primary(on, HONIARA, MUNDA)
    visitor = viewer(on)
    seen = SEEN.search(visitor.get().text)
    assert seen
    Asker(on).contact()
    response = visitor.get(f"{LINK}?seen={seen[1]}", htmx=True)
    assert response.status_code == 200
    assert 'id="link"' in response.text
    targets = re.findall(r'<hx-partial hx-target="#([\w-]+)"', response.text)
    assert targets == ["requests", "state-1", "state-2"]
    narrowed = visitor.get(f"{LINK}?seen={seen[1]}&q=mun", htmx=True).text
    assert re.findall(r'hx-target="#(state-\d)"', narrowed) == ["state-2"]


def test_an_age_that_changes_is_news(on: TestPanel) -> None:
    Asker(primary(on)).contact()
    visitor = viewer(on)
    seen = SEEN.search(visitor.get().text)
    assert seen
    on.clock.pass_time(60)
    assert visitor.get(f"{LINK}?seen={seen[1]}", htmx=True).status_code == 200


def test_polling_keeps_nobody_signed_in(on: TestPanel) -> None:
    visitor = viewer(primary(on))
    for _ in range(24):
        on.clock.pass_time(on.settings.sign_in_seconds / 24)
        assert visitor.get(LINK, htmx=True).status_code == 200
    on.clock.pass_time(1)
    assert visitor.get(LINK, htmx=True).status_code == 401


@pytest.mark.parametrize("path", [LINK, f"{PAGE}/check"])
def test_polling_keeps_nothing_unlocked(on: TestPanel, path: str) -> None:
    visitor = unlocked_editor(primary(on))
    before = visitor.seconds_left()
    on.clock.pass_time(100)
    assert "Set-Cookie" not in visitor.get(path, htmx=True).headers
    assert visitor.seconds_left() == before - 100


@pytest.mark.parametrize(("path", "who", "status"), [(LINK, Visitor, 401), (f"{PAGE}/check", viewer, 403)])
def test_polls_are_refused_quietly(on: TestPanel, path: str, who: type[Visitor], status: int) -> None:
    response = who(primary(on)).get(path, htmx=True)
    assert (response.status_code, response.data) == (status, b"")
    assert response.headers["HX-Reswap"] == "none"


def test_a_satellite_without_its_primary_promises_no_requests(on: TestPanel) -> None:
    on.become(5)
    text = editor(on).get().text
    assert "The primary is not in the list yet. Once it is, it is asked" in text
    assert "The next requests to the primary" not in text


@pytest.mark.parametrize("stays", [True, False])
def test_a_page_that_still_counts_down_learns_that_the_unlock_has_ended(on: TestPanel, *, stays: bool) -> None:
    Asker(primary(on)).contact()
    visitor = unlocked_editor(on)
    seen = SEEN.search(visitor.get().text)
    assert seen
    on.clock.pass_time(60)
    if not stays:
        visitor.post(f"{PAGE}/lock")
    response = visitor.get(f"{LINK}?seen={seen[1]}", htmx=True)
    assert response.status_code == 200
    assert ("lock-ended" in response.headers.get("HX-Trigger", "")) is not stays


@pytest.mark.parametrize(
    ("sync_id", "says"),
    [
        (None, "Synchronisation is paused: no requests are made. Without a Sync ID none would be made anyway."),
        (1, "A primary waits to be asked, and 0 pauses nothing here: its satellites go on asking"),
        (2, "Synchronisation is paused: no requests are made."),
    ],
)
def test_what_0_means_is_told_for_each_role(on: TestPanel, sync_id: int | None, says: str) -> None:
    on.become(sync_id)
    visitor = editor(on)
    visitor.post(f"{PAGE}/interval", {"minutes": "0", "version": "1"})
    text = " ".join(re.sub("<[^>]*>", " ", visitor.get().text).split())
    assert says in text
    if sync_id == 1:
        assert "paused: no requests" not in text
        assert "0 pauses synchronisation" not in text


def test_a_satellite_with_a_primary_is_told_that_the_pause_is_told(on: TestPanel) -> None:
    visitor = editor(satellite(on, URL))
    visitor.post(f"{PAGE}/interval", {"minutes": "0", "version": "1"})
    assert "The primary is told of the pause, if it was asked before." in visitor.get().text


@pytest.mark.parametrize(("minutes", "says"), [(0, "0 minutes"), (1, "1 minute"), (15, "15 minutes")])
def test_a_viewer_reads_the_interval_in_right_words(on: TestPanel, minutes: int, says: str) -> None:
    editor(on).post(f"{PAGE}/interval", {"minutes": str(minutes), "version": "1"})
    assert f">{says}<" in viewer(on).get().text


def test_removing_the_primary_says_that_it_is_not_told(on: TestPanel) -> None:
    visitor = unlocked_editor(satellite(on, URL))
    assert "The primary is not told" in visitor.get(f"{PAGE}/partners/remove?server=1.1").text


@pytest.mark.parametrize("is_asked_for", [True, False], ids=["a request is due", "one was made"])
def test_another_wsgi_server_promises_no_requests(on: TestPanel, *, is_asked_for: bool) -> None:
    on.panel.network.has_schedule = False
    satellite(on, URL)
    if not is_asked_for:
        asked(on)
    visitor = editor(on)
    assert "Next request This server makes no requests by itself" in region(visitor)
    text = visitor.get().text
    assert "Asking now" not in text
    assert "The next requests to the primary" not in text
    assert 'id="sync-now"' not in text
    assert "every 5s" in text
    before = on.kept()
    assert visitor.post(f"{PAGE}/sync-now").status_code == 303
    assert "Nobody is asked now: this server makes no requests by itself." in visitor.get().text
    assert on.kept() == before


def test_a_satellite_without_its_primary_behind_another_wsgi_server_is_promised_none_either(on: TestPanel) -> None:
    on.panel.network.has_schedule = False
    on.become(5)
    text = editor(on).get().text
    assert "This server makes no requests by itself." in text
    assert "Once it is, it is asked" not in text


def test_who_only_waits_to_be_asked_is_told_the_same_by_any_server(on: TestPanel) -> None:
    on.panel.network.has_schedule = False
    text = viewer(primary(on)).get().text
    assert "makes no requests by itself" not in text
    assert "A satellite with this interval asks at" in text
