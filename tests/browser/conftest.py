"""A real Chromium against a real server on loopback, with JavaScript on and off."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import CHROMIUM, FLAGS
from panels import ADMIN, ADMIN_PASSWORD, CODE, TestPanel
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from serving import serving_panel
from visitor import TOKEN

PAGE = "/preferences/synchronisation"
MODES = {"htmx": True, "no-script": False}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the machine's Chromium. Without one the test is skipped, or fails where browsers are demanded."""
    if not Path(CHROMIUM).exists():
        reason = "no Chromium on this machine: install Debian's package chromium"
        if os.environ.get("SYNC_PANEL_DEMAND_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(on: TestPanel) -> Iterator[str]:
    """Serve the panel on loopback and return its address. A restart of the panel is served too."""
    with serving_panel(on) as address:
        yield address


class Person:
    """Somebody at a browser. What they can do, they do the same with JavaScript on and off."""

    def __init__(self, context: BrowserContext, address: str, *, scripts: bool) -> None:
        self.context, self.address, self.scripts = context, address, scripts
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "htmx:" in message.text:
            self.complaints.append(message.text)

    def open(self, path: str = PAGE) -> "Person":
        self.page.goto(self.address + path)
        return self

    def sign_in(self, name: str = ADMIN, password: str = ADMIN_PASSWORD) -> "Person":
        """Be signed in; through the browser's requests but past its page, which saves a second in each test."""
        token = TOKEN.search(self.context.request.get(f"{self.address}/sign-in").text())
        assert token
        sent = {"user_name": name, "password": password, "csrf_token": token[1]}
        origin = {"Origin": self.address}
        assert self.context.request.post(f"{self.address}/sign-in", form=sent, headers=origin).ok
        return self.open()

    def sign_in_by_hand(self, name: str, password: str) -> None:
        self.open("/sign-in")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.button("Sign in").click()

    def unlock(self, code: str = CODE) -> "Person":
        """Un-lock, and wait for the protected form."""
        self.button("Click to un-lock").click()
        self.enter_code(code)
        self.page.locator("#parameters form").wait_for()
        return self

    def enter_code(self, code: str) -> None:
        self.page.get_by_label("Authorisation code").fill(code)
        self.button("OK").click()

    def guess(self, code: str) -> None:
        """Enter a code that is not let in, and wait until the field for the next one is there."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.enter_code(code)
        expect(self.page.get_by_label("Authorisation code")).to_have_value("")

    def button(self, name: str) -> Locator:
        """Return a button by its whole name, in the open dialog when there is one."""
        return self.page.get_by_role("button", name=name, exact=True)

    def region(self, name: str) -> Locator:
        """Return a region of the page: lock-bar, interval, parameters or partners."""
        return self.page.locator(f"#{name}")

    def field(self, region: str, label: str) -> Locator:
        """Return a field of a region by its label."""
        return self.region(region).get_by_label(label)

    def parameter(self, label: str) -> Locator:
        """Return a field of the parameters by its whole label, since "Name" begins "User name" too."""
        return self.region("parameters").get_by_label(label, exact=True)

    def over(self, name: str = "dialog") -> Locator:
        """Return a dialog, "dialog" or the "gate" above it; without JavaScript the page that stands for it."""
        return self.page.locator(f"dialog#{name}" if self.scripts else "main")

    def let_pass(self, seconds: int) -> None:
        """Let the page's timers run, whose clock must be installed; without JavaScript there are none."""
        if self.scripts:
            # In the first second the countdown takes up a bar that is new. Then the page's clock stands still, so that
            # no request begins whose time would be up at once.
            self.page.clock.pause_at(int(self.page.evaluate("Date.now()")) / 1000 + 1)
            while self.page.locator(".htmx-request").count():
                self.page.clock.run_for(20)
            self.page.clock.fast_forward(1000 * (seconds - 1))
            self.page.clock.resume()


@pytest.fixture(params=list(MODES.values()), ids=list(MODES))
def scripts(request: pytest.FixtureRequest) -> bool:
    """Run the test with JavaScript on, and again with it off."""
    return bool(request.param)


@pytest.fixture
def people(chromium: Browser, address: str) -> Iterator[Callable[..., Person]]:
    """Return a way to bring in people, each with a browser profile of their own."""
    contexts: list[BrowserContext] = []
    came: list[Person] = []

    def bring_in(*, scripts: bool = True, **options: Any) -> Person:
        contexts.append(chromium.new_context(java_script_enabled=scripts, **options))
        contexts[-1].set_default_timeout(10_000)
        came.append(Person(contexts[-1], address, scripts=scripts))
        return came[-1]

    yield bring_in
    for context in contexts:
        context.close()
    assert not [complaint for person in came for complaint in person.complaints]


@pytest.fixture
def person(people: Callable[..., Person], scripts: bool) -> Person:  # noqa: FBT001  # a fixture's value
    """Return one person, once with JavaScript on and once with it off."""
    return people(scripts=scripts)
