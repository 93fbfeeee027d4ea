"""Asking as a satellite does, and reading how that ended."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from panels import CANARY

from sync_panel.link.failures import Failure, LinkError, Rung
from sync_panel.link.ladder import Ladder, Step, request_news, title_of
from sync_panel.link.messages import ContactMessage
from sync_panel.link.probe import OwnSite
from sync_panel.link.wire import Network
from sync_panel.rules.partner import Partner
from sync_panel.rules.site import Parameters

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
US = OwnSite(Parameters(2, "Here", "Store of here", None, "sync", CANARY), "5f0c2a51-9a1e-4d6f-8a43-0d6c3a1f7e55")
NO_ANSWER = [Rung.ADDRESS, Rung.CONNECTION, Rung.PRODUCT]  # over plain HTTP nothing is known of what lies between
MARK = "Heffalump"  # stands in what a server sends, and must be shown to nobody

# What a panel says to a request without a login, and to one with it.
LOGIN_NEEDED = {"product": "sync-panel", "version": "0.1.0", "protocol": 1, "code": "login", "detail": MARK}
LISTED = {"sync_id": 2, "name": "Here", "store": "Store of here", "url": None}
SITE = {
    "product": "sync-panel",
    "version": "0.1.0",
    "protocol": 1,
    "time": NOW.isoformat(),
    "site": {"sync_id": 1, "name": "Primary", "store": "Central", "role": "primary"},
    "listed": LISTED,
}


def primary_at(
    url: str, fingerprint: str | None = None, *, plain_http: bool = True, hardware_id: str | None = None
) -> Partner:
    """Return the primary as it is entered: what SITE says of itself, at this address."""
    return Partner(1, "Primary", "Central", url, fingerprint, plain_http, hardware_id)


def climb(
    entered: Partner, network: Network | None = None, *, us: OwnSite = US, withheld: Failure | None = None
) -> list[Step]:
    """Check a server."""
    return list(Ladder(entered, us, network or Network(), NOW, withheld).climb(entered))


def look_up(entered: Partner, network: Network | None = None, *, us: OwnSite = US) -> list[Step]:
    """Ask a server who it is, as the dialog for a new one does."""
    return list(Ladder(entered, us, network or Network(), NOW).look_up())


def failures(steps: Iterable[Step]) -> list[Failure]:
    """Return what failed. Each step must say so in its own words, and only those that failed have a remedy."""
    found = []
    for step in steps:
        assert step.passed is (step.remedy is None)
        if step.remedy:
            (failure,) = [each for each in Failure if each.value.sentence.template == step.remedy.template]
            assert step.title == title_of(failure, step.rung)
            found.append(failure)
    assert len(found) == len([step for step in steps if not step.passed])
    return found


def only_failure(steps: list[Step]) -> Failure:
    """Return what failed in the last step; those before it were all passed, in their order, none left out."""
    assert [step.rung for step in steps] in (list(Rung)[: len(steps)], NO_ANSWER)
    assert [step.passed for step in steps] == [True] * (len(steps) - 1) + [False]
    return failures(steps)[0]


def shown(steps: Iterable[Step]) -> str:
    """Return all that a check shows."""
    return "\n".join(f"{step.title} {step.remedy or ''} {step.remark or ''} {step.fingerprint or ''}" for step in steps)


def request(entered: Partner, network: Network | None = None, *, us: OwnSite = US, counter: int = 1) -> ContactMessage:
    """Ask a primary for news, as the schedule does, and return what was sent. Raise LinkError."""
    message = us.message(60, counter, entered)
    request_news(entered, us, message, network or Network(), NOW)
    return message


def refusal(ask: Callable[[], object]) -> LinkError:
    """Return what went wrong."""
    with pytest.raises(LinkError) as caught:
        ask()
    return caught.value
