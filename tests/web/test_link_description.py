"""The description of the link: valid, complete, and true for whatever schemathesis thinks of sending."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fake_clock import FakeClock
from flask import Response
from hypothesis import HealthCheck, Phase, settings
from link_calls import LINK, RIGHT, Asker, primary
from panels import TestPanel, settings_for
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    positive_data_acceptance,
    unsupported_method,
)

from sync_panel.web.link_v1 import description

BOUNDED = settings(
    max_examples=50,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
DESCRIPTION = openapi.from_dict(dict(description()))
# test_partner_throttle.py and test_answering.py prove the first two. The rules of names and addresses say more than
# a schema can, so that a request which fits the schema may still be answered 422.
NOT_TRIED = [ignored_auth, unsupported_method, positive_data_acceptance]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPanel]:
    """Return a primary that lists one satellite."""

    def unwatched(response: Response) -> Response:
        return response

    panel = TestPanel(settings_for(tmp_path_factory.mktemp("described") / "data"), FakeClock(), after=unwatched)
    yield primary(panel)
    panel.panel.database.close()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPanel]:
    """Return a stand-alone site."""

    def unwatched(response: Response) -> Response:
        return response

    panel = TestPanel(settings_for(tmp_path_factory.mktemp("alone") / "data"), FakeClock(), after=unwatched)
    yield panel
    panel.panel.database.close()


def send(case: schemathesis.Case[Any], on: TestPanel, login: str | None, *, may_be_503: bool = False) -> int:
    """Send a case and hold the answer against the description; return its status."""
    on.clock.pass_time(86400)  # no case waits for the failures of another
    headers = {} if login is None else {"Authorization": login}
    response = case.call(app=on.app, headers=headers)
    case.validate_response(
        response, excluded_checks=[*NOT_TRIED, *([not_a_server_error, missing_required_header] if may_be_503 else [])]
    )
    return response.status_code


@DESCRIPTION.parametrize()
@BOUNDED
def test_answers_to_the_right_login_are_as_described(case: schemathesis.Case[Any], described: TestPanel) -> None:
    assert send(case, described, RIGHT) < 500


@DESCRIPTION.parametrize()
@BOUNDED
def test_answers_to_no_login_are_as_described(case: schemathesis.Case[Any], described: TestPanel) -> None:
    assert send(case, described, None) in {200, 401, 405, 413}


@DESCRIPTION.parametrize()
@BOUNDED
def test_answers_of_a_stand_alone_site_are_as_described(case: schemathesis.Case[Any], alone: TestPanel) -> None:
    assert send(case, alone, RIGHT, may_be_503=True) in {200, 405, 413, 503}


def test_the_description_is_valid() -> None:
    assert dict(description())["openapi"] == "3.1.0"
    DESCRIPTION.validate()


def test_it_describes_every_route_of_the_link_and_no_other(on: TestPanel) -> None:
    paths = Asker(on, login=None).send("GET", f"{LINK}/openapi.json").get_json()["paths"]
    described = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    routes = {
        f"{method} {rule.rule}"
        for rule in on.app.url_map.iter_rules()
        if rule.endpoint.startswith("sync_panel_link.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_it_is_there_for_everybody_and_names_the_version(on: TestPanel) -> None:
    response = Asker(on, login=None).send("GET", f"{LINK}/openapi.json")
    assert response.status_code == 200
    assert response.get_json() == description()
    assert response.get_json()["info"]["version"] != "0"
