"""mSupply's servers: recognised without a login, and what they answer to one put into words."""

import re
from dataclasses import replace
from hashlib import sha256

import pytest
from link.asking import MARK, SITE, US, climb, failures, look_up, only_failure, primary_at, refusal, request, shown
from link.servers import Act, Peer, http, says, serving
from link.stand_in import ENGINES_ID, REPLY, USED, WITHOUT_LOGIN, MSupply, error, open_msupply
from panels import CANARY

from sync_panel.link.failures import Failure, Rung
from sync_panel.link.ladder import ANSWERS, Step
from sync_panel.link.msupply import SAME_CENTRAL_ID, SAME_SITE, SAME_SYNC_ID
from sync_panel.link.probe import Product
from sync_panel.rules.problems import Sentence

IN_WORDS = {
    "site_name_not_found": (Failure.MSUPPLY_NOT_FOUND, "also says so by accident when it has much to do"),
    "site_incorrect_password": (Failure.MSUPPLY_WRONG_PASSWORD, "mSupply expects another password"),
    "site_incorrect_hardware_id": (Failure.MSUPPLY_OTHER_HARDWARE, "by another hardware ID than the one"),
    "site_has_no_store": (Failure.MSUPPLY_NO_STORE, "In mSupply no store belongs to this site."),
    "site_auth_timeout": (Failure.MSUPPLY_AUTH_TIMEOUT, "mSupply makes this site wait"),
    "api_version_incompatible": (Failure.MSUPPLY_VERSION, "another version of the sync protocol"),
    "sync_is_running": (Failure.MSUPPLY_BUSY, "Nothing is wrong here: ask again in a few minutes."),
    "integration_error": (Failure.MSUPPLY_BUSY, "Nothing is wrong here: ask again in a few minutes."),
}
STATUSES = ["200 OK", "400 Bad Request", "401 Unauthorized", "409 Conflict", "503 Service Unavailable"]
UNKNOWN = ["site_on_fire", "", MARK]
DEEP = b"[" * 300 + b"]" * 300
BOTTOMLESS = b"[" * 20_000 + b"]" * 20_000
DATA: list[object] = [None, False, 7, MARK, [MARK], {}, {"major": MARK}, {"major": 8}, {"major": 10**400, "minor": 1}]


def checks(*replies: object, status: str = "200 OK") -> list[list[Step]]:
    """Check an mSupply server that answers the right login so, with the hardware ID of its engine."""
    made, found = MSupply(status=status), []
    with serving(made) as server:
        for made.reply in replies:
            found.append(climb(primary_at(server.url(), hardware_id=ENGINES_ID)))
            assert MARK not in shown(found[-1])
    return found


def check(reply: object = REPLY, status: str = "200 OK") -> list[Step]:
    """Check such a server that answers in one way."""
    return checks(reply, status=status)[0]


def answers(act: Act, path: str = "") -> list[Step]:
    """Check a server, without a hardware ID; it must not hear a login."""
    with serving(act) as server:
        steps = climb(primary_at(server.url(path=path)))
    assert b"uthorization" not in server.everything
    assert MARK not in shown(steps)
    return steps


def title(steps: list[Step], rung: Rung) -> str:
    (found,) = [str(step.title) for step in steps if step.rung is rung]
    return found


@pytest.mark.parametrize("kind", ["JSON", "JSON with data", "busy"])
def test_msupply_is_recognised_by_its_errors_without_a_login(kind: str) -> None:
    steps = answers(MSupply(without_login=WITHOUT_LOGIN[kind]))
    assert only_failure(steps) is Failure.HARDWARE_ID_NEEDED
    assert title(steps, Rung.PRODUCT) == "mSupply answers"
    assert title(steps, Rung.LOGIN) == "Login not checked"
    assert "that engine would be locked out" in shown(steps)
    assert "enter the engine's own hardware ID" in shown(steps)


@pytest.mark.parametrize("kind", ["other JSON", "HTML", "nothing", "JSON by another name"])
def test_a_login_that_is_wanted_at_its_route_is_perhaps_msupply(kind: str) -> None:
    steps = answers(MSupply(without_login=WITHOUT_LOGIN[kind]))
    assert only_failure(steps) is Failure.PERHAPS_HARDWARE_ID_NEEDED
    assert title(steps, Rung.PRODUCT).startswith("Perhaps mSupply answers")
    assert "If this is no mSupply server, check port and path." in shown(steps)


