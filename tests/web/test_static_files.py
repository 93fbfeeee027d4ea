"""Static files: compressed, kept for good by browsers, under an address that changes with their content."""

import gzip
import hashlib
import re

import pytest
from panels import TestPanel
from visitor import Visitor, editor

from sync_panel.web.blueprint import folder

FILES = ["panel.css", "panel.js", "icon.svg", "vendor/htmx.min.js"]
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def addresses(on: TestPanel) -> dict[str, str]:
    """Return the addresses of static files in the page, by name."""
    found = re.findall(r'"(/sync-panel-static/[0-9a-f]+/([^"]+))"', editor(on).get().text)
    return {name: address for address, name in found}


def test_the_page_uses_all_of_them(on: TestPanel) -> None:
    assert set(addresses(on)) == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_sent_as_it_is_or_compressed(on: TestPanel, name: str) -> None:
    address, plain = addresses(on)[name], (folder("static") / name).read_bytes()
    whole = Visitor(on).get(address)
    compressed = Visitor(on).get(address, headers={"Accept-Encoding": "br, gzip"})
    assert whole.data == plain
    assert "Content-Encoding" not in whole.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.data) == plain
    assert len(compressed.data) == int(compressed.headers["Content-Length"])
    for response in (whole, compressed):
        assert response.mimetype == KINDS[name.rpartition(".")[2]]
        assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", "*;q=0"])
def test_a_browser_that_wants_no_gzip_gets_none(on: TestPanel, accepted: str) -> None:
    response = Visitor(on).get(addresses(on)["panel.css"], headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_kept_for_good_under_its_own_hash(on: TestPanel, name: str) -> None:
    address = addresses(on)[name]
    version = address.split("/")[2]
    assert hashlib.sha256((folder("static") / name).read_bytes()).hexdigest().startswith(version)
    response = Visitor(on).get(address)
    assert "immutable" in response.headers["Cache-Control"]
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert not response.headers.getlist("Set-Cookie"), "what caches keep must not set a cookie"


@pytest.mark.parametrize("name", FILES)
def test_another_version_is_not_found(on: TestPanel, name: str) -> None:
    for version in ("0" * 12, "x", addresses(on)[name].split("/")[2][:-1]):
        response = Visitor(on).get(f"/sync-panel-static/{version}/{name}")
        assert response.status_code == 404
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["../sync_panel/cli.py", "..%2fapp.py", "panel.css/", "vendor/", "vendor/htmx.LICENSE.txt", "/etc/passwd", "%00"],
)
def test_nothing_else_is_sent(on: TestPanel, path: str) -> None:
    version = addresses(on)["panel.css"].split("/")[2]
    response = Visitor(on).get(f"/sync-panel-static/{version}/{path}")
    assert response.status_code in {301, 308, 404}
    assert "import" not in response.text
