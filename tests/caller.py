"""A visitor over a real socket: a browser without scripts, whose cookies a test may read and copy."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from panels import ADMIN, ADMIN_PASSWORD, CANARY, CODE
from visitor import PAGE, TOKEN

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str


@dataclass
class Caller:
    """Somebody who asks the server on this port of the loopback address."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str = PAGE) -> Answer:
        """Ask for a page, and keep the token of its forms."""
        answer = self._ask("GET", path)
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    def post(self, path: str, fields: Mapping[str, object]) -> Answer:
        """Send a form with the token of the last page."""
        if not self.token:
            self.get()
        return self._ask("POST", path, urlencode({**fields, "csrf_token": self.token}))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        sent = {"Origin": f"http://127.0.0.1:{self.port}"} if method == "POST" else {}
        sent |= {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())} if self.cookies else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent | (FORM if body is not None else {}))
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        assert CANARY not in text + str(response.headers)
        for line in response.headers.get_all("Set-Cookie") or ():
            self._keep(SimpleCookie(line))
        return Answer(response.status, text)

    def _keep(self, cookies: SimpleCookie) -> None:
        for name, morsel in cookies.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value

    def sign_in(self, name: str = ADMIN, password: str = ADMIN_PASSWORD) -> Answer:
        """Sign in, by default as the first editor; 303 when it worked."""
        answer = self.post("/sign-in", {"user_name": name, "password": password})
        self.token = ""
        return answer

    def unlock(self, code: str = CODE) -> Answer:
        """Send an authorisation code; 303 when it was right."""
        return self.post(f"{PAGE}/unlock", {"code": code})

    def version_of(self, region: str) -> int:
        """Return the version that a region's form was made from."""
        found = re.search(rf'<section id="{region}".*?name="version" value="(\d+)"', self.get().text, re.DOTALL)
        assert found
        return int(found[1])

    def save_parameters(self, **fields: object) -> Answer:
        """Save the synchronise parameters."""
        return self.post(f"{PAGE}/parameters", {"version": self.version_of("parameters"), **fields})

    def copy(self) -> "Caller":
        """Return somebody who stole every cookie, and knows the token of the forms."""
        return Caller(self.port, dict(self.cookies), self.token)

    def on(self, port: int) -> "Caller":
        """Return the same browser after a restart, with the names that its cookies have at the server's new port."""
        cookies = {f"{name.removesuffix(f'_{self.port}')}_{port}": text for name, text in self.cookies.items()}
        return Caller(port, cookies, self.token)

    @property
    def is_signed_in(self) -> bool:
        """Tell whether the page is shown to this browser."""
        return self.get().status == 200

    @property
    def is_unlocked(self) -> bool:
        """Tell whether the server lets this browser at what only the unlocked may do; asking changes nothing."""
        status = self.get(f"{PAGE}/partners/add").status
        assert status in {200, 403}
        return status == 200


def editor_at(port: int, password: str = ADMIN_PASSWORD) -> Caller:
    """Return the first editor, signed in and locked."""
    caller = Caller(port)
    assert caller.sign_in(ADMIN, password).status == 303
    return caller


def unlocked_editor_at(port: int, password: str = ADMIN_PASSWORD, code: str = CODE) -> Caller:
    """Return the first editor, signed in, who entered the code."""
    caller = editor_at(port, password)
    assert caller.unlock(code).status == 303
    return caller
