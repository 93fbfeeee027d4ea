"""What a proxy says of a request counts only when it is the one that was named."""

from dataclasses import replace

import pytest
from panels import TestPanel
from visitor import PAGE, TOKEN, Visitor

PROXY = "10.0.0.1"
FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost"}


def behind(on: TestPanel) -> TestPanel:
    on.settings = replace(on.settings, trusted_proxy=PROXY)
    on.restart()
    return on


def sources(on: TestPanel) -> set[str]:
    """Return the addresses whose failures are counted."""
    with on.panel.database.reading() as db:
        return {row["source"].split()[0] for row in db.execute("SELECT source FROM attempt")} - {"*"}


@pytest.mark.parametrize(
    ("address", "counted"), [(PROXY, "203.0.113.9"), ("10.0.0.2", "10.0.0.2")], ids=["the proxy", "somebody else"]
)
def test_guesses_count_for_the_address_that_the_trusted_proxy_names(on: TestPanel, address: str, counted: str) -> None:
    visitor = Visitor(behind(on), address)
    token = TOKEN.search(visitor.get("/sign-in", headers=FORWARDED).text)
    assert token
    fields = {"user_name": "admin", "password": "wrong", "csrf_token": token[1]}
    headers = FORWARDED | {"Origin": "https://localhost", "Referer": "https://localhost/sign-in"}
    if address != PROXY:
        headers["Origin"] = "http://localhost"
    assert visitor.send("POST", "/sign-in", data=fields, headers=headers).status_code == 422
    assert sources(on) == {counted}


def test_without_a_named_proxy_nobody_is_believed(on: TestPanel) -> None:
    Visitor(on, PROXY).try_password("wrong", headers=FORWARDED | {"Origin": "http://localhost"})
    assert sources(on) == {PROXY}


def test_cookies_are_secure_when_the_trusted_proxy_says_https(on: TestPanel) -> None:
    visitor = Visitor(behind(on), PROXY)
    assert "Secure" in visitor.get("/sign-in", headers=FORWARDED).headers["Set-Cookie"]
    other = Visitor(on, "10.0.0.2")
    assert "Secure" not in other.get("/sign-in", headers=FORWARDED).headers["Set-Cookie"]


def test_a_name_that_the_proxy_forwards_is_checked_as_any_other(on: TestPanel) -> None:
    headers = FORWARDED | {"X-Forwarded-Host": "evil.example.org"}
    assert Visitor(behind(on), PROXY).get(PAGE, headers=headers).status_code == 421
