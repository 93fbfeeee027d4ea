"""`check` on the command line: every step against a server that really runs, its failures, and that nothing changes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.linked import A, B, Folder, Processes
from link.servers import serving
from link.stand_in import ENGINES_ID, REPLY, USED, MSupply
from panels import CANARY
from processes import Done, Server, app, refusal

STEPS = [
    *("Address found", "Connected", "http and https the right way round", "No certificate: plain HTTP"),
    *("Sync Panel answers", "Login accepted", "Sync ID, name and store as entered"),
    *("Lists this site, with the same values", "Clocks agree"),
]
NOT_LISTED_SO = "This site is not listed there with the same values"


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Return a satellite, which runs no server: the command needs none."""
    return Folder(tmp_path / "here").become(2, B)


@pytest.fixture
def there(tmp_path: Path) -> Folder:
    """Return a primary that lists the satellite."""
    return Folder(tmp_path / "there").become(1, A).lists(2, B, "https://clinic.example.org")


def check(here: Folder, *sync_ids: str) -> Done:
    done = app("check", *sync_ids, data=here.path)
    assert CANARY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def steps(done: Done) -> list[str]:
    """Return the titles of the steps that were passed."""
    return re.findall(r"^  ok      (.*)$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("named", [[], ["1"], ["1", "1"]])
def test_every_step_is_printed_when_all_is_right(
    here: Folder, there: Folder, processes: Processes, named: list[str]
) -> None:
    server = processes.start(there)
    done = check(here.lists(1, A, server.url), *named)
    assert (done.status, done.stderr) == (0, "")
    assert steps(done) == STEPS
    assert done.stdout.splitlines()[0] == f"1 {A}, {server.url}"
    assert "FAILED" not in done.stdout


def test_neither_database_differs_by_a_byte_afterwards(here: Folder, there: Folder, processes: Processes) -> None:
    here.lists(1, A, processes.start(there).url)
    before = here.bytes(), there.bytes()
    assert check(here).status == 0
    assert (here.bytes(), there.bytes()) == before


def another_password(here: Folder, _there: Folder, server: Server) -> str:
    here.become(2, B, password="another password")
    return server.url


def another_name(here: Folder, _there: Folder, server: Server) -> str:
    here.become(2, "Town Clinic")
    return server.url


def another_sync_id(here: Folder, _there: Folder, server: Server) -> str:
    here.become(3, B)
    return server.url


def a_stand_alone_server(_here: Folder, there: Folder, server: Server) -> str:
    with there.writing() as db:
        db.execute("DELETE FROM partner")
    there.become(None, A)
    return server.url


def a_renamed_server(_here: Folder, there: Folder, server: Server) -> str:
    there.become(1, "Regional Store")
    return server.url


def https_where_http_is(_here: Folder, _there: Folder, server: Server) -> str:
    return server.url.replace("http:", "https:")


def a_name_that_nobody_knows(_here: Folder, _there: Folder, _server: Server) -> str:
    return "http://no-such-server.invalid"


def metadata(_here: Folder, _there: Folder, _server: Server) -> str:
    return "http://169.254.169.254"


def a_stopped_server(_here: Folder, _there: Folder, server: Server) -> str:
    server.stop()
    return server.url


@pytest.mark.parametrize(
    ("mistake", "expected"),
    [
        (a_name_that_nobody_knows, (0, "Address not found", "Check its spelling")),
        (metadata, (0, "Address not found", "an address that no server to sync with can have")),
        (a_stopped_server, (1, "No connection", "nothing listens at port")),
        (https_where_http_is, (2, "http and https the wrong way round", "Turn HTTPS on there, or write http://.")),
        (a_stand_alone_server, (4, "No right answer", "Give it its Sync ID on its own page first.")),
        (another_password, (5, "No login", "Enter the same on both servers.")),
        (a_renamed_server, (8, "Another server than entered", "Name: “Regional Store” there")),
        (another_sync_id, (8, NOT_LISTED_SO, "Add it to the list")),
        (another_name, (8, NOT_LISTED_SO, "Name: “Rural Clinic” there, “Town Clinic” here.")),
    ],
)
def test_what_is_wrong_ends_with_1_and_its_remedy(
    here: Folder,
    there: Folder,
    processes: Processes,
    mistake: Callable[[Folder, Folder, Server], str],
    expected: tuple[int, str, str],
) -> None:
    passed, failed, remedy = expected
    done = check(here.lists(1, A, mistake(here, there, processes.start(there))))
    assert (done.status, done.stderr) == (1, f"Not everything is right with: 1 {A}.\n")
    assert len(steps(done)) == passed, done.stdout
    title, told = done.stdout[done.stdout.index("  FAILED  ") :].splitlines()[:2]
    assert title == f"  FAILED  {failed}"
    assert remedy in told


def test_plain_http_that_is_not_accepted_ends_at_the_login(here: Folder, there: Folder, processes: Processes) -> None:
    done = check(here.lists(1, A, processes.start(there).url, plain_http=False))
    assert done.status == 1
    assert len(steps(done)) == 5
    assert "FAILED  No login\n          The password is not sent over plain HTTP." in done.stdout


def test_of_several_the_wrong_ones_are_named(there: Folder, tmp_path: Path, processes: Processes) -> None:
    here = Folder(tmp_path / "primary").become(1, A)
    there = Folder(tmp_path / "satellite").become(2, B)
    server = processes.start(there.lists(1, A, "https://primary.example.org"))
    here.lists(2, B, server.url).lists(3, "Lae", f"http://localhost:{server.port}")
    both = check(here)
    assert (both.status, both.stderr) == (1, "Not everything is right with: 3 Lae.\n")
    assert steps(both)[:9] == STEPS
    assert check(here, "2").status == 0
    assert check(here, "3", "2").stdout.index("3 Lae") == 0, "in the order in which they were named"


def test_a_sync_id_that_is_not_listed_is_told_before_anything_is_asked(here: Folder) -> None:
    here.lists(1, A, "http://127.0.0.1:9")
    assert refusal("check", "1", "7", data=here.path) == (
        "No server with the Sync ID 7 is in the list. See it with: show"
    )


def test_an_empty_list_is_told(here: Folder) -> None:
    assert refusal("check", data=here.path) == "The list “Sync with” is empty: there is nothing to check."


def test_an_mSupply_server_gets_no_login_without_the_hardware_id(here: Folder) -> None:  # noqa: N802  # its name
    made = MSupply(record=USED)
    with serving(made) as server:
        done = check(here.lists(1, A, server.url()))
    assert done.status == 1
    assert steps(done)[-1] == "mSupply answers"
    assert "FAILED  Login not checked\n          No login was sent: mSupply ties the site" in done.stdout
    assert made.record == USED


def test_a_remark_of_an_mSupply_server_is_printed_and_is_no_failure(here: Folder) -> None:  # noqa: N802  # its name
    with serving(MSupply({**REPLY, "mSupplyCentralSiteId": 77}, record=USED)) as server:
        done = check(here.lists(1, A, server.url(), hardware_id=ENGINES_ID))
    assert (done.status, done.stderr) == (0, "")
    assert (
        "mSupply gives its central server the Sync ID 77\n          In this list it has the Sync ID 1," in done.stdout
    )


def test_a_primary_needs_no_way_to_its_satellites(there: Folder) -> None:
    done = check(there.lists(3, "Clinic", "http://127.0.0.1:1"), "3")
    assert (done.status, done.stderr) == (0, "")
    assert "  -       No connection" in done.stdout
    assert "This is no fault: a primary never calls its satellites" in done.stdout
    assert "FAILED" not in done.stdout


def test_a_primary_whose_satellite_is_entered_otherwise_is_told_so(
    here: Folder, there: Folder, processes: Processes
) -> None:
    server = processes.start(here.lists(1, A, "http://127.0.0.1:1").every(0))
    done = check(there.lists(3, B, server.url), "3")
    assert done.status == 1
    assert "FAILED" in done.stdout
    assert "has the Sync ID 2, not 3." in done.stdout
