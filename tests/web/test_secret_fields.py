"""What browsers keep: people's own passwords, and neither the authorisation code nor the shared password.

What Chromium's password manager makes of it: browser/test_password_manager.py.
"""

import re

import pytest
from markup import faults_in
from panels import CANARY, TestPanel
from processes import CHECKOUT
from visitor import PAGE, PARAMETERS, Visitor, editor, unlocked_editor

BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
TYPED = "What I typed there"


def field(text: str, name: str) -> str:
    """Return the start tag of the field of that name."""
    (tag,) = re.findall(rf'<input\b[^>]*\bname="{name}"[^>]*>', text)
    return str(tag)


def expect_secret(text: str, name: str) -> None:
    """Expect a field that no browser keeps, masked, and told to who does not see the mask."""
    tag = field(text, name)
    for attribute in ('type="text"', 'class="secret"', 'autocomplete="off"', 'spellcheck="false"', 'autocorrect="off"'):
        assert attribute in tag
    assert " value=" not in tag
    (described,) = re.findall(r'aria-describedby="([^" ]+)', tag)
    hint = text[text.index(f'id="{described}"') :]
    assert "This is secret" in hint[: hint.index("</p>")]


@BOTH_WAYS
def test_the_code_is_no_password_before_a_wrong_one_and_after(on: TestPanel, *, htmx: bool) -> None:
    visitor = editor(on)
    expect_secret(visitor.get(f"{PAGE}/unlock", htmx=htmx).text, "code")
    refused = visitor.post(f"{PAGE}/unlock", {"code": TYPED}, htmx=htmx)
    assert refused.status_code == 422
    expect_secret(refused.text, "code")
    assert TYPED not in refused.text


@BOTH_WAYS
def test_the_shared_password_is_no_password_of_a_person_before_a_refusal_and_after(
    on: TestPanel, *, htmx: bool
) -> None:
    visitor = unlocked_editor(on)
    expect_secret(visitor.get(f"{PAGE}/parameters", htmx=htmx).text, "password")
    sent = PARAMETERS | {"version": visitor.version_of("parameters"), "sync_id": "none", "password": CANARY}
    refused = visitor.post(f"{PAGE}/parameters", sent, htmx=htmx)
    assert refused.status_code == 422
    expect_secret(refused.text, "password")
    assert "Type the password again" in refused.text


def test_a_persons_own_password_is_one(on: TestPanel) -> None:
    tag = field(Visitor(on).get("/sign-in").text, "password")
    assert 'type="password"' in tag
    assert 'autocomplete="current-password"' in tag


def test_the_mask_stands_in_the_style_sheet() -> None:
    style = (CHECKOUT / "static/panel.css").read_text("utf-8")
    assert re.search(r"\n\.secret \{\s*-webkit-text-security: disc;", style)
    assert re.search(r"@supports not \(-webkit-text-security: disc\) \{\s*\.secret,[^}]*color: transparent;", style)


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ('type="password" autocomplete="new-password"', "offered to password managers"),
        ('type="password" autocomplete="current-password" value="x"', "a secret comes back"),
        ('type="text" class="secret" autocomplete="one-time-code"', "restored"),
        ('type="text" class="secret" autocomplete="off" value="x"', "a secret comes back"),
    ],
)
def test_the_watch_over_every_answer_finds_a_field_that_is_kept(attributes: str, fault: str) -> None:
    (found,) = faults_in(f'<input name="x" {attributes}>')
    assert fault in found
