"""Bad input: bodies that no form of the panel would send are answered 4xx in words and change nothing."""

from io import BytesIO
from urllib.parse import urlencode

import pytest
from visitor import PAGE, Visitor
from web.routes import WRITES
from werkzeug.test import TestResponse

FORM = "application/x-www-form-urlencoded"
KIBIBYTE = 1024
EVERY_WRITE = pytest.mark.parametrize("name", sorted(WRITES))
BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


def sent(visitor: Visitor, name: str, **more: object) -> bytes:
    """Return the body of a write that would work, with more fields before it."""
    return urlencode({**more, **WRITES[name].fields, "csrf_token": visitor.token()}, doseq=True).encode()


def send(visitor: Visitor, path: str, body: bytes, kind: str | None = FORM, *, htmx: bool = False) -> TestResponse:
    return visitor.send(
        "POST", path, htmx=htmx, input_stream=BytesIO(body), content_type=kind, content_length=len(body)
    )


def send_in_chunks(visitor: Visitor, path: str, body: bytes) -> TestResponse:
    """Send a body whose length is not told; the server in front marks where it ends."""
    ends = {"wsgi.input_terminated": True}
    headers = {"Transfer-Encoding": "chunked"}
    return visitor.send(
        "POST", path, headers=headers, input_stream=BytesIO(body), content_type=FORM, environ_overrides=ends
    )


def assert_in_words(response: TestResponse, status: int, *words: str) -> None:
    """Expect a plain page or fragment with a sentence, in no more words than the panel's own."""
    assert response.status_code == status, response.text
    assert response.mimetype == "text/html"
    assert "notice-problem" in response.text
    assert "Traceback" not in response.text
    for word in words:
        assert word in response.text


@BOTH_WAYS
@EVERY_WRITE
def test_a_body_over_64_kib_is_refused(visitor: Visitor, name: str, *, htmx: bool) -> None:
    body = sent(visitor, name, padding="x" * 64 * KIBIBYTE)
    assert_in_words(send(visitor, WRITES[name].path, body, htmx=htmx), 413, "too large")


def test_a_body_of_64_kib_is_read(visitor: Visitor) -> None:
    start = sent(visitor, f"POST {PAGE}/keep-unlocked") + b"&padding="
    body = start + b"x" * (64 * KIBIBYTE - len(start))
    assert send(visitor, f"{PAGE}/keep-unlocked", body).status_code == 303
    assert send(visitor, f"{PAGE}/keep-unlocked", body + b"x").status_code == 413


def test_a_body_over_64_kib_without_a_length_is_refused(visitor: Visitor) -> None:
    body = sent(visitor, f"POST {PAGE}/keep-unlocked") + b"&padding=" + b"x" * 64 * KIBIBYTE
    response = send_in_chunks(visitor, f"{PAGE}/keep-unlocked", body)
    assert_in_words(response, 413, "too large")


def test_a_body_without_a_length_is_read(visitor: Visitor) -> None:
    body = sent(visitor, f"POST {PAGE}/keep-unlocked")
    assert send_in_chunks(visitor, f"{PAGE}/keep-unlocked", body).status_code == 303


WRONG_KINDS = ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml", "", "x", None]


@pytest.mark.parametrize("kind", WRONG_KINDS)
@pytest.mark.parametrize("name", [f"POST {PAGE}/interval", "POST /sign-in", f"POST {PAGE}/partners/undo"])
def test_a_body_of_another_kind_is_refused(visitor: Visitor, name: str, kind: str | None) -> None:
    response = send(visitor, WRITES[name].path, sent(visitor, name), kind)
    assert_in_words(response, 415, "not a form of this panel")


@pytest.mark.parametrize("body", [b"", b"&&&", b"=", b"%", b"csrf_token=", b"csrf_token=%00"])
@EVERY_WRITE
def test_a_body_that_holds_nothing_is_refused(visitor: Visitor, name: str, body: bytes) -> None:
    response = send(visitor, WRITES[name].path, body)
    assert_in_words(response, 400 if b"%00" in body else 403)


FIELDS = [
    (name, field) for name in sorted(WRITES) for field in (*WRITES[name].fields, "csrf_token") if field != "server"
]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_that_comes_twice_is_refused(visitor: Visitor, name: str, field: str) -> None:
    body = sent(visitor, name) + f"&{field}=1".encode()
    assert_in_words(send(visitor, WRITES[name].path, body), 400, f"“{field}” came more than once")


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_nul_character_is_refused(visitor: Visitor, name: str, field: str) -> None:
    body = urlencode(WRITES[name].fields | {"csrf_token": visitor.token()} | {field: "a\0b"}).encode()
    assert_in_words(send(visitor, WRITES[name].path, body), 400, f"“{field}” contains a NUL character")


def test_the_name_of_a_field_is_shown_as_text(visitor: Visitor) -> None:
    field = "<script>alert(1)</script>"
    body = urlencode({field: ["1", "2"]}, doseq=True).encode()
    response = send(visitor, f"{PAGE}/interval", body)
    assert_in_words(response, 400, "&lt;script&gt;")
    assert "<script>alert" not in response.text


def test_an_argument_that_comes_twice_is_refused(visitor: Visitor) -> None:
    assert_in_words(visitor.get(f"{PAGE}/partners?q=a&q=b"), 400, "“q” came more than once")


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "99999999999999999999"])
def test_a_length_that_is_none_changes_nothing(visitor: Visitor, length: str) -> None:
    body = sent(visitor, f"POST {PAGE}/interval")
    bad = {"CONTENT_LENGTH": length}
    response = visitor.send(
        "POST", f"{PAGE}/interval", input_stream=BytesIO(body), content_type=FORM, environ_overrides=bad
    )
    assert 400 <= response.status_code < 500
