"""All that a search finds, on one page for paper."""

from panels import TestPanel
from visitor import PAGE, Visitor
from web.routes import furnish


def test_what_a_search_found_is_shown_with_the_search(on: TestPanel) -> None:
    furnish(on)
    text = Visitor(on).sign_in().get(f"{PAGE}/partners/print?q=zzz").text
    assert "found by “zzz”" in text
    assert "0 of " in text
