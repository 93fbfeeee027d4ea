"""`user add|list|remove|password|allow-edit`: secrets from standard input, and always an editor left."""

from pathlib import Path

import pytest
from caller import Caller, editor_at
from cli.conftest import Serve
from panels import ADMIN, ADMIN_PASSWORD
from processes import app, refusal, succeed
from visitor import PAGE

WENDY = "wendy's password"


def listed(data: Path) -> list[str]:
    return succeed("user", "list", data=data).splitlines()


def add(data: Path, name: str = "wendy", *more: str) -> None:
    succeed("user", "add", name, *more, data=data, typed=f"{WENDY}\n")


def test_the_first_user_is_the_editor_admin(data: Path) -> None:
    assert listed(data) == ["admin  (editor)"]


def test_a_user_is_added_as_a_viewer_and_may_sign_in_at_once(data: Path, serve: Serve) -> None:
    wendy = Caller(serve(data).port)
    add(data)
    assert listed(data) == ["admin  (editor)", "wendy  (viewer)"]
    assert wendy.sign_in("wendy", WENDY).status == 303
    assert wendy.post(f"{PAGE}/interval", {"minutes": 9, "version": 1}).status == 403


def test_a_user_may_be_added_as_an_editor(data: Path) -> None:
    add(data, "wendy", "--edit")
    assert listed(data) == ["admin  (editor)", "wendy  (editor)"]


@pytest.mark.parametrize("name", ["admin", "ADMIN", " Admin "])
def test_a_name_that_is_taken_is_refused(data: Path, name: str) -> None:
    assert "already" in refusal("user", "add", name, data=data, typed=f"{WENDY}\n")
    assert listed(data) == ["admin  (editor)"]


@pytest.mark.parametrize("name", ["   ", "wen\u200bdy", "w" * 101])
def test_a_name_that_nobody_could_read_is_refused(data: Path, name: str) -> None:
    refusal("user", "add", name, data=data, typed=f"{WENDY}\n")
    assert listed(data) == ["admin  (editor)"]


@pytest.mark.parametrize("typed", ["short77\n", "\n", "x" * 1001])
@pytest.mark.parametrize("command", [("add", "wendy"), ("password", "admin")])
def test_a_password_that_is_too_short_or_too_long_is_refused(data: Path, typed: str, command: tuple[str, str]) -> None:
    said = refusal("user", *command, data=data, typed=typed)
    assert said == "A password needs 8 to 1000 characters."
    assert listed(data) == ["admin  (editor)"]


def test_a_password_counts_exactly_as_it_was_typed(data: Path, serve: Serve) -> None:
    succeed("user", "password", "admin", data=data, typed="  outer spaces count  \r\n")
    port = serve(data).port
    assert Caller(port).sign_in(ADMIN, "outer spaces count").status == 422
    assert Caller(port).sign_in(ADMIN, "  outer spaces count  ").status == 303


def test_a_password_is_never_taken_from_an_argument(data: Path) -> None:
    assert app("user", "add", "wendy", WENDY, data=data, typed=f"{WENDY}\n").status != 0
    assert listed(data) == ["admin  (editor)"]


def test_a_new_password_signs_the_user_out_everywhere(data: Path, serve: Serve) -> None:
    port = serve(data).port
    browsers = [editor_at(port), editor_at(port)]
    succeed("user", "password", "ADMIN", data=data, typed="another password\n")
    assert [browser.is_signed_in for browser in browsers] == [False, False]
    assert Caller(port).sign_in(ADMIN, ADMIN_PASSWORD).status == 422
    assert Caller(port).sign_in(ADMIN, "another password").status == 303


def test_a_removed_user_is_signed_out_and_cannot_come_back(data: Path, serve: Serve) -> None:
    add(data)
    wendy = Caller(serve(data).port)
    wendy.sign_in("wendy", WENDY)
    assert wendy.is_signed_in
    succeed("user", "remove", "wendy", data=data)
    assert not wendy.is_signed_in
    assert wendy.sign_in("wendy", WENDY).status == 422
    assert listed(data) == ["admin  (editor)"]


def test_the_permission_to_edit_is_given_and_taken_while_signed_in(data: Path, serve: Serve) -> None:
    add(data)
    wendy = Caller(serve(data).port)
    wendy.sign_in("wendy", WENDY)
    succeed("user", "allow-edit", "Wendy", data=data)
    assert wendy.post(f"{PAGE}/interval", {"minutes": 9, "version": wendy.version_of("interval")}).status == 303
    assert wendy.unlock().status == 303
    succeed("user", "allow-edit", "wendy", "no", data=data)
    assert wendy.post(f"{PAGE}/interval", {"minutes": 10, "version": 2}).status == 403
    assert not wendy.is_unlocked


@pytest.mark.parametrize("command", [("remove", "admin"), ("allow-edit", "admin", "no")])
def test_the_last_editor_stays(data: Path, command: tuple[str, ...]) -> None:
    add(data)
    assert "last editor" in refusal("user", *command, data=data)
    assert "admin  (editor)" in listed(data)


@pytest.mark.parametrize("command", [("remove", "admin"), ("allow-edit", "admin", "no")])
def test_an_editor_goes_when_there_is_another(data: Path, command: tuple[str, ...]) -> None:
    add(data, "wendy", "--edit")
    succeed("user", *command, data=data)
    assert "admin  (editor)" not in listed(data)


@pytest.mark.parametrize("command", ["remove", "password", "allow-edit"])
def test_an_unknown_user_is_said_to_be_unknown(data: Path, command: str) -> None:
    assert "There is no user nobody" in refusal("user", command, "nobody", data=data, typed=f"{WENDY}\n")


def test_a_name_with_several_spaces_is_one_with_single_spaces(data: Path) -> None:
    add(data, "Anna  Maria")
    assert "already" in refusal("user", "add", "Anna   Maria", data=data, typed=f"{WENDY}\n")
    assert listed(data) == ["admin  (editor)", "Anna Maria  (viewer)"]
    succeed("user", "remove", "Anna  Maria", data=data)
    assert listed(data) == ["admin  (editor)"]


@pytest.mark.parametrize("name", ["wen\u200bdy", b"w\xff".decode("utf-8", "surrogateescape"), "   "], ids=ascii)
def test_a_name_that_no_user_can_have_is_refused(data: Path, name: str) -> None:
    refusal("user", "remove", name, data=data)
