"""Rule of addresses: the same address is the same text (RFC 3986, section 6.2)."""

import pytest

from sync_panel.rules.url import parse_url

LONG_HOST = ".".join(["a" * 63] * 3 + ["b" * 41])  # 233 characters, so that the address has more room for its path


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://sync.example.org", "https://sync.example.org"),
        ("HTTPS://Sync.Example.ORG", "https://sync.example.org"),
        ("https://host:443/", "https://host"),
        ("HTTPS://Host:443/", "https://host"),
        ("http://host:80", "http://host"),
        ("http://host:0080", "http://host"),
        ("http://host:", "http://host"),
        ("http://host:443", "http://host:443"),
        ("https://host:80", "https://host:80"),
        ("https://host:02048", "https://host:2048"),
        ("https://host:65535", "https://host:65535"),
        ("https://host.", "https://host"),
        ("https://host///", "https://host"),
        (" \t https://host \u00a0\r\n", "https://host"),
        ("http://my_server-2", "http://my_server-2"),
    ],
)
def test_scheme_host_and_port_have_one_spelling(typed: str, normal: str) -> None:
    assert parse_url(typed) == normal


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://host/Sync/", "https://host/Sync"),
        ("https://host/a//b//", "https://host/a//b"),
        ("https://host/%c3%a9t%c3%A9", "https://host/%C3%A9t%C3%A9"),
        ("https://host/été", "https://host/%C3%A9t%C3%A9"),
        ("https://host/e\u0301", "https://host/%C3%A9"),
        ("https://host/%2f/", "https://host/%2F"),
        ('https://host/"<b>|', "https://host/%22%3Cb%3E%7C"),
        ("https://host/a:b@c;d=e,f!$&'()*+~", "https://host/a:b@c;d=e,f!$&'()*+~"),
        ("https://host/.well-known", "https://host/.well-known"),
        ("https://host/..a/b..", "https://host/..a/b.."),
    ],
)
def test_a_path_keeps_its_case_and_loses_closing_slashes(typed: str, normal: str) -> None:
    assert parse_url(typed) == normal


@pytest.mark.parametrize(("one", "other"), [("%7Esync", "~sync"), ("%61", "a"), ("%2D", "-"), ("%41%5f%39%2e", "A_9.")])
def test_an_escape_that_a_path_does_not_need_makes_no_other_address(one: str, other: str) -> None:
    """An escaped unreserved character means the character itself (RFC 3986, section 6.2.2.2)."""
    assert parse_url(f"https://host/{one}") == parse_url(f"https://host/{other}")


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("http://192.168.0.1:8080", "http://192.168.0.1:8080"),
        ("http://10.0.0.1.", "http://10.0.0.1"),
        ("http://[::1]", "http://[::1]"),
        ("http://[FE80:0:0:0:0:0:0:1]:8080/", "http://[fe80::1]:8080"),
        ("http://[2001:DB8::0:0:1]", "http://[2001:db8::1]"),
    ],
)
def test_an_ip_address_has_one_spelling(typed: str, normal: str) -> None:
    assert parse_url(typed) == normal


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://Bu\u0308cher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER。example", "https://xn--bcher-kva.example"),
        ("https://XN--BCHER-KVA.example", "https://xn--bcher-kva.example"),
        ("http://日本.jp", "http://xn--wgv71a.jp"),
        ("http://ｈｏｓｔ", "http://host"),
    ],
)
def test_a_host_in_another_script_is_written_as_the_network_writes_it(typed: str, normal: str) -> None:
    assert parse_url(typed) == normal


@pytest.mark.parametrize("length", [254, 255])
def test_an_address_may_have_255_characters(length: int) -> None:
    url = f"https://{LONG_HOST}/".ljust(length, "p")
    assert parse_url(url) == url
