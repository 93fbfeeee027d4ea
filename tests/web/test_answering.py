"""What a partner that asks is answered: with the right login who this site is, otherwise a problem in JSON."""

from collections.abc import Callable
from datetime import datetime

import pytest
from link_calls import (
    CONTACT,
    HONIARA,
    LINK,
    MUNDA,
    RIGHT,
    SITE,
    WRONG,
    Asker,
    basic,
    failures,
    noted,
    primary,
    problem,
)
from panels import CANARY, TestPanel
from visitor import Visitor
from werkzeug.test import TestResponse

from sync_panel.guard.keys import seal
from sync_panel.rules.site import Parameters
from sync_panel.store.partners import save_parameters
from sync_panel.store.site import load_site
from sync_panel.version import __version__

Asked = Callable[[Asker], TestResponse]
ASKED: dict[str, Asked] = {"site": lambda asker: asker.site(), "contact": lambda asker: asker.contact()}
BOTH = pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
WEIRD = [
    *(
        "",
        "Basic",
        "Basic ",
        "Basic ====",
        "Basic !",
        "basic c3luYw==",
        "Basic //79",
        "Basic w6k",
        "Bearer abc",
        "Digest",
    ),
    *("Basic \u00e9\u00e9\u00e9\u00e9", "\u00ff", "Basic " + "A" * 9000, 'Digest username="sync"', "Basic c3luYzo="),
    *("Basic AAAA AAAA", "Negotiate YII=", "=", "Basic\tc3luYzp4", basic("", ""), basic("\x00", "\x00"), ", , ,"),
]


@BOTH
def test_no_login_is_refused_and_not_counted(on: TestPanel, asked: Asked) -> None:
    response = asked(Asker(primary(on), login=None))
    problem(response, 401, "login")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert 'charset="UTF-8"' in response.headers["WWW-Authenticate"]
    assert not failures(on)


@BOTH
def test_a_wrong_login_is_refused_and_counted(on: TestPanel, asked: Asked) -> None:
    response = asked(Asker(primary(on), login=WRONG))
    problem(response, 401, "login")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert failures(on) == {"10.0.0.7 2": 1, "10.0.0.7": 1, "*": 1}
    assert noted(on).known is None


@pytest.mark.parametrize("name", ["", "SYNC", "sync ", "admin", "sync:x"])
def test_another_user_name_is_refused(on: TestPanel, name: str) -> None:
    problem(Asker(primary(on), login=basic(name, CANARY)).site(), 401, "login")


def test_no_cookie_and_no_session_come_of_it_and_none_are_needed(on: TestPanel) -> None:
    asker = Asker(primary(on))
    for login in (None, WRONG, RIGHT):
        asker.login = login
        for response in (asker.site(), asker.contact()):
            assert "Set-Cookie" not in response.headers
    assert asker.client.get_cookie(f"sync_panel_{on.panel.mark}_80") is None
    with on.panel.database.reading() as db:
        assert not db.execute("SELECT * FROM signed_in").fetchall()


def test_a_sign_in_on_the_page_is_no_login_here(on: TestPanel) -> None:
    visitor = Visitor(primary(on)).sign_in()
    problem(visitor.get(f"{SITE}?sync_id=2"), 401, "login")


def test_the_login_here_is_no_sign_in_on_the_page(on: TestPanel) -> None:
    page = Asker(primary(on)).send("GET", "/preferences/synchronisation")
    assert page.status_code == 401
    assert "Sync with" not in page.text


