"""Rule of addresses, for texts nobody thought of: settled after one pass, and never an error of another kind."""

import string

import idna
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.trying import refused, try_rule

from sync_panel.rules.url import parse_url, take_apart

PIECES = [
    "http://",
    "https://",
    "HTTPS://",
    "httpſ://",
    "[",
    "]",
    ":",
    "%",
    "@",
    "//",
    "/",
    ".",
    "..",
    "::1",
    "0x7f",
    "127",
    "1",
]
NEARLY = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3), st.text("１①。%25:é\u1806ß", max_size=4)))
TEXTS = st.one_of(st.text(), NEARLY.map("".join), NEARLY.map(lambda rest: "http://" + "".join(rest)))
HOSTS = st.from_regex(r"([a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?\.)?[a-z][a-z0-9]{0,10}", fullmatch=True)
PATHS = st.text(string.ascii_letters + string.digits + "/_é日", max_size=20)


@settings(deadline=None, max_examples=1000)
@given(TEXTS)
@example("http://127.１")
@example("http://127.1\u1806")
@example("http://[::1%é]")
@example("http://[v1.ab]")
@example("httpſ://host")
@example("http://%(host)s%")
def test_any_text_is_a_settled_address_or_refused(typed: str) -> None:
    """Expect a normal form that is its own normal form, in ASCII, not too long, without what was to be left out."""
    url = try_rule(parse_url, typed)
    if refused(url):
        return
    assert parse_url(url) == url
    assert url.isascii()
    assert url.isprintable()
    assert len(url) <= 255
    assert url.startswith(("http://", "https://"))
    assert not set(url) & set(' ?#\\<>"')
    assert not url.endswith("/")


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(["http", "https"]), HOSTS, st.integers(1, 65535), PATHS)
def test_case_default_port_and_closing_slashes_make_no_other_address(
    scheme: str, host: str, port: int, path: str
) -> None:
    plain = parse_url(f"{scheme}://{host}:{port}/{path}")
    assert parse_url(f" {scheme.upper()}://{host.upper()}:0{port}/{path}/ ") == plain
    if port == {"http": 80, "https": 443}[scheme]:
        assert parse_url(f"{scheme}://{host}/{path}") == plain


@pytest.mark.parametrize(("scheme", "port"), [("http", 80), ("https", 443)])
@pytest.mark.parametrize("host", ["host", "10.0.0.1", "[::1]", "日本.jp"])
def test_the_default_port_is_no_other_address(scheme: str, port: int, host: str) -> None:
    assert parse_url(f"{scheme}://{host}:{port}") == parse_url(f"{scheme}://{host}")


@settings(deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_user_information_is_never_part_of_an_address(user: str, password: str) -> None:
    url = try_rule(parse_url, f"https://{user}:{password}@host")
    assert refused(url) or "@" not in url.removeprefix("https://").split("/")[0]


@settings(deadline=None, max_examples=500)
@given(st.text(min_size=1, max_size=5))
@example("ß")
@example("Ꭰ")
@example("ⒶΣ")
def test_a_host_is_read_as_browsers_read_it(label: str) -> None:
    """Expect the letters that UTS 46 makes of it, by a library with its whole table, or a refusal."""
    url = try_rule(parse_url, f"https://a{label}b.example")
    if refused(url) or "/" in label:
        return
    labels = take_apart(url).host.split(".")
    read = [each.removeprefix("xn--").encode().decode("punycode") if "xn--" in each else each for each in labels]
    assert ".".join(read) == idna.uts46_remap(f"a{label}b.example", std3_rules=False, transitional=False)
