"""Each gate fails when the protection that it is there for is taken away; test_power_loss.py does that for its own."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from faults.test_migrations_killed import bring, schema_of
from faults.test_permissions import Permissions
from faults.test_slow_clients import BODY, drip
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from panels import CHEAP, settings_for
from processes import CHECKOUT, READY, environment

from sync_panel.guard.access import Access
from sync_panel.set_up import set_up
from sync_panel.store.schema import migrations, statements
from sync_panel.web import guarding

QUIETLY = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # that it fails is enough; the shortest way there would take minutes
    suppress_health_check=list(HealthCheck),
)
# The server as it is, but with all the time in the world for a request.
PATIENT = """
from sync_panel import http11
http11.PATIENCE = http11.Patience(body=1e6)
from sync_panel.cli import main
main()
"""
# A migration as one would write it first: each statement for itself.
WITHOUT_A_TRANSACTION = """
def apply_step(connection, number, text):
    for statement in schema.statements(text):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {number}")
schema.apply_step = apply_step
"""


def test_the_model_of_permissions_finds_a_panel_that_lets_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "needed_by", lambda _view: Access.VIEWER)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(Permissions, settings=QUIETLY)


def test_the_killed_migrations_find_one_that_is_no_transaction(tmp_path: Path) -> None:
    number, text = migrations()[1]
    lasts = range(1, len(statements(text)))
    bring(tmp_path / "killed", number, *lasts, prelude=WITHOUT_A_TRANSACTION)
    bring(tmp_path / "before", number - 1, 10**6)
    before = schema_of(tmp_path / "before" / str(10**6))
    assert any(schema_of(tmp_path / "killed" / str(last))[1] != before[1] for last in lasts)


@pytest.mark.timeout(120)
def test_the_slow_clients_find_a_server_without_a_limit(tmp_path: Path) -> None:
    set_up(settings_for(tmp_path / "data"), CHEAP, lambda _first: None)
    with (
        subprocess.Popen(
            [sys.executable, "-c", PATIENT, "--listen", "127.0.0.1:0"],
            cwd=CHECKOUT,
            env=environment(tmp_path / "data", {}),
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        ExitStack() as opened,
    ):
        assert process.stdout
        greeting = next(line for line in process.stdout if line.startswith(READY))
        port = int(greeting.split("/")[2].rpartition(":")[2])
        clients = [opened.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(10)]
        for client in clients:
            client.sendall(BODY)
            client.setblocking(False)  # noqa: FBT003
        left = drip(clients, lambda: None, longest=18.0)
        process.kill()
    assert left == len(clients)