@BOTH
def test_the_right_login_is_told_who_this_site_is_and_how_it_lists_the_one_that_asks(
    on: TestPanel, asked: Asked
) -> None:
    response = asked(Asker(primary(on)))
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    read = response.get_json()
    assert datetime.fromisoformat(read.pop("time")) == on.clock.now()
    assert read == {
        "product": "sync-panel",
        "version": __version__,
        "protocol": 1,
        "site": {"sync_id": 1, "name": "Here", "store": "Store of here", "url": None, "role": "primary"},
        "listed": {"sync_id": 2, "name": "Honiara", "store": "Ward", "url": HONIARA.url},
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_a_site_that_is_not_listed_is_told_null(on: TestPanel) -> None:
    assert Asker(primary(on)).site(MUNDA.sync_id).get_json()["listed"] is None


def test_a_satellite_answers_as_a_satellite(on: TestPanel) -> None:
    on.become(7)
    assert Asker(on).site(1).get_json()["site"]["role"] == "satellite"


@pytest.mark.parametrize("query", ["", "?sync_id=", "?sync_id=0", "?sync_id=x", "?sync_id=2&sync_id=2", "?sync_id=%FF"])
def test_a_question_without_one_sync_id_is_invalid(on: TestPanel, query: str) -> None:
    read = problem(Asker(primary(on)).send("GET", f"{SITE}{query}"), 422, "invalid")
    assert [wrong["member"] for wrong in read["errors"]] == ["sync_id"]


@BOTH
@pytest.mark.parametrize("login", [None, RIGHT, WRONG], ids=["no login", "right login", "wrong login"])
def test_a_stand_alone_site_answers_nobody(on: TestPanel, asked: Asked, login: str | None) -> None:
    problem(asked(Asker(on, login=login)), 503, "stand-alone")
    assert not failures(on)


def test_a_password_that_cannot_be_unsealed_is_told_apart(on: TestPanel) -> None:
    with primary(on).panel.database.writing() as db:
        db.execute("UPDATE site SET password = ?", (b"sealed with another key",))
    problem(Asker(on).site(), 503, "no-password")


@pytest.mark.parametrize(
    ("name", "password"),
    [("sync", "p\u00e4ssw\u00f6rd"), ("\u0e0b\u0e34\u0e07\u0e01\u0e4c", "\U0001f511:colon: \u00e9")],
)
def test_names_and_passwords_of_any_script_are_utf_8(on: TestPanel, name: str, password: str) -> None:
    sealed = seal(on.panel.keys.passwords, password)
    with primary(on).panel.database.writing() as db:
        site = Parameters(1, "Here", "Store", None, name)
        save_parameters(db, site, sealed_password=sealed, version=load_site(db).version, now=on.clock.now())
    assert Asker(on, login=basic(name, password)).site().status_code == 200
    problem(Asker(on, login=basic(name, password.upper())).site(), 401, "login")


@pytest.mark.parametrize("header", WEIRD)
def test_a_header_that_is_no_login_is_refused(on: TestPanel, header: str) -> None:
    problem(Asker(primary(on), login=header).site(), 401, "login")


def test_the_right_words_in_another_scheme_are_no_login(on: TestPanel) -> None:
    problem(Asker(primary(on), login=f'Digest username="sync", password="{CANARY}"').site(), 401, "login")


@pytest.mark.parametrize("path", ["/link", LINK, f"{LINK}/", f"{LINK}/sites", f"{LINK}/site/", f"{SITE}/2"])
def test_what_is_not_there_is_a_problem_too(on: TestPanel, path: str) -> None:
    if path == "/link":
        assert Asker(primary(on)).send("GET", path).status_code == 404
    else:
        problem(Asker(primary(on)).send("GET", path), 404, "refused")


@pytest.mark.parametrize(("method", "path", "allowed"), [("POST", SITE, "GET"), ("GET", CONTACT, "POST")])
def test_another_method_is_a_problem_and_says_which_is_right(
    on: TestPanel, method: str, path: str, allowed: str
) -> None:
    response = Asker(primary(on)).send(method, path)
    problem(response, 405, "refused")
    assert allowed in response.headers["Allow"]


def test_head_answers_as_get_without_a_body(on: TestPanel) -> None:
    for login, status in ((RIGHT, 200), (None, 401)):
        asker = Asker(primary(on) if login else on, login=login)
        response = asker.send("HEAD", f"{SITE}?sync_id=2")
        assert response.status_code == status
        assert response.data == b""
        assert response.headers["Content-Length"] == asker.site().headers["Content-Length"]
