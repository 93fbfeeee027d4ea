"""Panels that the tests of a file share, because none of them may change anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_clock import FakeClock
from flask import Response
from loopback_panel import satellite
from panels import CANARY, TestPanel, settings_for
from visitor import Visitor
from web.checking import Other, other_primary
from web.routes import VISITORS, furnish


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPanel]:
    """Return one furnished panel for a whole file; no answer of it holds the shared password."""

    def watch(response: Response) -> Response:
        if not response.direct_passthrough:
            assert CANARY not in response.get_data(as_text=True)
        return response

    panel = furnish(TestPanel(settings_for(tmp_path_factory.mktemp("shared") / "data"), FakeClock(), after=watch))
    yield panel
    panel.panel.database.close()


@pytest.fixture
def other(on: TestPanel, tmp_path: Path) -> Iterator[Other]:
    """Return a primary that is served; the panel is its satellite, lists it as it is, and neither may change."""
    with other_primary(on, tmp_path) as served:
        satellite(on, served.url)
        before = on.kept(), served.panel.kept()
        yield served
        assert (on.kept(), served.panel.kept()) == before


@pytest.fixture
def unchanged(shared: TestPanel) -> Iterator[TestPanel]:
    """Return the shared panel, and fail the test when anything in its database is not as it was."""
    before = shared.kept()
    yield shared
    assert shared.kept() == before


@pytest.fixture(scope="module")
def visitors(shared: TestPanel) -> dict[str, Visitor]:
    """Return one visitor of each kind on the shared panel."""
    return {who: come(shared) for who, come in VISITORS.items()}


@pytest.fixture
def visitor(unchanged: TestPanel, visitors: dict[str, Visitor]) -> Visitor:
    """Return an unlocked editor on the shared panel: whatever they send must leave everything as it was."""
    return visitors["editor, unlocked"]
