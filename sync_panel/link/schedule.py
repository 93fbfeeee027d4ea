"""Asking the primary every sync time interval, one request at a time, in a thread that only the server starts."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sync_panel.machine import Clock
from sync_panel.rules.interval import until_next_request
from sync_panel.rules.partner import Partner
from sync_panel.rules.sync_id import Role
from sync_panel.store.database import Connection, Database
from sync_panel.store.errors import UnavailableError
from sync_panel.store.own_requests import (
    Exchange,
    ExchangeOutcome,
    OneProcess,
    Request,
    exchange_ended,
    forget_exchange,
    load_request,
    request_begins,
    request_failed,
    request_succeeded,
)
from sync_panel.store.partners import all_partners, summary
from sync_panel.store.site import Interval, count_request, load_interval, load_site

from .exchange import Exchanging
from .failures import Failure, LinkError
from .ladder import request_news
from .messages import ContactMessage
from .probe import OwnSite
from .wire import Network

LOCK_FILE = "schedule.lock"
# Seconds between two looks at what is due: a new interval, a changed partner and "Sync now" hold at
# once, whichever process of this data folder saved them.
LOOK_EVERY = 1.0
AFTER_THE_UNEXPECTED = 60.0  # seconds, so that a fault of our own does not ask without end
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """A request that is due: what it needs, read at one moment."""

    partner: Partner
    us: OwnSite
    message: ContactMessage
    began: datetime


class Schedule:
    """This site's requests to its primary."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        network: Network,
        us: Callable[[Connection], OwnSite],
        exchange: Exchanging | None,
        folder: Path,
    ) -> None:
        self._database, self._clock, self._network = database, clock, network
        self._us, self._exchange = us, exchange
        self._only_one = OneProcess(folder / LOCK_FILE)
        self._stopped = threading.Event()
        self._last: tuple[datetime, float] | None = None  # the last request on both clocks

    def run(self) -> None:
        with self._only_one:
            while not self._stopped.is_set():
                try:
                    self.look()
                except UnavailableError as error:
                    logger.warning("The schedule waits. %s", error)
                except Exception:
                    logger.exception("unexpected error in the schedule")
                    self._stopped.wait(AFTER_THE_UNEXPECTED)
                self._stopped.wait(LOOK_EVERY)

    def stop(self) -> None:
        """End the schedule; a request that is under way counts for nothing."""
        self._stopped.set()
        if self._exchange:
            self._exchange.stop()

    def look(self) -> None:
        """Make the request that is due now, if any, and let the host's exchange follow it."""
        due, now = None, self._clock.now()
        try:
            due = self._take_due(now)
            settings = self._ask(due) if due else None
        except UnavailableError:
            raise  # nothing can be noted: the request stays due, and is made as soon as it can be
        except Exception as error:  # noqa: BLE001  # whatever it was, the request is over, and the page says so
            if not self._stopped.is_set():  # else it was broken off, and is made at the next start
                self._note_failure(error, now, is_noted=due is not None)
            return
        if settings and due and due.message.interval_minutes and self._exchange and not self._stopped.is_set():
            exchange = exchanged(self._exchange, settings)
            with self._database.writing() as db:
                exchange_ended(db, due.message.sync_id, due.partner.url, exchange, self._clock.now())

    def _ask(self, due: Due) -> Mapping[str, object] | None:
        """Make a request and note its answer; return this site's settings, None when the answer does not count."""
        answer = request_news(due.partner, due.us, due.message, self._network, self._clock.now())
        with self._database.writing() as db:
            if not request_succeeded(db, due.began, self._clock.now(), *([answer.urls] if answer else [])):
                return None
            return summary(db)

    def _note_failure(self, error: Exception, began: datetime, *, is_noted: bool) -> None:
        """Note how a request failed, one too that was due and failed before it was noted."""
        told = error if isinstance(error, LinkError) else LinkError(Failure.TROUBLE_HERE)
        with self._database.writing() as db:
            if not is_noted:
                if not self._is_due(db):
                    return
                request_begins(db, began)
            request_failed(db, began, told.failure.name, told.values, self._clock.now())
        if told is not error:
            logger.error("unexpected error in a request", exc_info=error)

    def _take_due(self, now: datetime) -> Due | None:
        """Note the request that is due, before it is made, and return what it needs."""
        if not self._only_one.is_this():
            return None
        with self._database.reading() as db:
            is_over = self._exchange is None and load_request(db).exchange is not None
            if not (is_over or self._is_due(db)):
                return None
        with self._database.writing() as db:
            if is_over:
                forget_exchange(db)
            if not self._is_due(db):
                return None
            self._last = now, self._clock.seconds()
            request_begins(db, now)
            us = self._us(db)
            partner, exchange = all_partners(db)[0].partner, load_request(db).exchange
            outcome = exchange.outcome if exchange else None
            message = us.message(load_interval(db).minutes, count_request(db).counter, partner, outcome)
            return Due(partner, us, message, now)

    def _is_due(self, db: Connection) -> bool:
        interval, request = load_interval(db), load_request(db)
        passed = passed_since(request, self._clock.now())
        if self._last and self._last[0] == request.last_at and passed is not None:
            # This process knows its own last request by a clock that nobody can set.
            passed = timedelta(seconds=self._clock.seconds() - self._last[1])
        left = until_next_request(interval.minutes, request.failures, passed, untold=request.untold)
        return left == timedelta(0) and lists_primary(db)


def exchanged(exchange: Exchanging, settings: Mapping[str, object]) -> Exchange:
    """Let the host's exchange run to its end, which may be an error that nobody expected: that is logged."""
    try:
        return exchange.run(settings)
    except Exception:
        logger.exception("unexpected error in the exchange")
        return Exchange(ExchangeOutcome.FAILED)


def asks(db: Connection, interval: Interval) -> bool:
    """Tell whether this site makes requests: a satellite that lists its primary and is not paused."""
    return bool(interval.minutes) and lists_primary(db)


def lists_primary(db: Connection) -> bool:
    return load_site(db).role is Role.SATELLITE and bool(all_partners(db))


def passed_since(request: Request, now: datetime) -> timedelta | None:
    """Return the calendar's time since the last request; None when it does not matter, since one is to be made."""
    return None if request.asking or request.last_at is None else now - request.last_at


def next_request(interval: Interval, request: Request, now: datetime) -> datetime | None:
    """Return when the next request is made, as well as the calendar can tell; None when paused, which was told."""
    left = until_next_request(interval.minutes, request.failures, passed_since(request, now), untold=request.untold)
    return None if left is None else now + left
