"""`show`: the settings for people and for programs; the shared password only when it is asked for."""

import json
from pathlib import Path

import pytest
from fake_clock import FakeClock
from panels import CANARY, TestPanel, settings_for
from processes import app, succeed


@pytest.fixture
def filled(fresh: Path) -> Path:
    """Return the data folder of a primary that lists three places and has the shared password."""
    made = TestPanel(settings_for(fresh), FakeClock(), after=lambda response: response)
    made.fill(3)
    made.panel.database.close()
    return fresh


def test_show_lists_the_settings_for_people(filled: Path) -> None:
    lines = succeed("show", data=filled).splitlines()
    assert {"role: primary", "sync id: 1", "name: Here", "store: Store of here", "user name: sync"} <= set(lines)
    assert {"url: not set", "interval minutes: 15", "sync with:"} <= set(lines)
    assert len([line for line in lines if line.startswith("  ")]) == 3


def test_show_json_is_what_a_program_reads(filled: Path) -> None:
    shown = json.loads(succeed("show", "--json", data=filled))
    assert (shown["role"], shown["sync_id"], shown["user_name"], shown["url"]) == ("primary", 1, "sync", None)
    assert shown["interval_minutes"] == 15
    partner = {"sync_id", "name", "store", "url", "fingerprint", "plain_http", "hardware_id"}
    assert [set(listed) for listed in shown["partners"]] == [partner] * 3


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_password_is_shown_only_when_asked_for(filled: Path, form: list[str]) -> None:
    assert CANARY not in succeed("show", *form, data=filled)
    assert CANARY in succeed("show", *form, "--with-password", data=filled)


def test_a_program_reads_the_password_as_a_value_of_its_own(filled: Path) -> None:
    assert "password" not in json.loads(succeed("show", "--json", data=filled))
    assert json.loads(succeed("show", "--json", "--with-password", data=filled))["password"] == CANARY


def test_a_site_without_a_password_shows_none(data: Path) -> None:
    shown = json.loads(succeed("show", "--json", "--with-password", data=data))
    assert (shown["role"], shown["password"], shown["partners"]) == ("stand-alone", None, [])
    assert "password: not set" in succeed("show", "--with-password", data=data).splitlines()


def test_the_data_folder_of_an_argument_goes_before_the_environment(filled: Path, tmp_path: Path) -> None:
    assert "role: primary" in app("show", "--data", str(filled), data=tmp_path / "elsewhere").stdout


def test_a_program_may_read_it_through_a_pipe_that_knows_ascii_only(filled: Path) -> None:
    """A place's name in its own script must not break the sync engine of a server without UTF-8."""
    done = app("show", "--json", data=filled, PYTHONIOENCODING="ascii")
    assert done.stderr == ""
    assert len(json.loads(done.stdout)["partners"]) == 3
