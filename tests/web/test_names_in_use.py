"""A change of the site's URL shuts nobody out: a name by which somebody got in is known until an editor leaves it."""

from collections.abc import Mapping
from typing import Any

import pytest
from link_calls import RIGHT, SITE, WRONG, Asker
from panels import CHEAP, CODE, TestPanel
from visitor import PAGE, PARAMETERS, Visitor, editor
from werkzeug.test import Client, TestResponse

from sync_panel import create_app
from sync_panel.store.names import NAMES, load_names

OLD, NEW, WRONG_NAME = "panel.lan", "sync.example.org", "pannel.lan"
LEAVE = f"{PAGE}/names/leave"


class VisitorBy(Visitor):
    """Somebody whose browser opens the panel by this name."""

    def __init__(self, on: TestPanel, name: str) -> None:
        super().__init__(on)
        self.name = name

    def send(
        self, method: str, path: str, *, htmx: bool = False, headers: Mapping[str, str] | None = None, **options: Any
    ) -> TestResponse:
        options.setdefault("base_url", f"http://{self.name}")
        return super().send(method, path, htmx=htmx, headers=headers, **options)

    def call_site(self, url: str) -> TestResponse:
        """Save the site's own URL."""
        return self.post(f"{PAGE}/parameters", PARAMETERS | {"url": url, "version": self.version_of("parameters")})

    def leave(self, name: str, **options: Any) -> TestResponse:
        return self.post(LEAVE, {"host": name}, **options)


def editor_by(on: TestPanel, name: str) -> VisitorBy:
    """Return an unlocked editor who came by this name."""
    visitor = VisitorBy(on, name)
    visitor.sign_in()
    assert visitor.unlock().status_code == 303
    return visitor


def is_answered(on: TestPanel, name: str) -> bool:
    return Visitor(on).get("/sign-in", base_url=f"http://{name}").status_code != 421


def moved(on: TestPanel, url: str = f"https://{NEW}") -> VisitorBy:
    """Return an unlocked editor who uses the old name, and gave the site this URL."""
    on.become(1, f"https://{OLD}")
    visitor = editor_by(on, OLD)
    assert visitor.call_site(url).status_code == 303
    return visitor


@pytest.mark.parametrize("url", [f"https://{WRONG_NAME}", "", "http://192.0.2.9:8080"])
def test_an_editor_does_not_lock_themselves_out(on: TestPanel, url: str) -> None:
    visitor = moved(on, url)
    assert visitor.get().status_code == 200
    assert visitor.get(f"{PAGE}/parameters", htmx=True).status_code == 200
    assert visitor.call_site(f"https://{OLD}").status_code == 303, "and can put it right"
    assert not is_answered(on, WRONG_NAME), "nobody used the mistyped name"
    assert load_names(on.settings.data) == {OLD}


def test_a_first_request_that_changes_the_url_keeps_the_name_too(on: TestPanel) -> None:
    """An earlier version of the panel, under which the page was opened, kept no names."""
    on.become(1, f"https://{OLD}")
    visitor = editor_by(on, OLD)
    token = visitor.token()
    (on.settings.data / NAMES).unlink()
    fields = PARAMETERS | {"url": f"https://{NEW}", "version": "2"}
    assert visitor.post(f"{PAGE}/parameters", fields, token=token).status_code == 303
    assert visitor.get().status_code == 200


def test_other_people_at_the_name_go_on(on: TestPanel) -> None:
    on.become(1, f"https://{OLD}")
    other = VisitorBy(on, OLD).sign_in()
    here = editor_by(on, "localhost")
    assert here.call_site(f"https://{NEW}").status_code == 303
    assert other.get().status_code == 200


@pytest.mark.parametrize(("login", "status"), [(RIGHT, 200), (WRONG, 421), (None, 421)])
def test_a_partner_that_got_in_by_the_name_goes_on(on: TestPanel, login: str | None, status: int) -> None:
    on.become(1, f"https://{OLD}")
    headers = {"Host": OLD}
    Asker(on, login=login).send("GET", f"{SITE}?sync_id=2", headers)
    on.become(1, f"https://{NEW}")
    assert Asker(on).send("GET", f"{SITE}?sync_id=2", headers).status_code == status


