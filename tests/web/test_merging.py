"""Two people change the same thing: each one's changes are kept, and only what both changed is asked for."""

import html
import json
import re

import pytest
from panels import CANARY, TestPanel
from visitor import PAGE, Visitor, unlocked_editor
from web.routes import LIST, SITE, furnish
from web.test_conflicts import Row, compared
from werkzeug.test import TestResponse

from sync_panel.guard.keys import unseal
from sync_panel.rules.partner import Partner
from sync_panel.store.partners import get_partner
from sync_panel.store.site import Site, load_site

SHAPES = pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
INPUT = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
PARAMETERS, EDIT = f"{PAGE}/parameters", f"{LIST}/1/edit"
KEPT = "Saved meanwhile by somebody else, or in another window, and kept: "


def fields_of(response: TestResponse, region: str = "") -> dict[str, str]:
    """Return what a browser would send of a form as it stands in an answer."""
    text = response.text[response.text.index(f'id="{region}"') if region else response.text.index("<h1 id=") :]
    text = text[text.index('class="protected"') :]
    found = [dict(ATTRIBUTE.findall(tag)) | {"tag": tag} for tag in INPUT.findall(text[: text.index("</form>")])]
    sent = [each for each in found if "checkbox" not in each["tag"] or "checked" in each["tag"]]
    return {each["name"]: html.unescape(each.get("value", "")) for each in sent if each["name"] != "csrf_token"}


def parameters_of(visitor: Visitor) -> dict[str, str]:
    return fields_of(visitor.get(), "parameters")


def server_of(visitor: Visitor) -> dict[str, str]:
    return fields_of(visitor.get(EDIT))


def site_of(on: TestPanel) -> Site:
    with on.panel.database.reading() as db:
        return load_site(db)


def password_of(on: TestPanel) -> str | None:
    return unseal(on.panel.keys.passwords, site_of(on).sealed_password or b"")


def first_server(on: TestPanel) -> Partner:
    with on.panel.database.reading() as db:
        return get_partner(db, 1).partner


@pytest.fixture
def first(on: TestPanel) -> Visitor:
    return unlocked_editor(furnish(on))


@pytest.fixture
def second(on: TestPanel, first: Visitor) -> Visitor:
    return unlocked_editor(on)


def is_saved(response: TestResponse, visitor: Visitor, *words: str) -> bool:
    """Tell whether a form was saved, and the page says so in these words."""
    said = response.text if response.status_code == 200 else visitor.get().text
    return response.status_code in {200, 303} and all(html.escape(word) in said for word in words)


@SHAPES
def test_a_field_that_was_not_touched_is_not_put_back(
    on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool
) -> None:
    theirs, mine = parameters_of(first), parameters_of(second)
    assert first.post(PARAMETERS, theirs | {"store": "Theirs", "user_name": "they"}).status_code == 303
    saved = second.post(PARAMETERS, mine | {"name": "Mine"}, htmx=htmx)
    assert is_saved(saved, second, "The parameters are saved.", f"{KEPT}Store: Theirs; User name: they.")
    parameters = site_of(on).parameters
    assert (parameters.name, parameters.store, parameters.user_name) == ("Mine", "Theirs", "they")


