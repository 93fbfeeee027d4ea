"""A request for news: it is noted at the primary, and each way in which it is refused is told apart."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from link.asking import LOGIN_NEEDED, MARK, NOW, SITE, primary_at, refusal, request
from link.conftest import Pair
from link.servers import http, says, serving
from link.stand_in import ENGINES_ID, REPLY, MSupply

from sync_panel.link.failures import Failure
from sync_panel.rules.partner import Identity
from sync_panel.store.contacts import Contact, contact_of


def noted(pair: Pair) -> Contact:
    with pair.primary.panel.database.reading() as db:
        return contact_of(db, 2)


def ask(pair: Pair, counter: int = 1, password: str | None = None) -> None:
    us = pair.us
    if password:
        us = replace(us, site=replace(us.site, password=password))
    request(pair.entered, pair.satellite.panel.network, us=us, counter=counter)


def test_a_request_is_noted_at_the_primary(pair: Pair) -> None:
    ask(pair, counter=7)
    known = noted(pair).known
    assert known
    assert (known.at, known.address, known.minutes, known.counter) == (NOW, "127.0.0.1", 60, 7)
    assert known.installation == pair.us.installation
    assert not pair.primary.kept()["refused_contact"]


def test_a_site_that_is_not_listed_is_told_so(pair: Pair) -> None:
    with pair.primary.panel.database.writing() as db:
        db.execute("DELETE FROM partner")
    error = refusal(lambda: ask(pair))
    assert error.failure is Failure.NOT_LISTED
    assert "2" in str(error)
    assert noted(pair) == Contact()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "Elsewhere"}, "Name: “Elsewhere” there, “Here” here."),
        ({"store": "Cellar"}, "Store: “Cellar” there, “Store of here” here."),
        ({"sync_id": 9}, "Sync ID: 9 there, 2 here."),
        ({"sync_id": 9, "name": "Elsewhere"}, "Sync ID: 9 there, 2 here. Name: “Elsewhere” there, “Here” here."),
    ],
)
def test_a_site_that_is_listed_with_other_values_is_told_those_that_differ(
    pair: Pair, values: dict[str, object], said: str
) -> None:
    pair.list_satellite(**values)
    error = refusal(lambda: ask(pair))
    assert error.failure is Failure.LISTED_OTHERWISE
    assert f"called here. {said} Correct" in str(error)
    assert noted(pair).known is None


def test_other_urls_on_the_two_sides_stop_no_request(pair: Pair) -> None:
    pair.list_satellite(url="https://elsewhere.example.org")
    pair.primary.become(1, "https://primary.example.org")
    ask(pair)
    known = noted(pair).known
    assert known
    assert not pair.primary.kept()["refused_contact"]
    assert (known.url, known.listed) == (pair.us.site.url, Identity(1, "Here", "Store of here", pair.entered.url))


def test_the_way_to_the_primary_is_told_to_nobody() -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), http(SITE))) as server:
        request(primary_at(server.url(), hardware_id=ENGINES_ID, fingerprint="ab" * 32))
    assert b'"listed"' in server.everything
    assert ENGINES_ID.encode() not in server.everything
    assert b"ab" * 32 not in server.everything


@pytest.mark.parametrize("counter", [4, 5])
def test_a_counter_that_does_not_grow_is_told_as_a_copied_server(pair: Pair, counter: int) -> None:
    ask(pair, counter=5)
    assert refusal(lambda: ask(pair, counter=counter)).failure is Failure.COPIED
    assert noted(pair).rival


def test_a_stand_alone_primary_is_told_as_such(pair: Pair) -> None:
    with pair.primary.panel.database.writing() as db:
        db.execute("DELETE FROM partner")
    pair.primary.become(None)
    assert refusal(lambda: ask(pair)).failure is Failure.STAND_ALONE


def test_a_wrong_password_is_told_and_after_some_of_them_the_wait(pair: Pair) -> None:
    for _try in range(5):
        assert refusal(lambda: ask(pair, password="wrong")).failure is Failure.LOGIN_REFUSED
    assert refusal(lambda: ask(pair)).failure is Failure.THROTTLED
    pair.primary.clock.pass_time(30)
    ask(pair)


def test_a_primary_that_is_another_site_than_entered_is_told(pair: Pair) -> None:
    elsewhere = replace(pair.entered, name="Elsewhere")
    error = refusal(lambda: request(elsewhere, pair.satellite.panel.network, us=pair.us))
    assert error.failure is Failure.OTHER_VALUES


def test_clocks_that_differ_stop_no_request(pair: Pair) -> None:
    pair.primary.clock.calendar += timedelta(hours=3)
    ask(pair)
    assert noted(pair).known


def test_a_request_says_all_that_the_primary_compares() -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), http(SITE))) as server:
        message = request(primary_at(server.url(path="/panel")), counter=3)
    head, _, body = server.heard[1].partition(b"\r\n\r\n")
    listed = {"sync_id": 1, "name": "Primary", "store": "Central", "url": server.url(path="/panel")}
    assert json.loads(body) == vars(message) | {"listed": listed}
    assert head.startswith(b"POST /panel/link/v1/contact HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in head


REFUSALS: dict[str, tuple[bytes, Failure]] = {
    "login": (http({"code": "login"}, "401 Unauthorized"), Failure.LOGIN_REFUSED),
    "not listed": (http({"code": "not-listed"}, "403 Forbidden"), Failure.NOT_LISTED),
    "copied": (http({"code": "copied"}, "409 Conflict"), Failure.COPIED),
    "too many": (http({"code": "too-many"}, "429 Too Many Requests"), Failure.THROTTLED),
    "stand-alone": (http({"code": "stand-alone"}, "503 Service Unavailable"), Failure.STAND_ALONE),
    "unavailable": (http({"code": MARK}, "503 Service Unavailable"), Failure.TROUBLE_THERE),
    "error": (http({"code": MARK}, "500 Internal Server Error"), Failure.TROUBLE_THERE),
    "no site": (http({"site": MARK}), Failure.TROUBLE_THERE),
    "no JSON": (http(MARK.encode(), "409 Conflict"), Failure.TROUBLE_THERE),
    "no listing": (http({"code": "other-values", "listed": MARK}, "409 Conflict"), Failure.TROUBLE_THERE),
    "the same listing": (
        http({"code": "other-values", "listed": SITE["listed"]}, "409 Conflict"),
        Failure.TROUBLE_THERE,
    ),
    "a Sync ID that is not finite": (
        http({"code": "other-values", "listed": {"sync_id": float("nan")}}, "409 Conflict"),
        Failure.TROUBLE_THERE,
    ),
    "a Sync ID of another type": (
        http({"code": "other-values", "listed": {"sync_id": [MARK]}}, "409 Conflict"),
        Failure.TROUBLE_THERE,
    ),
}


@pytest.mark.parametrize(("answer", "failure"), list(REFUSALS.values()), ids=list(REFUSALS))
def test_each_refusal_becomes_its_own_failure_and_nothing_of_it_is_told(answer: bytes, failure: Failure) -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), answer)) as server:
        error = refusal(lambda: request(primary_at(server.url())))
    assert error.failure is failure
    assert MARK not in str(error)


def test_msupply_is_asked_for_its_site_instead() -> None:
    with serving(MSupply()) as server:
        request(primary_at(server.url(), hardware_id=ENGINES_ID))
    assert b"POST" not in server.everything


def test_msupply_that_knows_another_site_refuses_a_request_too() -> None:
    with serving(MSupply({**REPLY, "siteId": 3})) as server:
        entered = primary_at(server.url(), hardware_id=ENGINES_ID)
        assert refusal(lambda: request(entered)).failure is Failure.MSUPPLY_OTHER_SITE


def test_another_sync_id_of_its_central_server_stops_no_request() -> None:
    with serving(MSupply({**REPLY, "mSupplyCentralSiteId": 77})) as server:
        request(primary_at(server.url(), hardware_id=ENGINES_ID))