@pytest.mark.parametrize(
    "without_login",
    [
        http(error("not_found"), "404 Not Found"),
        http(b"<html></html>", "403 Forbidden"),
        http(b"", "204 No Content"),
        http(error([MARK]), "400 Bad Request"),
        http(b'{"error": %s}' % DEEP, "400 Bad Request"),
        http({"error": {"code": "x"}}, "400 Bad Request"),
    ],
)
def test_what_others_answer_at_its_route_is_not_msupply(without_login: bytes) -> None:
    assert only_failure(answers(MSupply(without_login=without_login))) is Failure.OTHER_PRODUCT


def test_a_login_elsewhere_than_at_its_route_is_not_msupply() -> None:
    def act(peer: Peer) -> None:
        is_route = peer.request.startswith(b"GET /sync/v5/site ")
        peer.connection.sendall(http(b"", "404 Not Found" if is_route else "401 Unauthorized"))

    assert only_failure(answers(act)) is Failure.OTHER_PRODUCT


@pytest.mark.parametrize("kind", ["other JSON", "HTML", "nothing", "JSON by another name"])
def test_a_server_that_answers_everywhere_as_at_its_route_is_not_msupply(kind: str) -> None:
    with serving(says(WITHOUT_LOGIN[kind])) as server:
        steps = climb(primary_at(server.url(), hardware_id=ENGINES_ID))
    assert only_failure(steps) is Failure.OTHER_PRODUCT
    assert b"uthorization" not in server.everything


@pytest.mark.parametrize("path", ["", "/stock/om"])
def test_open_msupply_as_central_server_is_recognised_and_gets_no_login(path: str) -> None:
    with serving(open_msupply(is_central=True, path=path)) as server:
        entered = primary_at(server.url(path=path))
        with_id = replace(entered, hardware_id=ENGINES_ID)
        steps = climb(entered)
        assert only_failure(steps) is only_failure(climb(with_id)) is Failure.OPEN_MSUPPLY_CENTRAL
        assert refusal(lambda: request(entered)).failure is Failure.OPEN_MSUPPLY_CENTRAL
        assert refusal(lambda: request(with_id)).failure is Failure.OPEN_MSUPPLY_CENTRAL
    assert title(steps, Rung.PRODUCT) == "Open mSupply answers, as a central server"
    assert MARK not in shown(steps)
    assert b"uthorization" not in server.everything
    asked = {heard.split(b" HTTP/")[0] for heard in server.heard if heard.startswith(b"POST")}
    assert asked == {f"POST {path}/central/sync_v7/site_status".encode()}
    assert all(heard.endswith(b"\r\n\r\n") for heard in server.heard), "nothing is said in a body"


def test_open_msupply_as_a_remote_site_is_told_as_such() -> None:
    steps = answers(open_msupply(is_central=False))
    assert only_failure(steps) is Failure.OPEN_MSUPPLY_REMOTE
    assert "a satellite lists that one's address." in shown(steps)
    assert only_failure(answers(says(http(b"Method only allowed on central server.")))) is Failure.OTHER_PRODUCT


@pytest.mark.parametrize("body", [b'{"Err": %s}' % DEEP, b'{"Err": ["MissingAuthHeader"]}', b"", BOTTOMLESS, b"Method"])
@pytest.mark.parametrize("status", ["200 OK", "405 Method Not Allowed"])
def test_others_are_not_taken_for_open_msupply(body: bytes, status: str) -> None:
    assert only_failure(answers(says(http(body, status)))) is Failure.OTHER_PRODUCT


