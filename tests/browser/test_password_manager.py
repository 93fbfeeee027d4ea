"""What the browser's password manager keeps and fills in: people's own passwords, and no secret of the panel."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from browser.conftest import Person
from browser.steps import expect_said
from chromium import FLAGS, WITH_MANAGER
from panels import ADMIN, ADMIN_PASSWORD, CANARY, CODE
from playwright.sync_api import Browser, BrowserContext, expect

KEEP = "kept => chrome.passwordsPrivate.addPassword({note: '', useAccountStore: false, ...kept})"
OpenProfile = Callable[[bool], AbstractContextManager[BrowserContext]]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return where a browser keeps what it knows of somebody."""
    return tmp_path / "profile"


@pytest.fixture
def at_home(chromium: Browser, profile: Path) -> OpenProfile:
    """Return a way to open that profile, again and again, in a browser that has a password manager."""
    if WITH_MANAGER is None:
        reason = "no Chromium with a password manager on this machine: install Debian's package chromium"
        if os.environ.get("SYNC_PANEL_DEMAND_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)

    @contextmanager
    def opened(scripts: bool) -> Iterator[BrowserContext]:  # noqa: FBT001  # as the fixture of this name
        context = chromium.browser_type.launch_persistent_context(
            profile,
            executable_path=WITH_MANAGER,
            headless=True,
            args=[*FLAGS, "--password-store=basic"],
            ignore_default_args=["--enable-automation"],  # with it the manager offers nothing
            java_script_enabled=scripts,
        )
        context.set_default_timeout(10_000)
        yield context
        context.close()

    return opened


def offered(profile: Path) -> set[str]:
    """Return for which user names the manager offered to keep a password: it notes the offers that nobody took."""
    with closing(sqlite3.connect(profile / "Default" / "Login Data")) as logins:
        return {name for (name,) in logins.execute("SELECT username_value FROM stats")}


def test_only_peoples_own_passwords_are_offered_for_keeping(
    at_home: OpenProfile,
    profile: Path,
    address: str,
    scripts: bool,  # noqa: FBT001  # a fixture's value
) -> None:
    with at_home(scripts) as context:
        person = Person(context, address, scripts=scripts)
        person.sign_in_by_hand(ADMIN, ADMIN_PASSWORD)
        person.unlock()
        person.parameter("User name").fill("sync")
        person.parameter("Password").fill(CANARY)
        person.button("Save parameters").click()
        expect_said(person, "The parameters are saved")
        person.open()  # after which the manager has made up its mind about the page before
    assert offered(profile) == {ADMIN}, "neither for the code, which has no name, nor for the shared password"


def test_a_code_that_was_kept_once_is_not_filled_in(
    at_home: OpenProfile,
    address: str,
    scripts: bool,  # noqa: FBT001  # a fixture's value
) -> None:
    with at_home(True) as context:  # noqa: FBT003  # what fills the manager is a page with scripts
        page = context.new_page()
        page.goto("chrome://password-manager/passwords")
        page.evaluate(KEEP, {"url": f"{address}/", "username": "", "password": CODE})
    with at_home(scripts) as context:
        person = Person(context, address, scripts=scripts).open("/sign-in")
        expect(person.page.locator("#sign-in-password:autofill")).to_have_count(1)  # so it can be filled in
        person.sign_in_by_hand(ADMIN, ADMIN_PASSWORD)
        person.button("Click to un-lock").click()
        person.page.get_by_label("Authorisation code").press("Enter")
        expect(person.page.get_by_text("This is not the authorisation code")).to_be_visible()
