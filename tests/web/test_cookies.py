"""The three cookies: what browsers are told about them, on plain HTTP and on HTTPS."""

from http.cookies import Morsel, SimpleCookie

import pytest
from panels import ADMIN, ADMIN_PASSWORD, CODE, TestPanel, settings_for
from visitor import PAGE, TOKEN, Visitor, editor, unlocked_editor
from werkzeug.test import Client, TestResponse

ADDRESSES = {"http": "http://panel.lan:8765", "https": "https://panel.example.org"}
NEAR = [
    "http://panel.lan:8765",
    "https://panel.lan:8765",
    "http://panel.lan:8766",
    "http://panel.lan",
    "https://panel.lan",
]
KINDS = ("", "unlock_", "browser_")
ON_BOTH = pytest.mark.parametrize("base", ADDRESSES.values(), ids=ADDRESSES)


def cookies_of(response: TestResponse) -> dict[str, "Morsel[str]"]:
    """Return the cookies that an answer sets, by name."""
    found: SimpleCookie = SimpleCookie()
    for header in response.headers.getlist("Set-Cookie"):
        found.load(header)
    return dict(found)


def answers(on: TestPanel, base: str) -> list[TestResponse]:
    """Return the answers to signing in, un-locking and locking at an address, which is this site's own URL."""
    on.become(1, base)
    visitor = Visitor(on)

    def post(path: str, **fields: str) -> TestResponse:
        token = TOKEN.search(visitor.get("/sign-in" if path == "/sign-in" else PAGE, base_url=base).text)
        assert token
        # Flask-WTF wants to see on HTTPS that the form came from this host.
        headers = {"Referer": f"{base}{PAGE}", "Origin": base}
        return visitor.post(path, fields, token=token[1], base_url=base, headers=headers)

    return [
        post("/sign-in", user_name=ADMIN, password=ADMIN_PASSWORD),
        post(f"{PAGE}/unlock", code=CODE),
        post(f"{PAGE}/lock"),
    ]


def name_at(base: str, name: str) -> str:
    return f"__Host-{name}_443" if base.startswith("https") else f"{name}_8765"


@ON_BOTH
def test_scripts_and_other_sites_cannot_use_the_cookies(on: TestPanel, base: str) -> None:
    signed_in, unlocked, locked = (cookies_of(answer) for answer in answers(on, base))
    session, unlock, browser = (name_at(base, f"sync_panel_{kind}{on.panel.mark}") for kind in KINDS)
    assert signed_in[browser]["samesite"] == "Strict"
    for cookie in (signed_in[session], unlocked[unlock], locked[unlock]):
        assert cookie["samesite"] == "Lax", "a link from elsewhere leads to the page as it is, and a form brings none"
    for cookie in (signed_in[session], signed_in[browser], unlocked[unlock], locked[unlock]):
        assert cookie["httponly"]
        assert bool(cookie["secure"]) is base.startswith("https"), "on plain HTTP a browser would drop it"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


@ON_BOTH
def test_no_cookie_that_grants_something_has_an_end_that_a_clock_could_reach(on: TestPanel, base: str) -> None:
    signed_in, unlocked, _ = (cookies_of(answer) for answer in answers(on, base))
    browser = name_at(base, f"sync_panel_browser_{on.panel.mark}")
    assert signed_in.pop(browser)["max-age"], "a browser is known for longer than it runs"
    for cookie in [*signed_in.values(), *unlocked.values()]:
        assert not cookie["max-age"] or not cookie.value
        assert not cookie["expires"] or not cookie.value


def test_no_scheme_and_no_port_has_a_cookie_of_another(on: TestPanel) -> None:
    """Browsers send a cookie to all ports of a host, and let plain HTTP replace no cookie that is Secure."""
    names = [{name for answer in answers(on, base) for name in cookies_of(answer)} for base in NEAR]
    assert all(len(kinds) == len(KINDS) for kinds in names)
    assert len(set().union(*names)) == len(KINDS) * len(NEAR)
    old = {f"sync_panel_{kind}{on.panel.mark}" for kind in KINDS}
    assert not old & set().union(*names), "a Secure cookie of an earlier version may hold these"


@pytest.mark.parametrize(
    "host", ["localhost:0", "localhost:99999", "localhost:", "[::1]", "[::1]:8765", "a b", "", "::1"]
)
def test_a_strange_host_makes_no_cookie_fail(on: TestPanel, host: str) -> None:
    assert Visitor(on).get("/sign-in", headers={"Host": host}).status_code in {200, 421}


def test_a_browser_that_keeps_no_cookies_is_told_so(on: TestPanel) -> None:
    visitor = Visitor(on)
    visitor.client = Client(visitor._reach, use_cookies=False)
    response = visitor.try_password(ADMIN_PASSWORD)
    assert response.status_code == 403
    assert "let the browser keep cookies for this address" in response.text


def test_lock_now_takes_the_cookie_away(on: TestPanel) -> None:
    visitor = unlocked_editor(on)
    assert visitor.unlock_cookie
    visitor.post(f"{PAGE}/lock")
    assert visitor.unlock_cookie == ""


def test_signing_in_makes_a_new_session(on: TestPanel) -> None:
    """A session that somebody else put into the browser beforehand is worth nothing afterwards."""
    visitor = Visitor(on)
    before = visitor.token()
    visitor.sign_in()
    assert visitor.post(f"{PAGE}/lock", token=before).status_code == 403
    assert visitor.post(f"{PAGE}/lock").status_code == 303


def test_the_sign_in_of_a_copied_session_ends_with_signing_out(on: TestPanel) -> None:
    visitor, thief = editor(on), Visitor(on)
    name = f"sync_panel_{on.panel.mark}_80"
    copied = visitor.client.get_cookie(name)
    assert copied
    thief.client.set_cookie(name, copied.value)
    assert thief.get().status_code == 200
    assert visitor.post("/sign-out").status_code == 303
    assert thief.get().status_code == 401


def test_a_session_of_another_panel_is_nobodys(on: TestPanel, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = TestPanel(settings_for(tmp_path_factory.mktemp("other") / "data"), on.clock, after=lambda it: it)
    visitor, thief = editor(other), Visitor(on)
    copied = visitor.client.get_cookie(f"sync_panel_{other.panel.mark}_80")
    assert copied
    assert other.panel.mark != on.panel.mark, "two panels on one host do not share a cookie"
    thief.client.set_cookie(f"sync_panel_{on.panel.mark}_80", copied.value)
    assert thief.get().status_code == 401
    other.panel.database.close()