def test_the_login_comes_last_with_the_hash_of_the_password_and_the_hardware_id_as_it_is() -> None:
    made = MSupply(record=replace(USED, hardware_id="Some-Engine:7"))
    with serving(made) as server:
        assert not failures(climb(primary_at(server.url(path="/central"), hardware_id="Some-Engine:7")))
    panel, first, second = server.heard
    assert panel.startswith(b"GET /central/link/v1/site?sync_id=2 HTTP/1.1\r\n")
    assert first.startswith(b"GET /sync/v5/site HTTP/1.1\r\n"), "the path of the URL is dropped"
    assert second.startswith(b"GET /sync/v5/site HTTP/1.1\r\n")
    assert not re.search(rb"uthorization|msupply-site-uuid|app-name", panel + first)
    assert b"\r\nmsupply-site-uuid: Some-Engine:7\r\n" in second
    assert b"\r\napp-name: Sync Panel\r\n" in second
    assert re.search(rb"\r\napp-version: \d+\.\d+\.\d+\r\n", second)
    assert re.search(rb"\r\nversion: \d+\r\n", second)
    assert CANARY.encode() not in server.everything
    assert sha256(CANARY.encode()).hexdigest().encode() not in server.everything  # it is inside the Basic header


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "206 Partial Content"])
def test_a_right_reply_passes_and_says_only_what_was_compared(status: str) -> None:
    steps = check(status=status)
    assert all(step.passed and step.remark is None for step in steps)
    assert [step.rung for step in steps] == list(Rung)[: Rung.CLOCK]
    assert [step.title for step in steps[Rung.VALUES :]] == [SAME_CENTRAL_ID, SAME_SITE]
    assert steps[Rung.PRODUCT].title == ANSWERS[Product.MSUPPLY]
    assert "store" not in shown(steps)


def test_a_reply_that_tells_less_claims_less() -> None:
    steps = check({name: value for name, value in REPLY.items() if name not in {"mSupplyCentralSiteId", "name"}})
    assert not failures(steps)
    assert steps[-2].rung is Rung.LOGIN
    assert (steps[-1].rung, steps[-1].title) == (Rung.LISTED, SAME_SYNC_ID)


def test_another_sync_id_of_the_central_server_is_a_remark_and_no_failure() -> None:
    steps = check({**REPLY, "mSupplyCentralSiteId": 77})
    assert not failures(steps)
    assert title(steps, Rung.VALUES) == "mSupply gives its central server the Sync ID 77"
    assert "In this list it has the Sync ID 1, and that may stay so" in shown(steps)


@pytest.mark.parametrize(
    ("member", "failure", "words"),
    [
        ({"siteId": 3}, Failure.MSUPPLY_OTHER_SITE, "is the site 3; here the Sync ID is 2."),
        ({"name": "Here"}, Failure.MSUPPLY_OTHER_USER, "by the user name Here; here it is sync."),
    ],
)
def test_another_site_or_user_name_is_told_with_both(member: dict[str, object], failure: Failure, words: str) -> None:
    steps = check({**REPLY, **member})
    assert failures(steps) == [failure]
    assert words in shown(steps)


@pytest.mark.parametrize(
    ("status", "words"),
    [("new", "not been initialised yet"), ("started", "is not complete yet"), ("error", "ended in an error")],
)
def test_an_initialisation_that_is_not_complete_is_remarked_on(status: str, words: str) -> None:
    steps = check({**REPLY, "initialisationStatus": status})
    assert not failures(steps)
    assert words in str(steps[-1].remark)


@pytest.mark.parametrize("status", STATUSES)
def test_each_error_is_put_into_words_at_whatever_status(status: str) -> None:
    found = checks(*map(error, IN_WORDS), status=status)
    for steps, (failure, words) in zip(found, IN_WORDS.values(), strict=True):
        assert only_failure(steps) is failure
        assert steps[-1].rung is Rung.LOGIN
        assert words in str(steps[-1].remedy)


@pytest.mark.parametrize("code", ["site_incorrect_hardware_id", "api_version_incompatible", "site_on_fire"])
def test_data_beside_an_error_may_be_anything(code: str) -> None:
    expected = IN_WORDS.get(code, (Failure.MSUPPLY_OTHER_ERROR, ""))[0]
    for steps in checks(*(error(code, data=data) for data in DATA), status="409 Conflict"):
        assert only_failure(steps) is expected


def test_a_version_that_is_told_is_shown() -> None:
    with serving(MSupply(versions=range(3, 6))) as server:
        steps = climb(primary_at(server.url(), hardware_id=ENGINES_ID))
    assert only_failure(steps) is Failure.MSUPPLY_VERSION_TOLD
    assert "than this panel's 14: it names the version 3.5." in shown(steps)


