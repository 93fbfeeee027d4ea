"""A request for a name or an address that is not this server's is refused before anything else: DNS rebinding."""

import socket
from dataclasses import replace

import pytest
from panels import TestPanel
from visitor import PAGE, Visitor, editor
from web.routes import ROUTES, STATIC, furnish

FOREIGN = [
    "evil.example.org",
    "localhost.example.org",
    "192.0.2.7",
    "[2001:db8::7]",
    "[::]",
    "a b",
    "",
    "[",
    "localhost..",
    ".",
]
OWN = ["localhost", "LOCALHOST:8765", "localhost.", "127.0.0.1", "127.0.0.1:8765", "127.9.9.9", "[::1]", "[::1]:8765"]


@pytest.mark.parametrize("host", FOREIGN)
def test_another_host_is_refused_on_every_route(on: TestPanel, host: str) -> None:
    visitor = editor(furnish(on))
    before = on.kept()
    for name, route in ROUTES.items():
        response = visitor.send(name.split()[0], route.path, headers={"Host": host, "Origin": f"http://{host}"})
        assert response.status_code == 421, name
        assert "Set-Cookie" not in response.headers
    assert on.kept() == before


@pytest.mark.parametrize("path", [STATIC, "/nowhere", "/link/v1/site?sync_id=2", "/link/v1/openapi.json", "/link/no"])
def test_it_is_refused_where_no_page_is_either(on: TestPanel, path: str) -> None:
    assert Visitor(on).get(path, headers={"Host": "evil.example.org"}).status_code == 421


def test_a_person_is_told_what_would_be_right_in_plain_text(on: TestPanel) -> None:
    response = Visitor(on).get(headers={"Host": "<b>.example.org"})
    assert response.mimetype == "text/plain"
    assert "This server is not known as “<b>.example.org”" in response.text
    assert "SYNC_PANEL_HOSTS" in response.text


def test_a_partner_is_told_in_problem_details(on: TestPanel) -> None:
    response = Visitor(on).get("/link/v1/site?sync_id=2", headers={"Host": "evil.example.org"})
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["code"] == "other-host"


@pytest.mark.parametrize("host", [*OWN, socket.gethostname(), f"{socket.gethostname()}.local:8765"])
def test_this_machines_names_and_addresses_are_known(on: TestPanel, host: str) -> None:
    assert Visitor(on).get("/sign-in", headers={"Host": host}).status_code == 200


def test_the_sites_own_url_is_a_name_of_it(on: TestPanel) -> None:
    visitor = Visitor(on)
    headers = {"Host": "sync.example.org:2048"}
    assert visitor.get("/sign-in", headers=headers).status_code == 421
    on.become(1, "https://sync.example.org:2048/path")
    assert visitor.get("/sign-in", headers=headers).status_code == 200


def test_more_names_can_be_configured(on: TestPanel) -> None:
    on.settings = replace(on.settings, hosts="panel.example.org, 192.0.2.7")
    on.restart()
    for host in ("panel.example.org", "Panel.Example.Org:80", "192.0.2.7"):
        assert Visitor(on).get("/sign-in", headers={"Host": host}).status_code == 200
    assert Visitor(on).get(PAGE, headers={"Host": "other.example.org"}).status_code == 421
