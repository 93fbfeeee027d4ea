"""The host's exchange as the schedule starts it: after an answer that counts, and never otherwise."""

from collections.abc import Iterator

import pytest
from link_calls import noted
from loopback_panel import at_work, closed_port, primary_at, save_primary, served
from panels import TestPanel
from unit.schedules import joined, meanwhile, scheduled, set_interval, stands

from sync_panel.link.exchange import CallableExchange
from sync_panel.store.own_requests import Exchange, ExchangeOutcome


@pytest.fixture
def there(on: TestPanel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPanel]:
    """Return a primary that lists the panel, which lists it; it is served."""
    with joined(on, tmp_path_factory.mktemp("there")) as primary:
        yield primary


def test_the_hosts_exchange_follows_an_answer_and_gets_no_password(on: TestPanel, there: TestPanel) -> None:
    given: list[dict[str, object]] = []

    def exchange(settings: dict[str, object]) -> str:
        given.append(dict(settings))
        return "12 records"

    with scheduled(on, exchange=exchange) as schedule:
        schedule.look()
    (settings,) = given
    assert (settings["role"], settings["sync_id"], settings["interval_minutes"]) == ("satellite", 2, 15)
    assert "password" not in settings
    request = stands(on)
    assert request.exchange
    assert (request.exchange.outcome, request.exchange.line) == (ExchangeOutcome.DONE, "12 records")
    assert request.exchanged_at == on.clock.now()


def test_no_exchange_follows_a_failure_or_a_result_that_does_not_count(on: TestPanel, there: TestPanel) -> None:
    given: list[object] = []
    with served(at_work(there)) as url, scheduled(on, exchange=given.append) as schedule:
        meanwhile(on, lambda: save_primary(on, primary_at(closed_port())))
        schedule.look()
        schedule.look()
        assert stands(on).failures == 1
        assert not given
        save_primary(on, primary_at(url))
        schedule.look()
    assert len(given) == 1


def test_an_exchange_that_fails_is_told_and_the_request_still_counts(on: TestPanel, there: TestPanel) -> None:
    with scheduled(on, exchange=lambda _settings: 1 // 0) as schedule:
        schedule.look()
    request = stands(on)
    assert request.succeeded_at
    assert request.exchange
    assert request.exchange.outcome is ExchangeOutcome.FAILED
    assert "ZeroDivisionError" in request.exchange.line


def test_a_pause_is_told_and_no_exchange_follows(on: TestPanel, there: TestPanel) -> None:
    given: list[object] = []
    with scheduled(on, exchange=given.append) as schedule:
        schedule.look()
        set_interval(on, 0)
        schedule.look()
    known = noted(there).known
    assert known
    assert (known.minutes, known.counter) == (0, 2)
    assert len(given) == 1


def test_a_fault_of_our_own_in_an_exchange_is_a_failure_too(
    on: TestPanel, there: TestPanel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(CallableExchange, "run", lambda _self, _settings: 1 // 0)
    with scheduled(on, exchange=lambda _settings: None) as schedule:
        schedule.look()
    assert stands(on).exchange == Exchange(ExchangeOutcome.FAILED)
    assert stands(on).exchanged_at == on.clock.now()
    assert [record.message for record in caplog.records] == ["unexpected error in the exchange"]


def told(there: TestPanel) -> ExchangeOutcome | None:
    """Return how the exchange ended of which the primary was told last."""
    known = noted(there).known
    assert known
    return known.exchange


def test_the_next_request_tells_the_primary_how_the_exchange_ended(on: TestPanel, there: TestPanel) -> None:
    errors = ["disk full"]

    def exchange(_settings: object) -> None:
        if errors:
            raise OSError(errors.pop())

    with scheduled(on, exchange=exchange) as schedule:
        schedule.look()
        assert told(there) is None
        on.clock.pass_time(900)
        schedule.look()
        assert told(there) is ExchangeOutcome.FAILED
        on.clock.pass_time(900)
        schedule.look()
    assert told(there) is ExchangeOutcome.DONE


def test_an_exchange_counts_and_is_told_though_the_interval_was_saved_meanwhile(
    on: TestPanel, there: TestPanel
) -> None:
    def exchange(_settings: object) -> None:
        set_interval(on, 20)
        raise OSError

    with scheduled(on, exchange=exchange) as schedule:
        schedule.look()
        assert stands(on).exchange
        assert stands(on).asking, "the primary is told of the interval"
        schedule.look()
    known = noted(there).known
    assert known
    assert (known.minutes, known.exchange) == (20, ExchangeOutcome.FAILED)


def test_an_exchange_with_the_primary_of_before_is_not_told_to_the_next(on: TestPanel, there: TestPanel) -> None:
    def exchange(_settings: object) -> None:
        raise OSError

    with scheduled(on, exchange=exchange) as schedule:
        schedule.look()
        with served(at_work(there)) as elsewhere:
            save_primary(on, primary_at(elsewhere))
            schedule.look()
            assert told(there) is None
        assert stands(on).exchange


def test_where_no_exchange_follows_any_more_the_last_one_is_forgotten_at_once(on: TestPanel, there: TestPanel) -> None:
    with scheduled(on, exchange=lambda _settings: 1 // 0) as schedule:
        schedule.look()
    assert stands(on).exchange
    on.clock.pass_time(60)
    with scheduled(on) as schedule:
        schedule.look()
        request = stands(on)
        assert (request.exchange, request.exchanged_at) == (None, None)
        assert request.succeeded_at
        on.clock.pass_time(900)
        schedule.look()
    assert told(there) is None