@pytest.mark.parametrize("path", ["/sign-in", PAGE, "/link/v1/openapi.json"])
def test_who_did_not_get_in_makes_no_name_known(on: TestPanel, path: str) -> None:
    """The page of a mistyped name's owner must not stay of one origin with the panel."""
    on.become(1, f"https://{WRONG_NAME}")
    assert Visitor(on).get(path, base_url=f"http://{WRONG_NAME}").status_code != 421
    VisitorBy(on, WRONG_NAME).try_password("wrong")
    on.become(1, f"https://{NEW}")
    assert not is_answered(on, WRONG_NAME)


def test_a_name_that_is_not_the_servers_never_becomes_known(on: TestPanel) -> None:
    visitor = editor(on)
    headers = {"Host": "evil.example.org", "Origin": "http://evil.example.org"}
    assert visitor.get(headers=headers).status_code == 421
    assert not is_answered(on, "evil.example.org")


def test_it_holds_after_a_restart(on: TestPanel) -> None:
    moved(on)
    on.restart()
    assert is_answered(on, OLD)


def test_it_holds_in_every_process_on_the_data_folder(on: TestPanel) -> None:
    app = create_app(on.settings, clock=on.clock, hasher=CHEAP)
    visitor, other = moved(on), Client(app)
    assert other.get("/sign-in", base_url=f"http://{OLD}").status_code == 200
    editor_by(on, NEW).leave(OLD)
    assert other.get("/sign-in", base_url=f"http://{OLD}").status_code == 421
    assert visitor.get().status_code == 421
    app.extensions["sync_panel"].database.close()


def test_it_holds_when_an_older_database_takes_its_place(on: TestPanel) -> None:
    moved(on)
    editor_by(on, NEW)
    on.become(1, f"https://{OLD}")
    assert is_answered(on, NEW)


def test_a_file_that_is_damaged_makes_no_request_fail(on: TestPanel) -> None:
    moved(on)
    (on.settings.data / NAMES).write_bytes(b"\xff\xfe")
    assert not is_answered(on, OLD)
    assert VisitorBy(on, NEW).sign_in().get().status_code == 200
    assert load_names(on.settings.data) == {NEW}


def test_an_earlier_name_is_shown_and_left_on_purpose(on: TestPanel) -> None:
    moved(on)
    visitor = editor_by(on, NEW)
    assert f"still answers as {OLD}" in visitor.get().text
    assert f"does not answer as {OLD} any more" in visitor.leave(OLD, htmx=True).text
    assert not is_answered(on, OLD)
    assert f"still answers as {OLD}" not in visitor.get().text
    assert visitor.leave(OLD).status_code == 404


def test_a_disk_that_keeps_no_name_stops_nobody_and_is_said_to_who_leaves_one(on: TestPanel) -> None:
    moved(on)
    in_the_way = on.settings.data / f"{NAMES}.new"
    in_the_way.mkdir()
    visitor = editor_by(on, NEW)
    response = visitor.leave(OLD)
    assert response.status_code == 503
    assert "Nothing was changed: the names of this server could not be written" in response.text
    assert is_answered(on, OLD)
    in_the_way.rmdir()
    assert visitor.leave(OLD).status_code == 303


def test_a_name_that_needs_no_leaving_is_not_named(on: TestPanel) -> None:
    on.become(1, f"https://{NEW}")
    visitor = editor_by(on, NEW)
    assert "still answers as" not in visitor.get().text
    assert visitor.leave("localhost").status_code == 404


def test_nobody_leaves_the_name_that_they_use(on: TestPanel) -> None:
    visitor = moved(on)
    page = visitor.get().text
    assert "You use this name yourself" in page
    assert f"Leave {OLD}" not in page
    response = visitor.leave(OLD)
    assert response.status_code == 409
    assert "Open this page by another name" in response.text
    assert is_answered(on, OLD)


def test_leaving_a_name_asks_for_the_code(on: TestPanel) -> None:
    moved(on)
    visitor = VisitorBy(on, NEW)
    visitor.sign_in()
    response = visitor.leave(OLD)
    assert response.status_code == 403
    assert OLD in response.text, "what waits for the code is shown"
    assert is_answered(on, OLD)
    assert visitor.unlock(CODE).status_code == 303
    assert visitor.leave(OLD).status_code == 303
