"""An mSupply server as the primary: recognised before it gets a login, and its errors put into words."""

import re
from hashlib import sha256

import pytest
from link.asking import MARK, SITE, climb, failures, only_failure, primary_at, shown
from link.servers import Peer, http, serving
from link.stand_in import REPLY, error, msupply
from panels import CANARY

from sync_panel.link.failures import Failure, Rung
from sync_panel.link.ladder import MSUPPLY_ANSWERS, Step

IN_WORDS = {
    "site_name_not_found": (Failure.MSUPPLY_NOT_FOUND, "mSupply knows no site with this user name."),
    "site_incorrect_password": (Failure.MSUPPLY_WRONG_PASSWORD, "mSupply expects another password"),
    "site_incorrect_hardware_id": (Failure.MSUPPLY_OTHER_HARDWARE, "mSupply knows this site on another machine."),
    "site_has_no_store": (Failure.MSUPPLY_NO_STORE, "In mSupply no store belongs to this site."),
    "site_auth_timeout": (Failure.MSUPPLY_AUTH_TIMEOUT, "mSupply makes this site wait"),
    "api_version_incompatible": (Failure.MSUPPLY_VERSION, "another version of the sync protocol"),
}
UNKNOWN = ["site_on_fire", "", MARK, None, 7, [MARK], {"code": MARK}]


def check(reply: object = REPLY, status: str = "200 OK") -> list[Step]:
    """Check an mSupply server that answers the right login so."""
    with serving(msupply(reply, status)) as server:
        return climb(primary_at(server.url()))


def test_msupply_is_recognised_and_passes_with_the_right_reply() -> None:
    steps = check()
    assert [step.rung for step in steps] == list(Rung)[: Rung.CLOCK]
    assert all(step.passed for step in steps)
    assert steps[Rung.PRODUCT].title == MSUPPLY_ANSWERS
    assert MARK not in shown(steps)


def test_msupply_is_asked_without_a_login_first_and_then_with_the_hash_of_the_password() -> None:
    with serving(msupply(path="/central")) as server:
        assert not failures(climb(primary_at(server.url(path="/central"))))
    panel, first, second = server.heard
    assert panel.startswith(b"GET /central/link/v1/site?sync_id=2 HTTP/1.1\r\n")
    assert b"uthorization" not in panel + first
    assert b"\r\nmsupply-site-uuid: 5f0c2a51-9a1e-4d6f-8a43-0d6c3a1f7e55\r\n" in second
    assert b"\r\napp-name: Sync Panel\r\n" in second
    assert re.search(rb"\r\napp-version: \d+\.\d+\.\d+\r\n", second)
    assert re.search(rb"\r\nversion: \d+\r\n", second)
    assert CANARY.encode() not in server.everything
    assert sha256(CANARY.encode()).hexdigest().encode() not in server.everything  # it is inside the Basic header


@pytest.mark.parametrize("code", list(IN_WORDS))
@pytest.mark.parametrize("status", ["401 Unauthorized", "400 Bad Request", "500 Internal Server Error"])
def test_each_error_of_msupply_is_put_into_words(code: str, status: str) -> None:
    steps = check(error(code), status)
    failure, words = IN_WORDS[code]
    assert only_failure(steps) is failure
    assert steps[-1].rung is Rung.LOGIN
    assert words in str(steps[-1].remedy)
    assert MARK not in shown(steps)


@pytest.mark.parametrize("code", UNKNOWN, ids=repr)
def test_an_error_that_nobody_knows_is_told_as_such_and_not_shown(code: object) -> None:
    steps = check(error(code), "400 Bad Request")
    assert only_failure(steps) is Failure.MSUPPLY_OTHER_ERROR
    assert MARK not in shown(steps)


@pytest.mark.parametrize("reply", [None, MARK, [MARK], {}, {"error": None}, {"error": MARK}, {"error": {}}], ids=repr)
def test_an_error_of_another_shape_is_told_as_one_that_nobody_knows(reply: object) -> None:
    steps = check(reply, "500 Internal Server Error")
    assert only_failure(steps) is Failure.MSUPPLY_OTHER_ERROR
    assert MARK not in shown(steps)


def test_another_central_server_is_told_by_its_sync_id() -> None:
    steps = check({**REPLY, "mSupplyCentralSiteId": 77})
    assert failures(steps) == [Failure.OTHER_SYNC_ID]
    assert "has the Sync ID 77, not 1." in shown(steps)


def test_a_central_server_that_does_not_tell_its_sync_id_is_believed() -> None:
    assert not failures(check({name: value for name, value in REPLY.items() if name != "mSupplyCentralSiteId"}))


@pytest.mark.parametrize(("member", "there"), [({"siteId": 3}, "3 Here"), ({"name": "Elsewhere"}, "2 Elsewhere")])
def test_another_site_than_this_one_is_told_with_both(member: dict[str, object], there: str) -> None:
    steps = check({**REPLY, **member})
    assert failures(steps) == [Failure.LISTED_OTHERWISE]
    assert f"lists this site as {there}; here it is 2 Here." in shown(steps)


ODD: list[object] = [None, False, 3.5, -1, "2", [2], {"2": 2}, "x" * 5000, "a\u202eb\x00\n", "\ud800", 10**400]


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("member", ["siteId", "name", "mSupplyCentralSiteId"])
def test_values_of_odd_types_are_wrong_and_no_trouble(member: str, value: object) -> None:
    steps = check({**REPLY, member: value})
    assert [step.rung for step in steps][-1] is Rung.LISTED
    assert failures(steps) or (member, value) == ("mSupplyCentralSiteId", None)
    assert all(len(str(step.remedy)) < 500 for step in steps)
    assert all(str(step.remedy).isprintable() for step in steps)


@pytest.mark.parametrize("reply", [None, [MARK], MARK, 3, {}], ids=repr)
def test_a_right_answer_of_another_shape_is_not_this_site(reply: object) -> None:
    steps = check(reply)
    assert failures(steps) == [Failure.LISTED_OTHERWISE]
    assert MARK not in shown(steps)


def test_a_panel_is_taken_for_a_panel_also_when_mSupply_answers_beside_it() -> None:  # noqa: N802  # its name
    def act(peer: Peer) -> None:
        is_panel = b"/link/v1/site" in peer.request
        (peer.connection.sendall(http(SITE)) if is_panel else msupply()(peer))

    with serving(act) as server:
        steps = climb(primary_at(server.url()))
    assert not failures(steps)
    assert steps[-1].rung is Rung.CLOCK
