"""Requests for news that nobody should send, and a database in trouble: each is refused as a problem in JSON."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from link_calls import CONTACT, JSON, LINK, RIGHT, SITE, WRONG, Asker, message, noted, primary, problem
from panels import CANARY, TestPanel
from web.trouble import busy, read_only
from werkzeug.test import Client

from sync_panel import Settings, create_app

LONGEST = 64 * 1024
NO_OBJECT = {
    "empty": b"",
    "no JSON": b"sync_id=2",
    "a list": b"[1, 2]",
    "a string": b'"hello"',
    "null": b"null",
    "a number": b"7",
    "an empty object": b"{}",
    "cut off": json.dumps(message()).encode()[:-5],
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "deep": b"[" * 30_000 + b"]" * 30_000,
    "deep object": b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
    "endless number": b'{"counter": ' + b"9" * 20_000 + b"}",
}
NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "1.5", "true", "null", '"5"', "[5]", "{}", "9" * 400, "1e30"]
WRONG_MEMBERS: list[tuple[str, object]] = [
    *(("sync_id", value) for value in (0, -1, 2**31, "2", None, True)),
    ("sync_id", [2]),
    *(("name", value) for value in ("", " ", "x" * 101, "a\u200bb", "\ud800", "a\x00b", 5, None)),
    ("name", {}),
    *(("store", value) for value in ("", "x" * 101, "\u202e", False)),
    *(("url", value) for value in ("", "ftp://x", "https://a b", "https://u:p@host", "\ud800", 5, ["https://x"])),
    *(("interval_minutes", value) for value in (-1, 10081, "15", None, 0.5)),
    *(("installation", value) for value in ("", "x" * 65, "a\x00b", "\ud800", 7, None)),
    *(("counter", value) for value in (0, -1, 2**53 + 2, 2**70, None, "1", False)),
    *(("listed", value) for value in ("Here", 1, {"sync_id": 1, "name": "", "store": "x", "url": None})),
    *(("listed", []), ("listed", {})),
    *(("exchange", value) for value in ("", "lost", 1, True)),
    *(("exchange", ["done"]), ("exchange", {})),
]
Trouble = Callable[[TestPanel], AbstractContextManager[None]]
EVERY_TROUBLE = pytest.mark.parametrize("trouble", [busy, read_only], ids=["busy", "read-only"])


@pytest.mark.parametrize("more", [1, 2, 100_000])
@pytest.mark.parametrize("login", [RIGHT, None], ids=["right login", "no login"])
def test_a_body_over_64_kib_is_too_large(on: TestPanel, more: int, login: str | None) -> None:
    response = Asker(primary(on), login=login).sends(b" " * (LONGEST + more))
    assert problem(response, 413, "too-large")["detail"] == "A request has at most 64 KiB."


def test_a_body_over_64_kib_without_a_length_is_too_large(on: TestPanel) -> None:
    terminated = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    endless = io.BytesIO(b" " * 200_000)
    response = Asker(primary(on)).send(
        "POST", CONTACT, input_stream=endless, environ_overrides=terminated, content_type=JSON
    )
    problem(response, 413, "too-large")


def test_a_body_of_exactly_64_kib_is_read(on: TestPanel) -> None:
    body = json.dumps(message()).encode()
    assert Asker(primary(on)).sends(body + b" " * (LONGEST - len(body))).status_code == 200


def test_a_body_at_the_question_who_this_is_is_bounded_as_well(on: TestPanel) -> None:
    asker = Asker(primary(on))
    problem(asker.send("GET", f"{SITE}?sync_id=2", data=b"x" * (LONGEST + 1)), 413, "too-large")
    problem(asker.send("GET", f"{LINK}/openapi.json", data=b"x" * (LONGEST + 1)), 413, "too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_another_type_than_json_is_refused(on: TestPanel, kind: str) -> None:
    problem(Asker(primary(on)).sends(json.dumps(message()).encode(), kind), 415, "not-json")


def test_the_type_may_name_its_charset(on: TestPanel) -> None:
    body = json.dumps(message()).encode()
    assert Asker(primary(on)).sends(body, "application/json; charset=utf-8").status_code == 200


@pytest.mark.parametrize("body", NO_OBJECT.values(), ids=NO_OBJECT)
def test_what_is_no_json_object_is_refused(on: TestPanel, body: bytes) -> None:
    before = primary(on).kept()
    problem(Asker(on).sends(body), 400, "not-json")
    assert on.kept() == before


@pytest.mark.parametrize("member", ["sync_id", "interval_minutes", "counter"])
@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: number[:12])
def test_what_is_no_number_in_range_is_refused(on: TestPanel, member: str, number: str) -> None:
    body = json.dumps(message(**{member: "HERE"})).replace('"HERE"', number).encode()
    response = Asker(primary(on)).sends(body)
    assert response.status_code in {400, 422}, response.text
    problem(response, response.status_code, "not-json" if response.status_code == 400 else "invalid")
    assert noted(on).known is None


@pytest.mark.parametrize(("member", "value"), WRONG_MEMBERS, ids=repr)
def test_a_wrong_member_is_named(on: TestPanel, member: str, value: object) -> None:
    before = primary(on).kept()
    read = problem(Asker(on).contact(**{member: value}), 422, "invalid")
    assert [wrong["member"] for wrong in read["errors"]] == [member]
    assert read["errors"][0]["detail"]
    assert on.kept() == before


def test_every_wrong_member_is_named_at_once(on: TestPanel) -> None:
    read = problem(Asker(primary(on)).sends(b'{"anything": "else"}'), 422, "invalid")
    needed = ["sync_id", "name", "store", "interval_minutes", "installation", "counter"]
    assert [wrong["member"] for wrong in read["errors"]] == needed


def test_a_whole_number_with_a_point_is_a_number(on: TestPanel) -> None:
    assert Asker(primary(on)).contact(counter=1.0, interval_minutes=15.0).status_code == 200


def test_members_that_nobody_knows_are_overlooked(on: TestPanel) -> None:
    assert Asker(primary(on)).contact(more="from a later version").status_code == 200


@EVERY_TROUBLE
def test_a_request_for_news_is_not_answered_while_it_cannot_be_noted(on: TestPanel, trouble: Trouble) -> None:
    asker, before = Asker(primary(on)), on.kept()
    with trouble(on):
        response = asker.contact()
        assert on.kept() == before
    assert problem(response, 503, "unavailable")["detail"] == "This site cannot answer now."
    assert asker.contact().status_code == 200


@EVERY_TROUBLE
def test_who_this_is_is_told_even_then(on: TestPanel, trouble: Trouble) -> None:
    asker = Asker(primary(on))
    with trouble(on):
        assert asker.site().status_code == 200


@EVERY_TROUBLE
def test_a_wrong_login_that_cannot_be_counted_learns_nothing(on: TestPanel, trouble: Trouble) -> None:
    asker = Asker(primary(on), login=WRONG)
    with trouble(on):
        problem(asker.site(), 503, "unavailable")


def test_a_data_folder_that_cannot_be_opened_is_a_problem_without_its_path(tmp_path: Path) -> None:
    never_set_up = Client(create_app(Settings(data=tmp_path)))
    response = never_set_up.get(f"{SITE}?sync_id=2", headers={"Authorization": RIGHT})
    problem(response, 503, "unavailable")
    assert str(tmp_path) not in response.text


def test_an_unexpected_error_is_told_without_anything_of_it(on: TestPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_anything: object) -> None:
        raise RuntimeError("the inside of the panel")

    monkeypatch.setattr("sync_panel.web.link_v1.answer_site", fail)
    response = Asker(primary(on)).site()
    problem(response, 500, "error")
    assert "inside" not in response.text
    assert CANARY not in response.text
