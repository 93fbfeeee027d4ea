"""Every answer, whatever it is, carries the headers that keep other sites out."""

from pathlib import Path

import pytest
from panels import TestPanel
from visitor import PAGE, Visitor
from web.routes import STATIC

from sync_panel.guard.certificate import Certificate

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ADDRESSES = [PAGE, "/", "/sign-in", STATIC, "/nowhere", "/link/v1/openapi.json", "/link/v1/site", "/link/nowhere"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_has_them(shared: TestPanel, method: str, path: str) -> None:
    for headers in ({}, {"Host": "evil.example.org"}):
        response = Visitor(shared).send(method, path, headers=headers)
        assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert "Strict-Transport-Security" not in response.headers


def test_https_is_demanded_for_good_only_with_a_certificate_that_an_authority_may_vouch_for(on: TestPanel) -> None:
    def header(base: str) -> str | None:
        return Visitor(on).get("/sign-in", base_url=base).headers.get("Strict-Transport-Security")

    assert header("https://localhost") is None
    now = on.clock.now()
    for is_self_signed in (True, False):
        place = Path("not read")
        on.panel.network.certificate = Certificate(place, place, "ab" * 32, is_self_signed, now, now)
        assert (header("https://localhost") is None) is is_self_signed
    assert header("https://localhost") == "max-age=31536000"
    assert header("http://localhost") is None
