"""A schedule that a test lets look, in a satellite whose primary is served or is not there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loopback_panel import at_work, list_it, requests_made, satellite, served
from panels import TestPanel, addresses_only, settings_for

from sync_panel.link.schedule import Schedule
from sync_panel.store.own_requests import Request, load_request
from sync_panel.store.site import load_interval, save_interval


@contextmanager
def joined(on: TestPanel, folder: Path) -> Iterator[TestPanel]:
    """Serve a primary that lists the panel, which lists it, and give it."""
    primary = TestPanel(settings_for(folder / "data"), on.clock, after=on.after)
    with served(at_work(list_it(primary))) as url:
        satellite(on, url)
        yield primary
    primary.panel.database.close()


@contextmanager
def scheduled(on: TestPanel, **options: object) -> Iterator[Schedule]:
    """Give the schedule of a panel, and let its lock go in the end."""
    schedule = on.panel.schedule(**options)  # type: ignore[arg-type]  # the exchange of a test
    with schedule._only_one:
        yield schedule


def set_interval(on: TestPanel, minutes: int) -> None:
    """Save another interval."""
    with on.panel.database.writing() as db:
        save_interval(db, minutes, version=load_interval(db).version, now=on.clock.now())


def stands(on: TestPanel) -> Request:
    """Return how the requests of a satellite stand."""
    with on.panel.database.reading() as db:
        return load_request(db)


def asks_after(on: TestPanel, schedule: Schedule, minutes: float) -> bool:
    """Tell whether the next request is made after so many minutes, and not a second sooner."""
    before = requests_made(on)
    on.clock.pass_time(60 * minutes - 1)
    schedule.look()
    if requests_made(on) != before:
        return False
    on.clock.pass_time(1)
    schedule.look()
    return requests_made(on) == before + 1


def meanwhile(on: TestPanel, act: Callable[[], None]) -> None:
    """Let something happen while the next request is under way: when its address is looked up, in another thread."""
    went_wrong: list[BaseException] = []

    def resolve(host: str, port: int) -> list[str]:
        on.panel.network.resolve = addresses_only
        try:
            act()
        except BaseException as error:
            went_wrong.append(error)
            raise
        return addresses_only(host, port)

    on.panel.network.resolve = resolve
