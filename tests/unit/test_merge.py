"""Merging three ways: what one of two people changed is kept, and only what both changed is asked for."""

from sync_panel.rules.merge import Merged, merge
from sync_panel.rules.url import parse_url

BASE = {"name": "Lae", "store": "Ward", "url": "https://lae.example.org"}


def test_what_each_changed_by_themselves_is_kept() -> None:
    merged = merge(BASE, BASE | {"name": "Mine"}, BASE | {"store": "Theirs"})
    assert merged == Merged(BASE | {"name": "Mine", "store": "Theirs"}, both=(), theirs=("store",))


def test_what_both_changed_is_asked_for_and_holds_what_is_mine() -> None:
    merged = merge(BASE, BASE | {"name": "Mine"}, BASE | {"name": "Theirs", "store": "Theirs"})
    assert merged == Merged(BASE | {"name": "Mine", "store": "Theirs"}, both=("name",), theirs=("store",))


def test_what_both_changed_to_the_same_is_not_asked_for() -> None:
    changed = BASE | {"name": "Both"}
    assert merge(BASE, changed, changed) == Merged(changed, both=(), theirs=())


def test_what_was_emptied_is_changed() -> None:
    assert merge(BASE, BASE | {"url": ""}, BASE).values["url"] == ""
    assert merge(BASE, BASE, BASE | {"url": ""}) == Merged(BASE | {"url": ""}, both=(), theirs=("url",))


def test_without_a_base_every_difference_is_asked_for() -> None:
    merged = merge({}, BASE | {"name": "Mine"}, BASE)
    assert (merged.both, merged.theirs) == (("name",), ())


def test_what_reads_alike_is_no_change() -> None:
    def read(name: str, text: str) -> object:
        return parse_url(text) if name == "url" else text

    typed = BASE | {"url": "HTTPS://LAE.example.org:443/"}
    assert merge(BASE, typed, BASE, read) == Merged(typed, both=(), theirs=())
    moved = BASE | {"url": "https://moved.example.org"}
    assert merge(BASE, typed, moved, read) == Merged(moved, both=(), theirs=("url",))
