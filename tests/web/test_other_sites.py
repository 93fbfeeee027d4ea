"""A form that another site sends is refused by what the browser says, even with a token that is right."""

from collections.abc import Mapping

import pytest
from panels import TestPanel
from visitor import PAGE, Visitor, unlocked_editor
from web.routes import READS, ROUTES, WRITES, furnish

FOREIGN: list[Mapping[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "rubbish"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://elsewhere.example.org"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "http://localhost.example.org"},
    {"Origin": "http://elsewhere.example.org@localhost"},
    {"Origin": "null"},
    {"Origin": "localhost"},
    {"Origin": ""},
]
OURS: list[Mapping[str, str]] = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://elsewhere.example.org"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_of_another_site_is_refused(visitor: Visitor, headers: Mapping[str, str]) -> None:
    for route in WRITES.values():
        response = visitor.post(route.path, route.fields, headers=headers)
        assert response.status_code == 403, route.path
        assert "came from elsewhere. Nothing was changed" in response.text


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_a_form_of_this_panel_is_accepted(on: TestPanel, headers: Mapping[str, str]) -> None:
    visitor = Visitor(furnish(on)).sign_in()
    route = ROUTES[f"POST {PAGE}/interval"]
    assert visitor.post(route.path, route.fields, headers=headers).status_code == 303


def test_signing_somebody_in_from_another_site_is_refused(on: TestPanel) -> None:
    response = Visitor(on).try_password("correct horse battery", headers=FOREIGN[0])
    assert response.status_code == 403


@pytest.mark.parametrize("name", sorted(READS))
def test_a_link_from_another_site_shows_what_its_person_may_see_and_lengthens_no_unlock(
    on: TestPanel, name: str
) -> None:
    visitor = unlocked_editor(furnish(on))
    on.clock.pass_time(100)
    before = on.kept()
    response = visitor.get(READS[name].path, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code in {200, 204, 302}
    assert on.kept() == before
    assert visitor.seconds_left() == on.settings.unlock_seconds - 100
