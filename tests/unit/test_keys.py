"""The keys of a data folder, and the text that they seal."""

import base64
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import CANARY

from sync_panel.files import write_private
from sync_panel.guard.keys import COOKIE_KEY_FILE, PASSWORD_KEY_FILE, make_keys, new_key, read_keys, seal, unseal
from sync_panel.store.errors import NotUsableError

FILES = (COOKIE_KEY_FILE, PASSWORD_KEY_FILE)
KEY = new_key()


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let new files be open to others as far as the system's habit goes."""
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_only_the_owner_may_read_a_key(tmp_path: Path) -> None:
    make_keys(tmp_path)
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == dict.fromkeys(FILES, 0o600)


def test_the_two_keys_are_256_random_bits_each(tmp_path: Path) -> None:
    make_keys(tmp_path)
    keys = read_keys(tmp_path)
    assert keys.cookies != keys.passwords
    assert [len(base64.urlsafe_b64decode(key)) for key in (keys.cookies, keys.passwords)] == [32, 32]


def test_a_key_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    make_keys(tmp_path)
    keys = read_keys(tmp_path)
    make_keys(tmp_path)
    assert read_keys(tmp_path) == keys


def test_a_missing_key_is_made_beside_the_other(tmp_path: Path) -> None:
    make_keys(tmp_path)
    keys = read_keys(tmp_path)
    (tmp_path / COOKIE_KEY_FILE).unlink()
    make_keys(tmp_path)
    assert read_keys(tmp_path).passwords == keys.passwords
    assert read_keys(tmp_path).cookies != keys.cookies


@pytest.mark.parametrize("name", FILES)
def test_a_missing_key_is_not_read_as_an_empty_one(tmp_path: Path, name: str) -> None:
    make_keys(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(NotUsableError, match=f"{name} is missing. Put a copy of it back"):
        read_keys(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"c2hvcnQ=", b"\xff" * 44, b"=" * 44])
def test_a_damaged_key_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    make_keys(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotUsableError, match=f"{name} is damaged. Put a copy of it back"):
        read_keys(tmp_path)


def test_an_unfinished_file_that_others_may_read_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / f"{COOKIE_KEY_FILE}.new").write_text("half")
    write_private(tmp_path / COOKIE_KEY_FILE, "whole")
    assert (tmp_path / COOKIE_KEY_FILE).read_text() == "whole"
    assert stat.S_IMODE((tmp_path / COOKIE_KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [COOKIE_KEY_FILE]


def test_keys_do_not_show_themselves(tmp_path: Path) -> None:
    make_keys(tmp_path)
    keys = read_keys(tmp_path)
    assert keys.cookies not in repr(keys)
    assert keys.passwords not in repr(keys)


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_sealed_text_comes_back_exactly(text: str) -> None:
    assert unseal(KEY, seal(KEY, text)) == text


def test_a_sealed_text_does_not_show_itself_and_is_never_twice_the_same() -> None:
    first, second = seal(KEY, CANARY), seal(KEY, CANARY)
    assert CANARY.encode() not in first
    assert first != second


@pytest.mark.parametrize("sealed", [b"", b"x", "x", "é", seal(new_key(), CANARY), seal(KEY, CANARY)[:-1]], ids=range(6))
def test_what_was_not_sealed_with_this_key_is_not_opened(sealed: bytes | str) -> None:
    assert unseal(KEY, sealed) is None


@pytest.mark.parametrize("position", [1, 20, 60, 100])
def test_a_changed_seal_is_not_opened(position: int) -> None:
    sealed = bytearray(seal(KEY, CANARY))
    sealed[position] = ord("A") if sealed[position] != ord("A") else ord("B")
    assert unseal(KEY, bytes(sealed)) is None
