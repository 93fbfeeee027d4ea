"""A server to be checked on loopback, which keeps what it was asked and waits when a test says so; and the answers."""

import html
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loopback_panel import list_it, served
from panels import TestPanel, settings_for
from visitor import PAGE
from web.routes import LIST
from werkzeug.test import TestResponse

LONGEST_HOLD = 5.0  # seconds, for a test that failed before it let go
PROGRESS = f"{PAGE}/check"
ALL_STEPS = 9
STEP = re.compile(r'<li class="(passed|failed|unneeded|waiting)">(.*?)</li>', re.DOTALL)
AGREE = "Everything is right: both sides agree."


@dataclass
class Other:
    """A primary that lists this site: the request lines and logins that it was sent, and whether it answers yet."""

    panel: TestPanel
    url: str = ""
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    lets_go: threading.Event = field(default_factory=threading.Event)

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Note a request and answer it, once it is not held any more."""
        self.asked.append(environ["PATH_INFO"])
        self.logins += [environ["HTTP_AUTHORIZATION"]] if "HTTP_AUTHORIZATION" in environ else []
        self.reached.set()
        self.lets_go.wait(LONGEST_HOLD)
        return self.panel.app(environ, start_response)


@contextmanager
def other_primary(like: TestPanel, folder: Path) -> Iterator[Other]:
    """Serve a primary that lists satellite 2."""
    other = Other(list_it(TestPanel(settings_for(folder / "other"), like.clock, after=like.after)))
    other.lets_go.set()
    try:
        with served(other.answer) as other.url:
            try:
                yield other
            finally:
                other.lets_go.set()
    finally:
        other.panel.panel.database.close()


def typed(url: str, **changed: str) -> dict[str, str]:
    """Return the fields of a dialog in which the primary is entered, plain HTTP accepted for it."""
    values = {"sync_id": "1", "name": "Here", "store": "Store of here", "url": url, "plain_http": "yes", "version": "1"}
    return values | {"hardware_id": ""} | changed


def steps(response: TestResponse) -> list[tuple[str, str]]:
    """Return the ladder of an answer: what each step is, and its words."""
    return [(kind, words(item)) for kind, item in STEP.findall(response.text)]


def words(markup: str) -> str:
    """Return what a piece of a page says."""
    return html.unescape(" ".join(re.sub("<[^>]*>", " ", markup).split()))


def field_value(response: TestResponse, name: str) -> str:
    """Return what stands in a field of the dialog."""
    found = re.search(rf'<input id="partner-{name}"[^>]*?value="([^"]*)"', response.text)
    assert found, response.text
    return html.unescape(found[1])


def entered(response: TestResponse) -> dict[str, str]:
    """Return all that stands in the dialog, as the form would send it again."""
    names = ("sync_id", "name", "store", "url", "fingerprint", "hardware_id")
    values = {name: field_value(response, name) for name in names}
    is_ticked = re.search(r'<input id="partner-plain_http"[^>]* checked', response.text)
    return values | ({"plain_http": "yes"} if is_ticked else {})


def is_ladder_alone(response: TestResponse) -> bool:
    """Tell whether an answer is the steps and nothing beside them, which htmx puts where the ladder is."""
    return response.text.lstrip().startswith('<ol class="ladder">') and 'id="dialog-title"' not in response.text


def way(dialog: str, action: str) -> str:
    """Return the address of a button in the dialog for a new server ("add") or for the first row ("edit")."""
    return f"{LIST}/add/{action}" if dialog == "add" else f"{LIST}/1/edit/{action}"
