"""Scenario n: an address answers the methods that it has, and no other method changes anything."""

import pytest
from flask import Flask
from visitor import PAGE, Visitor
from web.routes import ROUTES

PATHS = sorted({route.path.partition("?")[0] for route in ROUTES.values()})
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"}


def methods_of(app: Flask, path: str) -> set[str]:
    """Return the methods that the application has for a path."""
    return set(app.url_map.bind("localhost").allowed_methods(path))


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_refused_and_change_nothing(visitor: Visitor, path: str, *, htmx: bool) -> None:
    token = visitor.token()
    for method in METHODS - methods_of(visitor.on.app, path):
        response = visitor.send(method, path, htmx=htmx, data={"csrf_token": token, "minutes": "9", "version": "1"})
        assert response.status_code == 405, (method, response.text)
        assert "This address does not take that kind of request" in response.text


def test_a_refused_method_is_answered_with_those_that_are_allowed(visitor: Visitor) -> None:
    """RFC 9110, section 15.5.6."""
    response = visitor.send("PUT", f"{PAGE}/lock")
    assert response.status_code == 405
    assert set(response.headers.get("Allow", "").split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("path", PATHS)
def test_asking_for_the_options_changes_nothing(visitor: Visitor, path: str) -> None:
    response = visitor.send("OPTIONS", path)
    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == methods_of(visitor.on.app, path)


@pytest.mark.parametrize("name", sorted(name for name in ROUTES if name.startswith("GET ")))
def test_head_answers_like_get_without_a_body(visitor: Visitor, name: str) -> None:
    response = visitor.send("HEAD", ROUTES[name].path)
    assert response.status_code == visitor.get(ROUTES[name].path).status_code
    assert not response.data
