"""Bad input of any kind: whatever a client sends, the panel answers in words and never fails."""

import os
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visitor import PAGE, Visitor
from web.routes import LIST, ROUTES, VISITORS

FIELDS = sorted({field for route in ROUTES.values() for field in route.fields} | {"server", "draft", "csrf_token", "q"})
HEADERS = [
    "Accept-Encoding",
    "Content-Type",
    "Cookie",
    "HX-History-Restore-Request",
    "HX-Request",
    "Host",
    "If-Modified-Since",
    "Origin",
    "Range",
    "Referer",
    "Sec-Fetch-Site",
    "X-CSRFToken",
]
SIGNS = st.characters(codec="utf-8")
ODD = st.sampled_from(
    ["", "\0", "\u202e", "²", "-1", "0", "99", str(2**31), str(2**63), "1.1", "1" * 400, "http://[", "%"]
)
TEXTS = st.text(SIGNS, max_size=40) | ODD
PATHS = st.sampled_from(sorted({route.path.partition("?")[0] for route in ROUTES.values()})) | st.text(
    SIGNS, max_size=30
).map(lambda text: f"/{quote(text)}")
# What HTTP can carry in a header's value: no line breaks and no other control characters.
VALUES = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30
) | st.sampled_from(
    ["http://[", "null", "same-origin", "true", "gzip;q=x", "application/x-www-form-urlencoded", "[", "localhost:99999"]
)
QUIETLY = settings(
    max_examples=int(os.environ.get("SYNC_PANEL_REQUESTS", "100")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def never_fails(visitor: Visitor, method: str, path: str, **options: Any) -> None:
    response = visitor.send(method, path, **options)
    assert response.status_code < 500, (response.status_code, response.text)
    assert response.headers["Content-Security-Policy"]


@QUIETLY
@given(
    who=st.sampled_from(sorted(VISITORS)),
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT"]),
    path=PATHS,
    query=st.dictionaries(st.sampled_from([*FIELDS, "sort", "order", "page"]), TEXTS, max_size=3),
    headers=st.dictionaries(st.sampled_from(HEADERS), VALUES, max_size=3),
)
def test_no_request_makes_it_fail(visitors: dict[str, Visitor], who: str, method: str, path: str, **sent: Any) -> None:
    body = {"csrf_token": "x"} if method == "POST" else None
    never_fails(visitors[who], method, path, query_string=sent["query"], headers=sent["headers"], data=body)


# Signing out and locking would only make the rest of the examples tamer.
FORMS = sorted(
    route.path
    for name, route in ROUTES.items()
    if name.startswith("POST ") and name not in {"POST /sign-out", f"POST {PAGE}/lock"}
)


@QUIETLY
@given(
    path=st.sampled_from(FORMS),
    fields=st.dictionaries(st.sampled_from(FIELDS) | TEXTS, TEXTS | st.lists(TEXTS, max_size=2), max_size=8),
    htmx=st.booleans(),
)
def test_no_form_makes_it_fail(visitors: dict[str, Visitor], path: str, fields: dict[str, Any], *, htmx: bool) -> None:
    visitor = visitors["editor, unlocked"]
    never_fails(
        visitor, "POST", path, data=fields | {"csrf_token": visitor.token()}, headers={"HX-Request": str(htmx).lower()}
    )


@QUIETLY
@given(path=st.sampled_from(FORMS), body=st.binary(max_size=200))
def test_no_body_makes_it_fail(visitors: dict[str, Visitor], path: str, body: bytes) -> None:
    kind = {"content_type": "application/x-www-form-urlencoded"}
    never_fails(visitors["editor, unlocked"], "POST", path, data=body, **kind)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Origin", "http://["),
        ("Origin", "http://[::1"),
        ("Origin", "//[x]"),
        ("Host", "["),
        ("Host", "a b"),
        ("Host", ""),
        ("Cookie", "sync_panel_x=\xff; =; ;;"),
        ("Accept-Encoding", "gzip;q=nan, *;q=-1"),
        ("Content-Type", "application/x-www-form-urlencoded; charset=\xff"),
        ("Range", "bytes=0-99999999999999999999"),
    ],
)
def test_a_header_that_is_none_makes_nothing_fail(visitor: Visitor, header: str, value: str) -> None:
    for path in (LIST, ROUTES["GET /sync-panel-static/<version>/<path:name>"].path):
        never_fails(visitor, "GET", path, headers={header: value})
    never_fails(visitor, "POST", f"{PAGE}/interval", headers={header: value}, data={"minutes": "x"})
