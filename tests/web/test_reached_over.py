"""How the panel is reached: the page shows its own certificate's fingerprint, and warns of plain HTTP."""

import pytest
from panels import TestPanel
from visitor import Visitor, viewer

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


def test_the_certificates_fingerprint_is_shown_as_partners_see_it(on: TestPanel) -> None:
    visitor = viewer(on)
    assert "certificate, SHA-256" not in visitor.get().text
    on.panel.network.fingerprint = "ab" * 32
    assert f"SHA-256: <code>{':'.join(['AB'] * 32)}</code>" in visitor.get().text
