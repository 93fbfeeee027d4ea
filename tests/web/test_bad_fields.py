"""Bad input: a field that is not valid answers 422 with a sentence at it, keeps what was typed, changes nothing."""

from urllib.parse import urlencode

import pytest
from markupsafe import escape
from panels import CANARY, TestPanel
from visitor import PAGE, Visitor, editor, unlocked_editor
from web.routes import ADDED, EDITED, LIST, SITE, furnish
from werkzeug.test import TestResponse

FORM = "application/x-www-form-urlencoded"
FORMS = {
    "parameters": (f"{PAGE}/parameters", SITE),
    "added": (f"{LIST}/add", ADDED),
    "edited": (f"{LIST}/1/edit", EDITED),
}
BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
INVISIBLE = {
    "right-to-left override": "abc\u202edef",
    "right-to-left isolate": "abc\u2067def",
    "zero width space": "abc\u200bdef",
    "byte order mark": "\ufeffabc",
    "soft hyphen": "abc\u00addef",
    "braille blank": "\u2800",
    "hangul filler": "\u3164",
    "line separator": "abc\u2028def",
    "tab": "abc\tdef",
    "line feed": "abc\ndef",
    "bell": "abc\adef",
    "delete": "abc\x7fdef",
    "private use": "abc\ue000def",
    "unassigned": "abc\u0378def",
    "replacement character": "abc\ufffddef",
    "emoji variation": "abc\ufe0fdef",
    "tag characters": "abc\U000e0041def",
}
NUMBERS = ["0", "-1", "+5", "1.5", "1,000", "2147483648", str(2**63), str(2**64), str(10**30), "9" * 500, "1e3"]
NO_NUMBERS = ["abc", "0x10", "\uff11", "\u0661", "²", "1 2", "NaN", "1;DROP TABLE site", "' OR 1=1 --", "\u202e2"]
URLS = [
    "ftp://host",
    "javascript:alert(1)",
    "https://",
    "https://user:secret@host",
    "https://host?x=1",
    "https://host#x",
    "https://ho st",
    "https://host:0",
    "https://host:65536",
    "https://host:abc",
    "https://[::1",
    "https://[zz]",
    "https://256.1.1.1",
    "https://host\\path",
    "https://host/%zz",
    "https://host/../x",
    "https://ho\u200bst",
    "https://\u202ehost",
    f"https://host/{'x' * 300}",
    f"https://{'x' * 64}",
    "host.example.org",
    "//host",
    "http:/host",
]


def assert_refused(response: TestResponse, field: str, typed: str) -> None:
    """Expect a sentence at the field, a link to it in the summary, and what was typed still in it."""
    assert response.status_code == 422, response.text
    assert "There is a problem" in response.text
    at_field = response.text.partition('<p id="')[2]
    assert f'{field}-error"' in at_field
    assert f'{field}">' in response.text.partition("There is a problem")[2]
    assert f'value="{escape(typed)}"' in response.text


@BOTH_WAYS
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("typed", INVISIBLE.values(), ids=INVISIBLE)
def test_characters_that_cannot_be_seen_are_refused_in_names(
    visitor: Visitor, form: str, typed: str, *, htmx: bool
) -> None:
    path, fields = FORMS[form]
    for field in ("name", "store"):
        assert_refused(visitor.post(path, fields | {field: typed}, htmx=htmx), field, typed)


@pytest.mark.parametrize("typed", INVISIBLE.values(), ids=INVISIBLE)
def test_characters_that_cannot_be_seen_are_refused_in_user_name_and_numbers(visitor: Visitor, typed: str) -> None:
    for field in ("user_name", "sync_id", "url"):
        assert_refused(visitor.post(f"{PAGE}/parameters", SITE | {field: typed}), field, typed)
    assert_refused(visitor.post(f"{PAGE}/interval", {"minutes": typed, "version": "1"}), "minutes", typed)


@pytest.mark.parametrize("typed", [*NUMBERS, *NO_NUMBERS])
def test_a_sync_id_out_of_range_is_refused(visitor: Visitor, typed: str) -> None:
    for path, fields in FORMS.values():
        assert_refused(visitor.post(path, fields | {"sync_id": typed}), "sync_id", typed)


