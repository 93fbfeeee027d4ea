"""Nothing that the panel asks changes what mSupply keeps of its site, unless somebody entered its engine's own ID."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from link.asking import US, climb, failures, look_up, only_failure, primary_at, refusal, request
from link.servers import http, serving
from link.stand_in import ANOTHER_ID, ENGINES_ID, USED, WITHOUT_LOGIN, MSupply, Record

from sync_panel.link.failures import Failure
from sync_panel.rules.partner import Partner

ASKING: dict[str, Callable[[Partner], object]] = {
    "check": climb,
    "look-up": look_up,
    "request": lambda entered: refusal(lambda: request(entered)),
}
RECORDS = pytest.mark.parametrize("record", [Record(), USED], ids=["new site", "used site"])


@RECORDS
@pytest.mark.parametrize("kind", [*WITHOUT_LOGIN, "the site itself"])
@pytest.mark.parametrize("ask", list(ASKING.values()), ids=list(ASKING))
def test_without_the_hardware_id_nothing_changes(ask: Callable[[Partner], object], kind: str, record: Record) -> None:
    made = MSupply(record=record)
    made.without_login = WITHOUT_LOGIN.get(kind) or http(made.reply)
    with serving(made) as server:
        ask(primary_at(server.url()))
        assert b"uthorization" not in b"".join(server.heard)
        assert made.record == record
        assert made.lets_its_engine_in(server.port)


@RECORDS
@pytest.mark.parametrize("written", [str, lambda number: number.replace("-", ""), str.upper], ids=["as", "hex", "caps"])
def test_our_own_installations_number_is_never_sent(written: Callable[[str], str], record: Record) -> None:
    made = MSupply(record=record)
    with serving(made) as server:
        entered = primary_at(server.url(), hardware_id=written(str(uuid.UUID(US.installation))))
        assert only_failure(climb(entered)) is Failure.OWN_HARDWARE_ID
        assert refusal(lambda: request(entered)).failure is Failure.OWN_HARDWARE_ID
        assert made.record == record
        assert made.lets_its_engine_in(server.port)


@RECORDS
@pytest.mark.parametrize("kind", list(WITHOUT_LOGIN))
def test_with_the_engines_own_hardware_id_the_engine_still_gets_in(kind: str, record: Record) -> None:
    made = MSupply(record=record, without_login=WITHOUT_LOGIN[kind])
    with serving(made) as server:
        entered = primary_at(server.url(), hardware_id=ENGINES_ID)
        assert not failures(climb(entered))
        request(entered)
        assert made.record.logins == record.logins + 2
        assert (made.record.hardware_id, made.record.app_name) == (ENGINES_ID, "Sync Panel")
        assert made.lets_its_engine_in(server.port)


def test_a_look_up_sends_no_login_with_the_hardware_id_either() -> None:
    made = MSupply(record=USED)
    with serving(made) as server:
        assert not failures(look_up(primary_at(server.url(), hardware_id=ENGINES_ID)))
        assert made.record == USED


def test_a_used_site_refuses_another_hardware_id_and_keeps_its_own() -> None:
    made = MSupply(record=USED)
    with serving(made) as server:
        entered = primary_at(server.url(), hardware_id=ANOTHER_ID)
        assert only_failure(climb(entered)) is Failure.MSUPPLY_OTHER_HARDWARE
        assert refusal(lambda: request(entered)).failure is Failure.MSUPPLY_OTHER_HARDWARE
        assert made.record == USED


def test_the_stand_in_ties_its_site_as_the_real_one_does() -> None:
    made = MSupply()
    with serving(made) as server:
        assert not failures(climb(primary_at(server.url(), hardware_id=ANOTHER_ID)))
        assert not made.lets_its_engine_in(server.port)
        assert replace(made.record, app_version="") == Record(ANOTHER_ID, "Sync Panel", "", 1)