def test_another_hardware_id_and_another_login_have_words_of_their_own() -> None:
    made = MSupply(record=USED)
    with serving(made) as server:
        entered = primary_at(server.url(), hardware_id=ENGINES_ID.upper())
        assert only_failure(climb(entered)) is Failure.MSUPPLY_OTHER_HARDWARE
        right = replace(entered, hardware_id=ENGINES_ID)
        other_password = replace(US, site=replace(US.site, password="other"))
        assert only_failure(climb(right, us=other_password)) is Failure.MSUPPLY_WRONG_PASSWORD
        other_user = replace(US, site=replace(US.site, user_name="other"))
        assert only_failure(climb(right, us=other_user)) is Failure.MSUPPLY_NOT_FOUND
        assert made.record == USED


@pytest.mark.parametrize("status", STATUSES[:4])
def test_an_error_that_nobody_knows_is_told_as_such(status: str) -> None:
    for steps in checks(*map(error, UNKNOWN), status=status):
        assert only_failure(steps) is Failure.MSUPPLY_OTHER_ERROR


BODIES = [b"", b"\xff\xfe", b"<html></html>", b"null", b"[]", b"7", b'"x"', b"{}", b'{"error": null}', BOTTOMLESS]
BODIES += [b'{"error": %s}' % each for each in (b"[7]", b"{}", b'{"code": [7]}', b'{"code": 7}', DEEP, b"9" * 5000)]


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("200 OK", Failure.MSUPPLY_NO_SITE),
        ("204 No Content", Failure.MSUPPLY_NO_SITE),
        ("401 Unauthorized", Failure.LOGIN_REFUSED),
        ("404 Not Found", Failure.MSUPPLY_OTHER_ERROR),
        ("500 Internal Server Error", Failure.MSUPPLY_OTHER_ERROR),
        ("503 Service Unavailable", Failure.MSUPPLY_BUSY),
    ],
)
def test_an_answer_that_says_nothing_is_told_by_its_status(status: str, failure: Failure) -> None:
    for steps in checks(*BODIES, status=status):
        assert only_failure(steps) is failure


ODD: list[object] = [
    None,
    False,
    3.5,
    -1,
    0,
    2**31,
    "2",
    [2],
    {"2": 2},
    "x" * 5000,
    "a\u202eb\x00\n",
    "\ud800",
    10**400,
]


@pytest.mark.parametrize(
    ("member", "title", "failure"),
    [
        ("siteId", None, Failure.MSUPPLY_NO_SITE),
        ("name", SAME_SITE, None),
        ("mSupplyCentralSiteId", SAME_CENTRAL_ID, None),
        ("initialisationStatus", None, None),
    ],
)
def test_values_of_odd_types_are_no_trouble_and_not_said_to_agree(
    member: str, title: Sentence | None, failure: Failure | None
) -> None:
    for value, steps in zip(ODD, checks(*({**REPLY, member: value} for value in ODD)), strict=True):
        assert title is None or title not in [step.title for step in steps]
        is_another_name = member == "name" and isinstance(value, str)
        expected = Failure.MSUPPLY_OTHER_USER if is_another_name else failure
        assert failures(steps) == ([expected] if expected else [])
        assert all(len(str(step.remedy)) < 500 and str(step.remedy).isprintable() for step in steps)


@pytest.mark.parametrize("member", ["siteId", "name", "mSupplyCentralSiteId", "initialisationStatus"])
def test_a_deep_value_is_no_trouble(member: str) -> None:
    kept = {name: value for name, value in REPLY.items() if name != member}
    whole = http(kept)[: http(kept).rindex(b"}")].partition(b"\r\n\r\n")[2] + b', "%s": %s}' % (member.encode(), DEEP)
    assert failures(check(whole)) == ([Failure.MSUPPLY_NO_SITE] if member == "siteId" else [])


def test_a_redirect_is_not_followed() -> None:
    elsewhere = http(b"", "307 Temporary Redirect", "Location: http://127.0.0.1:1/sync/v5/site")
    assert only_failure(answers(MSupply(without_login=elsewhere))) is Failure.REDIRECTED


def test_a_panel_is_taken_for_a_panel_also_when_mSupply_answers_beside_it() -> None:  # noqa: N802  # its name
    def act(peer: Peer) -> None:
        is_panel = b"/link/v1/site" in peer.request
        (peer.connection.sendall(http(SITE)) if is_panel else MSupply()(peer))

    with serving(act) as server:
        steps = climb(primary_at(server.url(), hardware_id=ENGINES_ID))
        found = look_up(primary_at(server.url(), hardware_id=ENGINES_ID))
    assert not failures(steps + found)
    assert steps[-1].rung is Rung.CLOCK
