"""requirements.txt pins what pyproject.toml asks for, and the vendored file is the released one."""

import hashlib
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
VENDORED = ROOT / "static" / "vendor"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RANGES = [Requirement(line) for line in PROJECT["dependencies"]]
FILES = ["requirements.txt", "requirements-test.txt"]
# dist/htmx.min.js of htmx.org 4.0.1, as npm delivers it.
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


def lines(name: str) -> list[str]:
    """Return a file's lines without comments and empty ones."""
    text = (ROOT / name).read_text("utf-8")
    return [line for line in (line.split("#")[0].strip() for line in text.splitlines()) if line]


def pins(name: str) -> dict[str, SpecifierSet]:
    """Return a file's pins by the packages' normal names."""
    return {canonicalize_name(each.name): each.specifier for each in map(Requirement, lines(name))}


def version(pin: SpecifierSet) -> str:
    """Return the one version that a pin allows."""
    (only,) = pin
    return only.version


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_pins_has_nothing_else(name: str) -> None:
    for pin in pins(name).values():
        (only,) = pin
        assert only.operator == "=="
        assert "*" not in only.version


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_pinned_twice_in_a_file(name: str) -> None:
    assert len(pins(name)) == len(lines(name))


def test_the_two_files_do_not_overlap() -> None:
    assert not pins(FILES[0]).keys() & pins(FILES[1]).keys()


@pytest.mark.parametrize("wanted", RANGES, ids=lambda wanted: wanted.name)
def test_what_the_panel_depends_on_is_pinned_within_its_range(wanted: Requirement) -> None:
    pinned = version(pins("requirements.txt")[canonicalize_name(wanted.name)])
    assert wanted.specifier
    assert wanted.specifier.contains(pinned)


def test_what_was_asked_for_by_name_is_there() -> None:
    needed = {"flask", "flask-wtf", "itsdangerous", "h11"}
    assert needed <= {canonicalize_name(wanted.name) for wanted in RANGES}
    assert "pytest" in pins("requirements-test.txt")


def test_the_vendored_htmx_is_the_released_one() -> None:
    assert hashlib.sha256((VENDORED / "htmx.min.js").read_bytes()).hexdigest() == HTMX


def test_the_licence_of_htmx_stands_beside_it() -> None:
    assert "Zero-Clause BSD" in (VENDORED / "htmx.LICENSE.txt").read_text("utf-8")
