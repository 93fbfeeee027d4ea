"""Rule of addresses: scheme, host, port and path and nothing else, and what each refusal says."""

import pytest

from sync_panel.rules.problems import RefusedError
from sync_panel.rules.url import parse_url


def refusal(typed: str) -> str:
    """Return the sentence with which an address is refused."""
    with pytest.raises(RefusedError) as refused:
        parse_url(typed)
    return str(refused.value)


@pytest.mark.parametrize(
    ("typed", "proposal"),
    [
        ("sync.example.org", "https://sync.example.org"),
        ("sync.example.org:2048/path", "https://sync.example.org:2048/path"),
        ("localhost:8080", "https://localhost:8080"),
        ("//sync.example.org", "https://sync.example.org"),
        ("http:/sync.example.org", "https://sync.example.org"),
        ("https:sync.example.org", "https://sync.example.org"),
        ("HTTP//sync.example.org", "https://sync.example.org"),
        ("192.168.0.1", "https://192.168.0.1"),
        ("100%.example", "https://100%.example"),
    ],
)
def test_without_a_scheme_https_is_proposed(typed: str, proposal: str) -> None:
    assert f"Did you mean {proposal}?" in refusal(typed)


@pytest.mark.parametrize("typed", ["ftp://host", "file:///etc/passwd", "gopher://h", "ws://host", "javascript://x"])
def test_another_scheme_is_refused_by_its_name(typed: str) -> None:
    assert refusal(typed).startswith(f"{typed.split(':', maxsplit=1)[0]}:// is not spoken here")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "This is empty"),
        (" \u3000", "This is empty"),
        ("https://", "The host is missing"),
        ("https:///path", "The host is missing"),
        ("http://:80", "The host is missing"),
        ("https://host:0", "Port 0 cannot be reached"),
        ("https://host:65536", "Ports go from 1 to 65535"),
        ("https://host:-1", "Ports go from 1 to 65535"),
        ("https://host:http", "Ports go from 1 to 65535"),
        ("https://host:٨", "Ports go from 1 to 65535"),
        ("https://me:secret@host", "user name and password"),
        ("https://me@host", "user name and password"),
        ("https://@host", "user name and password"),
        ("https://host?site=1", "Leave out ? and #"),
        ("https://host/#top", "Leave out ? and #"),
        ("https://host?", "Leave out ? and #"),
        ("https://host/a b", "An address has no spaces"),
        ("https://ho st", "An address has no spaces"),
        ("https://host\\path", "no backslashes"),
        ("https://host/%zz", "two hexadecimal digits"),
        ("https://host/100%", "two hexadecimal digits"),
        ("https://host/a/../b", "“.” or “..”"),
        ("https://host/.", "“.” or “..”"),
    ],
)
def test_each_wrong_part_is_refused_with_its_own_sentence(typed: str, said: str) -> None:
    assert said in refusal(typed)


@pytest.mark.parametrize("typed", ["https://host/%2e%2e/b", "https://host/a/%2E", "https://host/.%2e"])
def test_a_step_upwards_is_refused_in_its_escaped_spelling_too(typed: str) -> None:
    """Every client takes %2e for a dot, so that this is the same path (RFC 3986, section 6.2.2.2)."""
    assert "“.” or “..”" in refusal(typed)


@pytest.mark.parametrize(
    "host",
    [
        "a..b",
        ".host",
        "-host",
        "host-",
        "ho*st",
        "a" * 64,
        ".".join(["a" * 49] * 5 + ["b" * 5]),
        "xn--bü",
        "%41",
        "h,i",
    ],
)
def test_what_is_no_host_name_is_refused(host: str) -> None:
    assert refusal(f"http://{host}").startswith(("“", "This address has"))


@pytest.mark.parametrize(
    "host",
    [
        "256.1.1.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "01.2.3.4",
        "1.2.3.4.5",
        "127.１",
        "0x7f.１",
        "①.1",
    ],
)
def test_an_ipv4_address_in_any_spelling_but_the_usual_is_refused(host: str) -> None:
    assert "neither a host name nor an IP address" in refusal(f"http://{host}")


@pytest.mark.parametrize("host", ["[]", "[::1", "::1", "[:::]", "[1.2.3.4]", "[v1.a:b]", "[v1.ab]", "a[::1]", "[::1]]"])
def test_what_is_no_ipv6_address_in_brackets_is_refused(host: str) -> None:
    assert refusal(f"http://{host}")


@pytest.mark.parametrize("zone", ["é", "<b>", "'\"", "eth0"])
def test_an_ipv6_address_with_a_zone_is_refused(zone: str) -> None:
    """A zone means something on one machine only, and could hold any character."""
    assert refusal(f"http://[fe80::1%{zone}]")


@pytest.mark.parametrize("char", "\u200b\u202e\x00\n\t\u00ad\ufeff\ufffd", ids=ascii)
@pytest.mark.parametrize("around", ["https://ho{}st", "https://host/pa{}th", "ht{}tps://host"])
def test_an_invisible_character_is_named(around: str, char: str) -> None:
    assert f"invisible character (U+{ord(char):04X}" in refusal(around.format(char))


def test_an_address_of_256_characters_is_refused_with_its_length() -> None:
    assert "This address has 256 characters" in refusal("https://host/".ljust(256, "p"))


def test_an_address_that_grows_beyond_255_characters_by_its_escapes_is_refused() -> None:
    assert "Use one of 255 or fewer" in refusal("https://host/" + "é" * 100)


@pytest.mark.parametrize(
    ("host", "present", "older"),
    [
        ("faß.de", "xn--fa-hia.de", "fass.de"),
        ("FAẞ.de", "xn--fa-hia.de", "fass.de"),
        ("www.βόλος.com", "www.xn--nxasmm1c.com", "www.xn--nxasmq6b.com"),
        ("\u0dc1\u0dca\u200d\u0dbb\u0dd3.com", "xn--10cl1a0b660p.com", "xn--10cl1a0b.com"),
        ("\u13a0.example", "xn--58d.example", "xn--kz9a.example"),
        ("127.0.0.ß", "127.0.0.xn--zca", "127.0.0.ss"),
    ],
    ids=ascii,
)
def test_a_host_that_programs_read_in_two_ways_is_refused_with_both(host: str, present: str, older: str) -> None:
    """IDNA 2003 and UTS 46 differ in ß, ς and the joiners, and in the case of Cherokee letters."""
    said = refusal(f"https://{host}/sync")
    assert f"Write the one that is meant: {present}, or {older} as older programs read it." in said
    assert [parse_url(f"https://{each}") for each in (present, older)] == [f"https://{present}", f"https://{older}"]


@pytest.mark.parametrize("host", ["a․b", "a…b", "a︒b", "127.0.0.1\u1806"], ids=ascii)
def test_a_sign_that_only_looks_like_dots_or_dashes_is_refused(host: str) -> None:
    assert refusal(f"https://{host}")
