"""An mSupply server in the dialogs, the list and the schedule: no login without its engine's hardware ID."""

from collections.abc import Iterator

import pytest
from link.servers import Server, serving
from link.stand_in import ENGINES_ID, USED, MSupply, Record
from loopback_panel import closed_port, satellite
from panels import TestPanel
from unit.schedules import asks_after, scheduled, stands
from visitor import editor, unlocked_editor
from web.checking import AGREE, entered, steps, typed, way, words
from web.routes import LIST

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import all_partners
from sync_panel.store.site import load_installation

NOT_CHECKED, ENOUGH = "Login not checked", "What mSupply tells is right."
NOTED = "Only an mSupply server notes the login"
RECORDS = pytest.mark.parametrize("record", [Record(), USED], ids=["new site", "used site"])


@pytest.fixture
def made() -> MSupply:
    """Return an mSupply server whose site was used before."""
    return MSupply(record=USED)


@pytest.fixture
def there(on: TestPanel, made: MSupply) -> Iterator[Server]:
    """Return that server at work; the panel is its satellite and lists it, without a hardware ID."""
    with serving(made) as server:
        satellite(on, server.url())
        yield server
        assert made.record.hardware_id == ENGINES_ID
        assert made.lets_its_engine_in(server.port)


def listed(on: TestPanel) -> Partner:
    with on.panel.database.reading() as db:
        return all_partners(db)[0].partner


@pytest.mark.parametrize("path", [f"{LIST}/1/check", way("add", "check"), way("edit", "check")])
def test_a_check_stops_before_the_login_and_says_why(on: TestPanel, made: MSupply, there: Server, path: str) -> None:
    response = unlocked_editor(on).post(path, typed(there.url()), htmx=True)
    kind, said = steps(response)[-1]
    assert (kind, NOT_CHECKED in said) == ("failed", True)
    assert "enter the engine's own hardware ID" in said
    assert AGREE not in response.text
    assert made.record == USED


@pytest.mark.parametrize("dialog", ["add", "edit"])
def test_a_typed_hardware_id_counts_and_the_dialog_keeps_it(
    on: TestPanel, made: MSupply, there: Server, dialog: str
) -> None:
    sent = typed(there.url(), hardware_id=f" {ENGINES_ID}\n")
    response = unlocked_editor(on).post(way(dialog, "check"), sent)
    assert {kind for kind, _ in steps(response)} == {"passed"}
    assert ENOUGH in response.text
    assert AGREE not in response.text
    assert ENGINES_ID in entered(response)["hardware_id"]
    assert made.record.logins == USED.logins + 1


def test_a_moved_server_gets_no_login_before_it_is_saved(on: TestPanel, made: MSupply) -> None:
    satellite(on, closed_port(), hardware_id=ENGINES_ID)
    with serving(made) as server:
        sent = typed(server.url(), hardware_id=ENGINES_ID)
        response = unlocked_editor(on).post(way("edit", "check"), sent, htmx=True)
    assert "The password goes only to an address that was saved." in str(steps(response))
    assert made.record == USED


def test_a_saved_hardware_id_is_shown_used_and_may_be_taken_away(on: TestPanel, made: MSupply, there: Server) -> None:
    visitor = unlocked_editor(on)
    assert NOTED not in visitor.get(f"{LIST}/1/check").text
    visitor.post(f"{LIST}/1/edit", typed(there.url(), hardware_id=ENGINES_ID), htmx=True)
    assert listed(on).hardware_id == ENGINES_ID
    assert entered(visitor.get(f"{LIST}/1/edit"))["hardware_id"] == ENGINES_ID
    assert NOTED in words(visitor.get(f"{LIST}/1/check").text)
    assert ENOUGH in editor(on).post(f"{LIST}/1/check", htmx=True).text
    assert made.record.logins == USED.logins + 1
    visitor.post(f"{LIST}/1/edit", typed(there.url(), hardware_id="", version="2"), htmx=True)
    assert listed(on).hardware_id is None


@pytest.mark.parametrize("dialog", ["add", "edit"])
@pytest.mark.parametrize("typed_id", ["short", "with a space in it", "{ours}"])
def test_a_hardware_id_that_is_none_is_told_at_its_field(
    on: TestPanel, there: Server, dialog: str, typed_id: str
) -> None:
    with on.panel.database.reading() as db:
        sent = typed(there.url(), hardware_id=typed_id.format(ours=load_installation(db).number))
    sent |= {"sync_id": "1"} if dialog == "edit" else {}
    if dialog == "add":
        with on.panel.database.writing() as db:
            db.execute("DELETE FROM partner")
    before = on.kept()
    path = f"{LIST}/add" if dialog == "add" else f"{LIST}/1/edit"
    response = unlocked_editor(on).post(path, sent, htmx=True)
    assert response.status_code == 422
    assert 'id="partner-hardware_id-error"' in response.text
    assert '<details class="more" open>' in response.text
    assert on.kept() == before


@RECORDS
def test_the_schedule_sends_no_login_without_the_hardware_id(on: TestPanel, record: Record) -> None:
    made = MSupply(record=record)
    with serving(made) as server:
        satellite(on, server.url())
        with scheduled(on) as schedule:
            schedule.look()
            assert asks_after(on, schedule, 1), "and asks again"
        assert stands(on).failure == "HARDWARE_ID_NEEDED"
        assert made.record == record
        assert b"uthorization" not in b"".join(server.heard)
        assert made.lets_its_engine_in(server.port)


@RECORDS
def test_the_schedule_logs_in_with_the_hardware_id_and_the_engine_still_gets_in(on: TestPanel, record: Record) -> None:
    made = MSupply(record=record)
    with serving(made) as server:
        satellite(on, server.url(), hardware_id=ENGINES_ID)
        with scheduled(on) as schedule:
            schedule.look()
        assert (stands(on).failures, stands(on).succeeded_at) == (0, on.clock.now())
        assert made.record.hardware_id == ENGINES_ID
        assert made.lets_its_engine_in(server.port)
