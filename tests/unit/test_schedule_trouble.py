"""The schedule when things go wrong or happen at the same time: each request ends, and counts only when it should."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator

import pytest
from link.servers import says, serving
from link_calls import noted
from loopback_panel import at_work, closed_port, primary_at, requests_made, satellite, save_primary, served
from panels import TestPanel
from unit.schedules import joined, meanwhile, scheduled, set_interval, stands
from web.trouble import busy, read_only

from sync_panel.link import schedule as module
from sync_panel.link.schedule import LOCK_FILE, Schedule
from sync_panel.set_up import DATABASE_FILE

LONGEST = 30  # seconds; a thread that has done nothing by then never will


@pytest.fixture
def there(on: TestPanel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPanel]:
    """Return a primary that lists the panel, which lists it; it is served."""
    with joined(on, tmp_path_factory.mktemp("there")) as primary:
        yield primary


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    ends_at = time.monotonic() + LONGEST
    while not true():
        assert time.monotonic() < ends_at
        time.sleep(0.005)


def test_a_failure_is_kept_by_its_name_and_values(on: TestPanel) -> None:
    url = closed_port()
    with scheduled(satellite(on, url)) as schedule:
        schedule.look()
    request = stands(on)
    assert (request.failure, request.failures, request.asking) == ("REFUSED", 1, False)
    assert request.failure_values == {"address": "127.0.0.1", "port": int(url.rpartition(":")[2])}
    assert (request.failed_at, request.succeeded_at) == (on.clock.now(), None)


@pytest.mark.parametrize(
    ("changed", "failure"),
    [({"name": "Gizo"}, "OTHER_VALUES"), ({"plain_http": False}, "NOT_ENCRYPTED")],
    ids=["another server", "plain HTTP"],
)
def test_what_is_wrong_here_is_a_failure(
    on: TestPanel, there: TestPanel, changed: dict[str, object], failure: str
) -> None:
    with served(at_work(there)) as url, scheduled(on) as schedule:
        save_primary(on, primary_at(url, **changed))
        schedule.look()
    assert stands(on).failure == failure


def test_a_password_that_cannot_be_read_is_a_failure(on: TestPanel, there: TestPanel) -> None:
    with on.panel.database.writing() as db:
        db.execute("UPDATE site SET password = ?", (b"sealed with another key",))
    with scheduled(on) as schedule:
        schedule.look()
    assert stands(on).failure == "NO_CREDENTIALS"


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity", "[]", '"x"'])
@pytest.mark.parametrize("status", ["200 OK", "409 CONFLICT"])
def test_a_nonsense_answer_is_a_failure(on: TestPanel, number: str, status: str) -> None:
    listing = f'{{"sync_id": {number}, "name": "Here", "store": "Store of here", "url": null}}'
    signature = '"product": "sync-panel", "protocol": 1, "time": "2026-11-23T14:30:00+10:00"'
    body = f'{{{signature}, "site": {listing}, "listed": {listing}}}'.encode()

    def answer(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
        has_login = "HTTP_AUTHORIZATION" in environ
        start_response(status if has_login else "401 UNAUTHORIZED", [("Content-Type", "application/json")])
        return [body]

    with served(answer) as url, scheduled(satellite(on, url)) as schedule:
        schedule.look()
    assert stands(on).failures == 1
    assert not stands(on).asking


@pytest.mark.parametrize("length", [b"1000000000000", b"1" + b"0" * 30])
def test_an_answer_of_any_length_it_says_is_a_failure(on: TestPanel, length: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n{}" % length
    with serving(says(answer)) as server, scheduled(satellite(on, server.url())) as schedule:
        schedule.look()
    assert (stands(on).failure, stands(on).asking) == ("TOO_LARGE", False)


def while_it_is_made(on: TestPanel, _schedule: Schedule) -> None:
    on.panel.network.seconds = None  # type: ignore[assignment]  # a fault of our own, of any kind


def before_it_is_made(_on: TestPanel, schedule: Schedule) -> None:
    schedule._us = lambda _db: 1 // 0  # type: ignore[assignment,return-value]  # likewise


def as_nobody_may_ask(on: TestPanel, _schedule: Schedule) -> None:
    (on.settings.data / LOCK_FILE).mkdir()


@pytest.mark.parametrize("fault", [while_it_is_made, before_it_is_made, as_nobody_may_ask])
def test_a_fault_that_nobody_expected_is_a_failure_too(
    on: TestPanel, fault: Callable[[TestPanel, Schedule], None], caplog: pytest.LogCaptureFixture
) -> None:
    with scheduled(satellite(on, closed_port())) as schedule:
        fault(on, schedule)
        schedule.look()
        schedule.look()
        request = stands(on)
        assert (request.failure, request.failures, request.asking) == ("TROUBLE_HERE", 1, False)
        assert request.failed_at == on.clock.now()
        assert [record.message for record in caplog.records] == ["unexpected error in a request"]
        on.clock.pass_time(60)
        schedule.look()
    assert stands(on).failures == 2


def test_a_fault_while_nothing_is_due_is_no_request_s(on: TestPanel) -> None:
    with scheduled(satellite(on, closed_port())) as schedule:
        set_interval(on, 0)
        as_nobody_may_ask(on, schedule)
        schedule.look()
    assert (stands(on).failures, stands(on).last_at) == (0, None)


def test_a_fault_after_the_partner_was_changed_counts_for_nothing(
    on: TestPanel, caplog: pytest.LogCaptureFixture
) -> None:
    def fault() -> None:
        save_primary(on, primary_at(closed_port()))
        on.panel.network.conversations = None  # type: ignore[assignment]  # no connection can be made any more

    with scheduled(satellite(on, "http://127.0.0.1:1")) as schedule:
        meanwhile(on, fault)
        schedule.look()
    assert (stands(on).asking, stands(on).failures) == (True, 0)
    assert "unexpected error" in caplog.text


@pytest.mark.parametrize("works", [True, False], ids=["an answer", "a failure"])
def test_a_result_that_comes_after_the_partner_was_changed_counts_for_nothing(
    on: TestPanel, there: TestPanel, *, works: bool
) -> None:
    with served(at_work(there)) as url, scheduled(on) as schedule:
        save_primary(on, primary_at(url if works else closed_port()))
        meanwhile(on, lambda: save_primary(on, primary_at(closed_port())))
        schedule.look()
        request = stands(on)
        assert (request.asking, request.succeeded_at, request.failed_at, request.failures) == (True, None, None, 0)
        schedule.look()
    assert stands(on).failures == 1
    assert requests_made(on) == 2


def test_nothing_is_held_open_in_the_database_while_the_network_is_slow(on: TestPanel, there: TestPanel) -> None:
    seen: list[bool] = []

    def look_at_the_database() -> None:
        database = on.panel.database
        seen.append(database._lock.acquire(blocking=False))
        database._lock.release()
        seen.append(not database._connection.in_transaction)
        other = sqlite3.connect(on.settings.data / DATABASE_FILE, timeout=0, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        other.execute("ROLLBACK")
        other.close()
        seen.append(True)

    meanwhile(on, look_at_the_database)
    with scheduled(on) as schedule:
        schedule.look()
    assert seen == [True, True, True]
    assert stands(on).succeeded_at


def test_two_schedules_of_one_folder_do_not_both_ask(on: TestPanel, there: TestPanel) -> None:
    with scheduled(on) as second:
        with scheduled(on) as first:
            first.look()
            on.clock.pass_time(900)
            second.look()
            assert requests_made(on) == 1
            first.look()
            assert requests_made(on) == 2
        on.clock.pass_time(900)
        second.look()
        assert requests_made(on) == 3


@pytest.mark.parametrize("trouble", [busy, read_only], ids=["busy", "read-only"])
def test_a_database_that_cannot_be_written_is_survived_and_nobody_is_asked(
    on: TestPanel,
    there: TestPanel,
    trouble: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.01)
    schedule = on.panel.schedule()
    thread = threading.Thread(target=schedule.run, daemon=True)
    with trouble(on):  # type: ignore[attr-defined]  # both are context managers
        thread.start()
        until(lambda: "The schedule waits." in caplog.text)
        assert noted(there).known is None
    until(lambda: stands(on).succeeded_at is not None)
    schedule.stop()
    thread.join(LONGEST)
    assert not thread.is_alive()


def test_stopping_ends_the_wait_for_the_next_look(
    on: TestPanel, there: TestPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 3600)
    schedule = on.panel.schedule()
    thread = threading.Thread(target=schedule.run, daemon=True)
    thread.start()
    until(lambda: stands(on).succeeded_at is not None)
    schedule.stop()
    thread.join(LONGEST)
    assert not thread.is_alive()
    with scheduled(on) as another:
        assert another._only_one.is_this()