@SHAPES
def test_only_what_both_changed_is_asked_for(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    theirs, mine = server_of(first), server_of(second)
    assert first.post(EDIT, theirs | {"name": "Theirs", "store": "Theirs"}).status_code == 303
    refused = second.post(EDIT, mine | {"name": "Mine", "url": "https://mine.example.org"}, htmx=htmx)
    assert refused.status_code == 409
    assert compared(refused) == [Row("Name", "Mine", "Theirs")]
    assert f"{KEPT}Store: Theirs." in refused.text
    again = fields_of(refused)
    assert (again["name"], again["store"], again["url"]) == ("Mine", "Theirs", "https://mine.example.org")
    saved = second.post(EDIT, again, htmx=htmx)
    assert is_saved(saved, second, "Mine is saved.")
    assert KEPT not in second.get().text
    server = first_server(on)
    assert (server.name, server.store, server.url) == ("Mine", "Theirs", "https://mine.example.org")


def test_a_third_change_before_saving_again_is_kept_too(on: TestPanel, first: Visitor, second: Visitor) -> None:
    theirs, mine = server_of(first), server_of(second)
    first.post(EDIT, theirs | {"name": "Theirs"})
    refused = second.post(EDIT, mine | {"name": "Mine"})
    first.post(EDIT, server_of(first) | {"store": "Later"})
    assert second.post(EDIT, fields_of(refused)).status_code == 303
    assert (first_server(on).name, first_server(on).store) == ("Mine", "Later")


def test_ticks_and_fingerprints_are_merged_as_they_are_shown(on: TestPanel, first: Visitor, second: Visitor) -> None:
    first.post(EDIT, server_of(first) | {"fingerprint": "ab" * 32, "plain_http": "yes"})
    theirs, mine = server_of(first), server_of(second)
    assert mine["plain_http"] == "yes"
    del theirs["plain_http"]
    first.post(EDIT, theirs)
    saved = second.post(EDIT, mine | {"fingerprint": "cd" * 32})
    assert is_saved(saved, second, f"{KEPT}Accept plain HTTP: no.")
    assert (first_server(on).fingerprint, first_server(on).plain_http) == ("cd" * 32, False)


@SHAPES
def test_a_password_that_others_replaced_stays(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    theirs, mine = parameters_of(first), parameters_of(second)
    on.clock.pass_time(1)
    assert first.post(PARAMETERS, theirs | {"password": f"{CANARY} theirs"}).status_code == 303
    saved = second.post(PARAMETERS, mine | {"name": "Mine"}, htmx=htmx)
    assert is_saved(saved, second, f"{KEPT}Password: changed.")
    assert (site_of(on).parameters.name, password_of(on)) == ("Mine", f"{CANARY} theirs")


def test_a_password_of_mine_goes_with_what_others_changed(on: TestPanel, first: Visitor, second: Visitor) -> None:
    theirs, mine = parameters_of(first), parameters_of(second)
    assert first.post(PARAMETERS, theirs | {"name": "Theirs"}).status_code == 303
    assert second.post(PARAMETERS, mine | {"password": f"{CANARY} mine"}).status_code == 303
    assert (site_of(on).parameters.name, password_of(on)) == ("Theirs", f"{CANARY} mine")


@SHAPES
def test_two_new_passwords_are_asked_for_without_being_shown(
    on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool
) -> None:
    theirs, mine = parameters_of(first), parameters_of(second)
    on.clock.pass_time(1)
    first.post(PARAMETERS, theirs | {"password": f"{CANARY} theirs"})
    refused = second.post(PARAMETERS, mine | {"password": f"{CANARY} mine"}, htmx=htmx)
    assert refused.status_code == 409
    assert compared(refused) == [Row("Password", "changed", "changed")]
    assert "Type the password again" in refused.text
    again = fields_of(refused, "parameters")
    assert again["password"] == ""
    assert second.post(PARAMETERS, again | {"password": f"{CANARY} mine"}).status_code == 303
    assert password_of(on) == f"{CANARY} mine"


def test_the_base_holds_no_password(second: Visitor) -> None:
    base = json.loads(parameters_of(second)["base"])
    assert set(base) == {"sync_id", "name", "store", "url", "user_name", "set_at"}
    wrong = second.post(PARAMETERS, SITE | {"sync_id": "x"})
    assert CANARY not in wrong.text


def test_what_is_wrong_only_together_is_said_at_its_field(on: TestPanel) -> None:
    first, second = unlocked_editor(on), unlocked_editor(on)
    first.post(PARAMETERS, parameters_of(first) | SITE | {"sync_id": "", "version": "1"})
    theirs, mine = parameters_of(first), parameters_of(second)
    assert first.post(PARAMETERS, theirs | {"sync_id": "1"}).status_code == 303
    refused = second.post(PARAMETERS, mine | {"name": ""})
    assert refused.status_code == 422
    again = fields_of(refused, "parameters")
    assert (again["sync_id"], again["name"]) == ("1", "")
    assert f"{KEPT}Sync ID: 1." in refused.text
    assert second.post(PARAMETERS, again | {"name": "Together"}).status_code == 303
    assert site_of(on).parameters.name == "Together"


def test_what_is_no_value_is_said_before_anything_is_asked(first: Visitor, second: Visitor) -> None:
    theirs, mine = server_of(first), server_of(second)
    first.post(EDIT, theirs | {"sync_id": "901"})
    refused = second.post(EDIT, mine | {"sync_id": "none"})
    assert refused.status_code == 422
    again = second.post(EDIT, fields_of(refused) | {"sync_id": "902"})
    assert compared(again) == [Row("Sync ID", "902", "901")]


@pytest.mark.parametrize("base", ["", "{", "[]", "1", '{"name": 1}', '{"name": null, "x": {}}', "[" * 10000])
def test_without_a_base_that_can_be_read_every_difference_is_asked_for(
    first: Visitor, second: Visitor, base: str
) -> None:
    theirs, mine = server_of(first), server_of(second)
    first.post(EDIT, theirs | {"name": "Theirs"})
    refused = second.post(EDIT, mine | {"base": base})
    assert refused.status_code == 409
    assert [row.field for row in compared(refused)] == ["Name"]
