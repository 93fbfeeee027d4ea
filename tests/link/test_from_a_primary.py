"""A primary checks a satellite, which it never needs to ask: what is a fault of the link, and what only of the way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from link.asking import LOGIN_NEEDED, SITE, US, climb, look_up, only_failure, primary_at
from link.certificates import Certificate, issue
from link.conftest import Pair
from link.servers import Act, http, keeps_still, says, serving
from loopback_panel import closed_port
from serving import serving_panel

from sync_panel.link.failures import WAY_ONLY, Failure, Rung
from sync_panel.link.ladder import NOT_NEEDED, Step
from sync_panel.link.probe import OwnSite
from sync_panel.link.wire import Network
from sync_panel.rules.partner import Partner

PRIMARY = replace(US, site=replace(US.site, sync_id=1))
STAND_ALONE = replace(US, site=replace(US.site, sync_id=None))
LOGIN_PAGE = b"<!doctype html><title>Router</title>"


def only_the_way(steps: list[Step], failure: Failure) -> None:
    """Expect that the check ends at this failure, which is none of the link."""
    assert only_failure(steps) is failure
    assert not any(step.is_fault for step in steps)
    assert steps[-1].remark is NOT_NEEDED


def a_fault(steps: list[Step], failure: Failure) -> None:
    assert [step.error.failure for step in steps if step.error and step.is_fault] == [failure]
    assert NOT_NEEDED not in [step.remark for step in steps]


WAYS: dict[str, tuple[Act, Failure]] = {
    "a login page": (says(http(LOGIN_PAGE)), Failure.OTHER_PRODUCT),
    "a redirect": (says(http(b"", "302 Found", "Location: /login")), Failure.REDIRECTED),
    "SSH": (says(b"SSH-2.0-x\r\n"), Failure.OTHER_PROTOCOL),
    "silence": (keeps_still, Failure.TOO_SLOW),
    "a closed connection": (says(b""), Failure.HUNG_UP),
    "a server that knows another name": (says(http(LOGIN_NEEDED, "421 Misdirected Request")), Failure.OTHER_HOST),
}


@pytest.mark.parametrize(("act", "failure"), list(WAYS.values()), ids=list(WAYS))
def test_what_answers_in_a_satellites_place_is_no_fault_to_a_primary(act: Act, failure: Failure) -> None:
    network = Network(seconds=0.5 if act is keeps_still else 10)
    with serving(act) as server:
        only_the_way(climb(primary_at(server.url()), network, us=PRIMARY), failure)
        a_fault(climb(primary_at(server.url()), network), failure)


def test_a_satellite_that_cannot_be_reached_is_no_fault_to_a_primary() -> None:
    only_the_way(climb(primary_at(closed_port()), us=PRIMARY), Failure.REFUSED)
    nowhere = Network(resolve=lambda _host, _port: [])
    only_the_way(climb(primary_at("https://clinic.example.org"), nowhere, us=PRIMARY), Failure.NAME_NOT_FOUND)
    a_fault(climb(primary_at(closed_port())), Failure.REFUSED)


def test_a_certificate_that_nobody_vouches_for_is_no_fault_to_a_primary_and_may_be_trusted(tmp_path: Path) -> None:
    own = issue(tmp_path, "127.0.0.1")
    with serving(says(http(LOGIN_NEEDED)), own.context) as server:
        steps = climb(primary_at(server.url(), plain_http=False), us=PRIMARY)
        a_fault(climb(primary_at(server.url(), plain_http=False)), Failure.UNTRUSTED)
    only_the_way(steps, Failure.UNTRUSTED)
    assert steps[-1].fingerprint == own.fingerprint


def test_a_certificate_that_is_not_the_trusted_one_stays_a_fault(issued: Certificate) -> None:
    with serving(says(http(LOGIN_NEEDED)), issued.context) as server:
        a_fault(climb(primary_at(server.url(), "3f" * 32), us=PRIMARY), Failure.OTHER_FINGERPRINT)


def test_a_login_that_is_not_sent_over_plain_http_is_no_fault_to_a_primary() -> None:
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"))) as server:
        only_the_way(climb(primary_at(server.url(), plain_http=False), us=PRIMARY), Failure.NOT_ENCRYPTED)
        withheld = climb(primary_at(server.url()), us=PRIMARY, withheld=Failure.UNSAVED_ADDRESS)
        only_the_way(withheld, Failure.UNSAVED_ADDRESS)
    assert b"uthorization" not in server.everything


def test_a_look_up_from_a_primary_says_so_too() -> None:
    only_the_way(look_up(primary_at(closed_port()), us=PRIMARY), Failure.REFUSED)
    a_fault(look_up(primary_at(closed_port())), Failure.REFUSED)


def test_what_a_server_says_of_itself_is_no_matter_of_the_way() -> None:
    said = {Failure.STAND_ALONE, Failure.TOO_OLD, Failure.TOO_NEW, Failure.TROUBLE_THERE, Failure.LOGIN_REFUSED}
    assert not WAY_ONLY & said
    assert all(failure.rung < Rung.VALUES for failure in WAY_ONLY)


@dataclass
class FromPrimary:
    """The primary of a pair, whose satellite is served too, as the primary has entered it."""

    pair: Pair
    satellite: Partner

    @property
    def us(self) -> OwnSite:
        with self.pair.primary.panel.database.reading() as db:
            return self.pair.primary.panel.us(db)

    def check(self, **entered: object) -> list[Step]:
        partner = replace(self.satellite, **entered)  # type: ignore[arg-type]  # the values are those of a Partner
        return climb(partner, us=self.us)


@pytest.fixture
def primary(pair: Pair) -> Iterator[FromPrimary]:
    with serving_panel(pair.satellite) as url:
        yield FromPrimary(pair, Partner(2, "Here", "Store of here", url, plain_http=True))


def test_a_satellite_that_can_be_reached_is_checked_whole(primary: FromPrimary) -> None:
    steps = primary.check()
    assert [step.rung for step in steps] == list(Rung)
    assert all(step.passed for step in steps)


def test_values_that_differ_are_a_fault_to_a_primary_too(primary: FromPrimary) -> None:
    a_fault(primary.check(name="Elsewhere"), Failure.OTHER_VALUES)


def test_a_satellite_that_does_not_list_its_primary_is_a_fault(primary: FromPrimary) -> None:
    with primary.pair.satellite.panel.database.writing() as db:
        db.execute("DELETE FROM partner")
    a_fault(primary.check(), Failure.NOT_LISTED)


def test_a_satellite_with_another_login_is_a_fault(primary: FromPrimary) -> None:
    us = primary.us
    steps = climb(primary.satellite, us=replace(us, site=replace(us.site, password="another")))
    a_fault(steps, Failure.LOGIN_REFUSED)


def test_a_satellite_that_is_stand_alone_is_a_fault(primary: FromPrimary) -> None:
    with primary.pair.satellite.panel.database.writing() as db:
        db.execute("DELETE FROM partner")
    primary.pair.satellite.become(None)
    a_fault(primary.check(), Failure.STAND_ALONE)


def test_a_stand_alone_site_is_told_that_none_can_list_it() -> None:
    answer = SITE | {"listed": None}
    with serving(says(http(LOGIN_NEEDED, "401 Unauthorized"), http(answer))) as server:
        steps = climb(primary_at(server.url()), us=STAND_ALONE)
    assert [step.error.failure for step in steps if step.error] == [Failure.NO_SYNC_ID]
    assert "Sync ID 0" not in str(steps[Rung.LISTED].remedy)