@pytest.mark.parametrize("typed", ["", "10081", *NUMBERS[1:], *NO_NUMBERS])
def test_an_interval_out_of_range_is_refused(visitor: Visitor, typed: str) -> None:
    assert_refused(visitor.post(f"{PAGE}/interval", {"minutes": typed, "version": "1"}), "minutes", typed)


@pytest.mark.parametrize("typed", URLS)
def test_what_is_no_address_is_refused(visitor: Visitor, typed: str) -> None:
    for path, fields in FORMS.values():
        assert_refused(visitor.post(path, fields | {"url": typed}), "url", typed)


@pytest.mark.parametrize("field", ["sync_id", "name", "store", "url", "user_name"])
def test_a_field_of_60_000_characters_is_refused(visitor: Visitor, field: str) -> None:
    assert_refused(visitor.post(f"{PAGE}/parameters", SITE | {field: "9" * 60_000}), field, "9" * 60_000)


# Bytes that are no text, as they stand in a form.
@pytest.mark.parametrize("field", ["minutes", "sync_id", "name", "url", "user_name", "password"])
def test_bytes_that_are_not_utf_8_are_refused(on: TestPanel, field: str) -> None:
    visitor = unlocked_editor(furnish(on))
    before = on.kept()
    path, fields = (f"{PAGE}/interval", {"minutes": "", "version": "1"}) if field == "minutes" else FORMS["parameters"]
    body = urlencode({**fields, field: "", "csrf_token": visitor.token()}).replace(f"{field}=", f"{field}=a%FF%FEb%C3")
    response = visitor.send("POST", path, data=body, content_type=FORM)
    assert response.status_code in {400, 422}, response.text
    assert on.kept() == before


@pytest.mark.parametrize(("path", "fields"), FORMS.values())
def test_a_form_without_its_fields_is_refused(visitor: Visitor, path: str, fields: dict[str, str]) -> None:
    response = visitor.post(path, {"sync_id": "5", "version": fields.get("version", "")})
    assert_refused(response, "name", "")
    assert_refused(response, "store", "")


VERSIONS = ["", "0", "-1", "abc", "1.0", "²", "99", str(2**63), "1" * 60_000]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_form_of_no_known_version_is_refused_and_kept(visitor: Visitor, version: str) -> None:
    for path, fields in (FORMS["parameters"], FORMS["edited"]):
        response = visitor.post(path, fields | {"version": version, "name": "What I typed", "password": ""})
        assert response.status_code == 409, response.text
        assert 'value="What I typed"' in response.text
    response = visitor.post(f"{PAGE}/interval", {"minutes": "77", "version": version})
    assert response.status_code == 409, response.text
    assert 'value="77"' in response.text


@pytest.mark.parametrize("password", [CANARY * 10, f"{CANARY}\t", f"{CANARY}\ufffd", f"\x1b{CANARY}"])
@BOTH_WAYS
def test_a_password_that_is_refused_is_not_shown_again(visitor: Visitor, password: str, *, htmx: bool) -> None:
    response = visitor.post(f"{PAGE}/parameters", SITE | {"password": password}, htmx=htmx)
    assert response.status_code == 422
    assert "password-error" in response.text
    assert password not in response.text


def test_what_was_typed_is_shown_as_text(visitor: Visitor) -> None:
    typed = '"><script>alert(1)</script>\u2028{{ 7 * 7 }}%(x)s'
    response = visitor.post(f"{LIST}/add", ADDED | {"name": typed, "sync_id": typed, "url": typed})
    assert response.status_code == 422
    assert "<script>alert" not in response.text
    assert f'value="{escape(typed)}"' in response.text


@pytest.mark.parametrize("code", ["", " - ", "\u202e", "x" * 60_000, "\ufffd", "\U0001d7d9" * 300])
def test_a_code_that_is_none_is_wrong_and_not_shown_again(on: TestPanel, code: str) -> None:
    response = editor(on).unlock(code)
    assert response.status_code == 422
    assert "This is not the authorisation code" in response.text
    assert len(code) < 5 or code not in response.text


@pytest.mark.parametrize("name", ["", "\u202eadmin", "x" * 60_000, "\ufffd", "admin'--", "admin\u200b"])
def test_a_user_name_that_is_none_is_wrong(unchanged: TestPanel, name: str) -> None:
    response = Visitor(unchanged).try_password("correct horse battery", name)
    assert response.status_code == 422
    assert f'value="{escape(name)}"' in response.text
