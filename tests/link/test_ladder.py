"""The check of a real panel: each step in its order, each mistake by its name, and nothing changed on either side."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from link.asking import LOGIN_NEEDED, MARK, NOW, US, climb, failures, only_failure, primary_at, shown
from link.conftest import Pair
from link.servers import http, says, serving
from panels import TestPanel

from sync_panel.link.failures import Failure, Rung
from sync_panel.link.ladder import NO_CERTIFICATE, PASSED, Ladder, Step
from sync_panel.link.wire import Network
from sync_panel.set_up import DATABASE_FILE

BEFORE_VALUES = list(Rung)[: Rung.VALUES]


def wrong(steps: list[Step]) -> dict[Rung, Failure]:
    """Return what failed at which step; all the steps before the first failure were passed, none left out."""
    found = dict(zip([step.rung for step in steps if not step.passed], failures(steps), strict=True))
    assert [step.rung for step in steps] == list(Rung)[: len(steps)]
    return found


def test_all_steps_pass_in_their_order_when_both_sides_agree(pair: Pair) -> None:
    steps = pair.check()
    words = {**PASSED, Rung.CERTIFICATE: NO_CERTIFICATE}
    assert [(step.rung, step.passed, step.title) for step in steps] == [(rung, True, words[rung]) for rung in Rung]


@pytest.mark.parametrize("part", ["user_name", "password"])
def test_a_login_that_is_not_the_primarys_is_refused(pair: Pair, part: str) -> None:
    us = replace(pair.us, site=replace(pair.us.site, **{part: "another"}))  # type: ignore[arg-type]  # a field's name
    steps = pair.check(us=us)
    assert only_failure(steps) is Failure.LOGIN_REFUSED
    assert steps[-1].rung is Rung.LOGIN


def test_logins_that_failed_too_often_make_wait(pair: Pair) -> None:
    us = replace(pair.us, site=replace(pair.us.site, password="another"))
    for _try in range(5):
        pair.check(us=us)
    assert only_failure(pair.check()) is Failure.THROTTLED


def test_another_sync_id_than_entered_is_told(pair: Pair) -> None:
    steps = pair.check(replace(pair.entered, sync_id=7))
    assert wrong(steps) == {Rung.VALUES: Failure.OTHER_SYNC_ID}
    assert "has the Sync ID 1, not 7." in shown(steps)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "Elsewhere"}, "Name: “Here” there, “Elsewhere” here."),
        ({"store": "Cellar"}, "Store: “Store of here” there, “Cellar” here."),
        (
            {"name": "Elsewhere", "store": "Cellar"},
            "Name: “Here” there, “Elsewhere” here. Store: “Store of here” there, “Cellar” here.",
        ),
        ({"sync_id": 7, "name": "Elsewhere"}, "Sync ID: 1 there, 7 here. Name: “Here” there, “Elsewhere” here."),
    ],
)
def test_values_that_are_not_as_entered_are_told_alone(pair: Pair, values: dict[str, object], said: str) -> None:
    steps = pair.check(replace(pair.entered, **values))  # type: ignore[arg-type]  # fields of text
    assert wrong(steps) == {Rung.VALUES: Failure.OTHER_VALUES}
    assert f"calls itself otherwise than it is entered here. {said} Correct" in shown(steps)


def test_a_site_that_is_not_listed_is_told(pair: Pair) -> None:
    pair.list_satellite(sync_id=9)
    steps = pair.check()
    assert wrong(steps) == {Rung.LISTED: Failure.NOT_LISTED}
    assert "does not list this site, Sync ID 2." in shown(steps)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "Elsewhere"}, "Name: “Elsewhere” there, “Here” here."),
        ({"store": "Cellar"}, "Store: “Cellar” there, “Store of here” here."),
    ],
)
def test_a_site_that_is_listed_with_other_values_is_told_the_one_that_differs(
    pair: Pair, values: dict[str, object], said: str
) -> None:
    pair.list_satellite(**values)
    steps = pair.check()
    assert wrong(steps) == {Rung.LISTED: Failure.LISTED_OTHERWISE}
    assert f"lists this site otherwise than it is called here. {said} Correct" in shown(steps)


def remarks(steps: list[Step]) -> dict[Rung, str]:
    return {step.rung: str(step.remark) for step in steps if step.remark}


def test_another_url_in_the_list_there_is_a_remark_and_no_failure(pair: Pair) -> None:
    assert remarks(pair.check()) == {}
    pair.list_satellite(url="https://elsewhere.example.org")
    steps = pair.check()
    assert wrong(steps) == {}
    (told,) = (remark for rung, remark in remarks(steps).items() if rung is Rung.LISTED)
    there, here = "https://elsewhere.example.org", "https://satellite.example.org"
    assert f"lists this site with the URL {there}; here it is {here}." in told
    assert [step.title for step in steps if step.rung is Rung.LISTED] != [PASSED[Rung.LISTED]]


def test_another_url_of_its_own_is_a_remark_and_no_failure(pair: Pair) -> None:
    pair.primary.become(1, "https://primary.example.org")
    steps = pair.check()
    assert wrong(steps) == {}
    (told,) = (remark for rung, remark in remarks(steps).items() if rung is Rung.VALUES)
    assert f"has the URL https://primary.example.org on its own page; here it is {pair.url}." in told


def test_another_url_is_remarked_beside_a_name_that_differs(pair: Pair) -> None:
    pair.list_satellite(name="Elsewhere", url="https://elsewhere.example.org")
    steps = pair.check()
    assert wrong(steps) == {Rung.LISTED: Failure.LISTED_OTHERWISE}
    assert remarks(steps).keys() == {Rung.LISTED}


def test_a_site_without_a_url_of_its_own_may_be_listed_with_any(pair: Pair) -> None:
    us = replace(pair.us, site=replace(pair.us.site, url=None))
    assert not failures(pair.check(us=us))


def test_values_that_are_wrong_on_both_sides_are_all_told(pair: Pair) -> None:
    pair.list_satellite(name="Elsewhere")
    pair.primary.clock.calendar += timedelta(minutes=6)
    assert wrong(pair.check(replace(pair.entered, store="Cellar"))) == {
        Rung.VALUES: Failure.OTHER_VALUES,
        Rung.LISTED: Failure.LISTED_OTHERWISE,
        Rung.CLOCK: Failure.OTHER_CLOCK,
    }


def test_a_stand_alone_server_is_told(pair: Pair) -> None:
    with pair.primary.panel.database.writing() as db:
        db.execute("DELETE FROM partner")
    pair.primary.become(None)
    steps = pair.check()
    assert only_failure(steps) is Failure.STAND_ALONE
    assert steps[-1].rung is Rung.PRODUCT


def test_a_server_that_cannot_read_its_password_is_told_as_in_trouble(pair: Pair) -> None:
    with pair.primary.panel.database.writing() as db:
        db.execute("UPDATE site SET password = ?", (b"sealed with another key",))
    assert only_failure(pair.check()) is Failure.TROUBLE_THERE


@pytest.mark.parametrize(("minutes", "found"), [(6, True), (-6, True), (4, False), (-4, False)])
def test_clocks_more_than_five_minutes_apart_are_told(pair: Pair, minutes: int, found: bool) -> None:  # noqa: FBT001
    pair.primary.clock.calendar += timedelta(minutes=minutes)
    steps = pair.check()
    assert wrong(steps) == ({Rung.CLOCK: Failure.OTHER_CLOCK} if found else {})
    assert ("6 minutes apart" in shown(steps)) is found


@pytest.mark.parametrize(
    ("protocol", "failure"),
    [(0, Failure.TOO_OLD), (-3, Failure.TOO_OLD), (2, Failure.TOO_NEW), (10**30, Failure.TOO_NEW)],
)
def test_another_protocol_is_told_as_too_old_or_too_new(protocol: int, failure: Failure) -> None:
    with serving(says(http(LOGIN_NEEDED | {"protocol": protocol}, "401 Unauthorized"))) as server:
        steps = climb(primary_at(server.url()))
    assert only_failure(steps) is failure
    assert MARK not in shown(steps)
    assert f"({protocol if protocol < 10**6 else '?'}) than this one (1)" in shown(steps)
    assert b"uthorization" not in server.everything


def test_each_step_is_told_as_it_is_reached() -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"))) as server:
        entered = primary_at(server.url(), plain_http=False)
        told = Ladder(entered, US, Network(), NOW).climb(entered)
        assert next(told).rung is Rung.ADDRESS
        assert server.connections == 0
        assert next(told).rung is Rung.CONNECTION
        assert not server.heard
        assert next(told).rung is Rung.SCHEME
        told.close()  # type: ignore[attr-defined]  # which somebody who leaves does to a generator


def files(panel: TestPanel) -> dict[str, bytes]:
    """Return the database as it lies on the disk."""
    database = panel.settings.data / DATABASE_FILE
    log = database.with_name(f"{database.name}-wal")
    return {file.name: file.read_bytes() for file in (database, log)}


def quiet(panel: TestPanel) -> dict[str, bytes]:
    """Write everything from the log into the file, and return both."""
    with closing(sqlite3.connect(panel.settings.data / DATABASE_FILE)) as db:
        assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return files(panel)


@pytest.mark.parametrize("values", [{}, {"sync_id": 7}, {"name": "Elsewhere"}], ids=["right", "other ID", "other name"])
def test_a_check_changes_nothing_on_either_side(pair: Pair, values: dict[str, object]) -> None:
    pair.list_satellite(name="Elsewhere")
    before = quiet(pair.primary), quiet(pair.satellite)
    assert pair.check(replace(pair.entered, **values))  # type: ignore[arg-type]  # fields of a Partner
    assert (files(pair.primary), files(pair.satellite)) == before


@pytest.mark.parametrize("side", ["primary", "satellite"])
def test_what_one_side_saved_with_two_spaces_before_they_were_folded_agrees(pair: Pair, side: str) -> None:
    panel = getattr(pair, side)
    with panel.panel.database.writing() as db:
        for table in ("site", "partner"):
            db.execute(f"UPDATE {table} SET store = 'Store  of   here'")
        db.execute("UPDATE site SET user_name = 'two  words'")
    other = pair.satellite if panel is pair.primary else pair.primary
    with other.panel.database.writing() as db:
        db.execute("UPDATE site SET user_name = 'two words'")
    assert all(step.passed for step in pair.check())
