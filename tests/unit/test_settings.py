"""The settings: each from its environment variable or its default, and what is said of a wrong value."""

import os
from dataclasses import fields
from pathlib import Path

import pytest
from panels import CANARY

from sync_panel.guard.code import SHORTEST_CHOSEN
from sync_panel.guard.sign_in import SHORTEST_PASSWORD
from sync_panel.settings import Settings, WrongSettingError, secret_variables

NUMBERS = {
    "SYNC_PANEL_UNLOCK_SECONDS": "unlock_seconds",
    "SYNC_PANEL_UNLOCK_LONGEST_SECONDS": "unlock_longest_seconds",
    "SYNC_PANEL_SIGN_IN_SECONDS": "sign_in_seconds",
    "SYNC_PANEL_EXCHANGE_SECONDS": "exchange_seconds",
}
SECRETS = {"SYNC_PANEL_ADMIN_PASSWORD": "admin_password", "SYNC_PANEL_AUTHORISATION_CODE": "authorisation_code"}
TEXTS = {
    "SYNC_PANEL_EXCHANGE": "exchange",
    "SYNC_PANEL_HOSTS": "hosts",
    "SYNC_PANEL_TRUSTED_PROXY": "trusted_proxy",
}
ALL = {"SYNC_PANEL_DATA": "data", **NUMBERS, **TEXTS, **SECRETS}


def test_every_setting_has_a_variable_of_its_own_and_says_what_it_does() -> None:
    assert {setting.metadata["env"]: setting.name for setting in fields(Settings)} == ALL
    assert all(setting.metadata["help"] for setting in fields(Settings))


def test_without_variables_the_defaults_hold() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert (settings.unlock_seconds, settings.unlock_longest_seconds) == (10 * 60, 2 * 60 * 60)
    assert settings.data == Path("instance")


def test_an_empty_variable_is_none() -> None:
    assert Settings.from_environment(dict.fromkeys(ALL, "")) == Settings()


def test_the_data_folder_is_read() -> None:
    assert Settings.from_environment({"SYNC_PANEL_DATA": "/srv/panel data"}).data == Path("/srv/panel data")


@pytest.mark.parametrize(("env", "name"), NUMBERS.items())
@pytest.mark.parametrize("text", ["1", "90", "999999999", "0090"])
def test_a_number_of_seconds_is_read(env: str, name: str, text: str) -> None:
    assert getattr(Settings.from_environment({env: text}), name) == int(text)


@pytest.mark.parametrize(("env", "name"), SECRETS.items())
def test_a_secret_is_read_exactly_as_it_stands(env: str, name: str) -> None:
    assert getattr(Settings.from_environment({env: f" {CANARY} "}), name) == f" {CANARY} "


@pytest.mark.parametrize("env", NUMBERS)
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "ten", " 5", "5 ", "1e3", "٥", "５", "9" * 10, "9" * 5000, "5\n"])
def test_a_wrong_number_is_told_by_its_variable_in_one_sentence_each(env: str, text: str) -> None:
    with pytest.raises(WrongSettingError) as wrong:
        Settings.from_environment({env: text})
    assert str(wrong.value) == f"{env} is “{text}”. Set it to a whole number of seconds above 0."


def test_no_secret_shows_in_what_is_printed_of_the_settings() -> None:
    settings = Settings.from_environment(dict.fromkeys(SECRETS, CANARY))
    assert CANARY not in repr(settings)
    assert CANARY not in f"{settings}"
    assert "unlock_seconds=600" in repr(settings)


def test_settings_come_from_the_process_environment_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_PANEL_UNLOCK_SECONDS", "42")
    assert Settings.from_environment().unlock_seconds == 42


def test_every_secret_and_nothing_else_is_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for env in ALL:
        monkeypatch.setenv(env, "60")
    Settings.from_environment()
    assert {env for env in ALL if env not in os.environ} == set(SECRETS) == secret_variables()


def test_after_the_first_start_the_settings_hold_no_secret() -> None:
    settings = Settings.from_environment(dict.fromkeys(ALL, "60")).without_secrets()
    assert (settings.admin_password, settings.authorisation_code) == ("", "")
    assert (settings.data, settings.unlock_seconds, settings.exchange) == (Path("60"), 60, "60")


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(AttributeError):
        Settings().unlock_seconds = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "shortest"), [("authorisation_code", SHORTEST_CHOSEN), ("admin_password", SHORTEST_PASSWORD)]
)
def test_a_secret_of_the_first_start_says_how_long_it_must_be(name: str, shortest: int) -> None:
    (said,) = [setting.metadata["help"] for setting in fields(Settings) if setting.name == name]
    assert f"{shortest} characters or more" in said
