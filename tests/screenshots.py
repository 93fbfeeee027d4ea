"""Makes the README's pictures: a primary with 60 satellites, started with `python app.py`, driven in Chromium."""

import tempfile
from pathlib import Path

from chromium import CHROMIUM, FLAGS
from panels import ADMIN, ADMIN_PASSWORD, CODE, places
from playwright.sync_api import Page, sync_playwright
from processes import CHECKOUT, Server

from sync_panel.store.database import Database
from sync_panel.store.partners import add_partner

PICTURES = CHECKOUT / "docs"
BY_HAND = 3  # satellites entered through the dialog; the store's own functions add the rest
PARAMETERS = {
    "Sync ID": "1",
    "Name": "National Department of Health",
    "Store": "Central Medical Store",
    "URL": "https://sync.example.org",
    "User name": "sync",
    "Password": "a password of the pictures only",
}


def main() -> None:
    """Start the panel on a data folder of its own, fill it, and take the pictures."""
    given = {"SYNC_PANEL_ADMIN_PASSWORD": ADMIN_PASSWORD, "SYNC_PANEL_AUTHORISATION_CODE": CODE}
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "instance", Path(folder) / "errors", given)
        try:
            take(f"http://127.0.0.1:{server.port}/", server.data)
        finally:
            server.stop()


def take(address: str, data: Path) -> None:
    """Sign in, fill the page, and take its picture unlocked and locked."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 1180})
        page.goto(address)
        page.get_by_label("User name").fill(ADMIN)
        page.get_by_label("Password").fill(ADMIN_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Click to un-lock").click()
        page.get_by_label("Authorisation code").fill(CODE)
        page.get_by_role("button", name="OK", exact=True).click()
        fill(page, data)
        picture(page, address, "unlocked")
        page.get_by_role("button", name="Lock now").click()
        page.get_by_role("button", name="Click to un-lock").wait_for()
        picture(page, address, "locked")
        browser.close()


def picture(page: Page, address: str, name: str) -> None:
    """Take a picture of the page as somebody finds it who opens it."""
    page.goto(address)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / f"{name}.png")


def fill(page: Page, data: Path) -> None:
    """Enter the parameters and the satellites."""
    for label, text in PARAMETERS.items():
        page.locator("#parameters").get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Save parameters").click()
    page.get_by_text("The parameters are saved.").wait_for()
    satellites = list(places())
    for satellite in satellites[:BY_HAND]:
        page.get_by_role("button", name="Add server").click()
        dialog = page.locator("#dialog")
        for label, value in zip(("Sync ID", "Name", "Store", "URL"), vars(satellite).values(), strict=False):
            dialog.get_by_label(label, exact=True).fill(str(value))
        dialog.get_by_role("button", name="OK", exact=True).click()
        page.get_by_text(f"{satellite.name} is added.").wait_for()
    database = Database(data / "sync_panel.sqlite3")
    with database.writing() as db:
        for satellite in satellites[BY_HAND:]:
            add_partner(db, satellite)
    database.close()


if __name__ == "__main__":
    main()
