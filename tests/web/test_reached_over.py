"""How the panel is reached: the page shows the certificate's fingerprint, and warns of its end and of plain HTTP."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from panels import TestPanel
from visitor import Visitor, viewer

from sync_panel.guard.certificate import Certificate

DAY, YEAR = timedelta(days=1), timedelta(days=365)
WARNING = "This panel is reached over plain HTTP"
EVERYWHERE, HERE = ("0.0.0.0", 8765), ("127.0.0.1", 8765)  # noqa: S104  # told apart, not listened on


@pytest.mark.parametrize(
    ("own", "base", "warned"),
    [
        (EVERYWHERE, "http://localhost", True),
        (("192.0.2.7", 8765), "http://localhost", True),
        (("::", 8765), "http://localhost", True),
        (EVERYWHERE, "https://localhost", False),
        (HERE, "http://localhost", False),
        (("::1", 8765), "http://localhost", False),
        (None, "http://localhost", False),
    ],
)
def test_plain_http_beyond_this_machine_is_warned_of(
    on: TestPanel, own: tuple[str, int] | None, base: str, *, warned: bool
) -> None:
    visitor: Visitor = viewer(on)
    on.panel.network.own = own
    assert (WARNING in visitor.get(base_url=base).text) is warned


def shown(*, begins: datetime, ends: datetime, is_own: bool = False) -> Certificate:
    place = Path("not read")
    return Certificate(place, place, "ab" * 32, is_self_signed=True, begins=begins, ends=ends, is_own=is_own)


def test_the_certificates_fingerprint_is_shown_as_partners_see_it(on: TestPanel) -> None:
    visitor = viewer(on)
    assert "certificate, SHA-256" not in visitor.get().text
    on.panel.network.certificate = shown(begins=on.clock.now(), ends=on.clock.now() + YEAR)
    assert f"SHA-256: <code>{':'.join(['AB'] * 32)}</code>" in visitor.get().text


def test_a_page_says_that_a_given_certificate_ends_soon_and_that_it_has_ended(on: TestPanel) -> None:
    visitor, now = viewer(on), on.clock.now()
    on.panel.network.certificate = shown(begins=now - DAY, ends=now + YEAR)
    assert "The certificate of this panel" not in visitor.get().text
    on.clock.jump((YEAR - 10 * DAY).total_seconds())
    assert "The certificate of this panel ends on <time" in visitor.get().text
    assert f"{now + YEAR:%A} 23 November 2027" in visitor.get().text
    on.clock.jump((11 * DAY).total_seconds())
    assert "The certificate of this panel ended on <time" in visitor.get().text
    on.clock.jump(-(60 * YEAR).total_seconds())
    assert "The certificate of this panel" not in visitor.get().text, "the clock is wrong"


def test_no_page_says_that_the_own_certificate_ends(on: TestPanel) -> None:
    now = on.clock.now()
    on.panel.network.certificate = shown(begins=now - YEAR, ends=now - DAY, is_own=True)
    assert "The certificate of this panel" not in viewer(on).get().text
