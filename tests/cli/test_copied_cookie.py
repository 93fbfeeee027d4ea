"""Scenario f, between real processes: a copied unlock cookie is worth nothing once the unlock has ended."""

from pathlib import Path

from caller import editor_at, unlocked_editor_at
from cli.conftest import Serve
from processes import succeed
from visitor import PAGE

NEW_CODE = "NEW-CODE-FOR-ALL-OF-US"


def test_a_copied_cookie_is_refused_after_another_process_set_a_new_code(data: Path, serve: Serve) -> None:
    editor = unlocked_editor_at(serve(data).port)
    thief = editor.copy()
    assert thief.is_unlocked, "the copy is good while the unlock lasts"
    succeed("set-code", data=data, typed=f"{NEW_CODE}\n")
    assert not thief.is_unlocked
    assert not editor.is_unlocked
    assert editor.unlock().status == 422, "the old code is worth nothing"
    assert editor.unlock(NEW_CODE).status == 303
    assert not thief.is_unlocked, "nor does the next unlock revive the copy"


def test_a_copied_cookie_is_refused_after_a_restart(data: Path, serve: Serve) -> None:
    first = serve(data)
    thief = unlocked_editor_at(first.port).copy()
    first.stop()
    thief = thief.on(serve(data).port)
    assert thief.is_signed_in, "only the unlock has ended"
    assert not thief.is_unlocked
    assert thief.unlock().status == 303


def test_a_copied_cookie_is_refused_after_lock_now(data: Path, serve: Serve) -> None:
    editor = unlocked_editor_at(serve(data).port)
    thief = editor.copy()
    assert editor.post(f"{PAGE}/lock", {}).status == 303
    assert not thief.is_unlocked


def test_every_copied_cookie_is_refused_after_signing_out(data: Path, serve: Serve) -> None:
    editor = unlocked_editor_at(serve(data).port)
    thief = editor.copy()
    assert editor.post("/sign-out", {}).status == 303
    assert not thief.is_signed_in
    assert thief.get(f"{PAGE}/partners/add").status == 401


def test_a_copied_cookie_is_refused_in_another_browser_of_the_same_user(data: Path, serve: Serve) -> None:
    port = serve(data).port
    stolen = {name: text for name, text in unlocked_editor_at(port).cookies.items() if "unlock" in name}
    other = editor_at(port)
    other.cookies |= stolen
    assert len(stolen) == 1
    assert not other.is_unlocked
