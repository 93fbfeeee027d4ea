"""One process a data folder: the first one holds the lock until it ends, by whatever end."""

import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sync_panel.store.own_requests import OneProcess

HOLDS_IT = (
    "import sys; from pathlib import Path; from sync_panel.store.own_requests import OneProcess;"
    "lock = OneProcess(Path(sys.argv[1])); print(lock.is_this(), flush=True); input()"
)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDS_IT, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        with OneProcess(path) as lock:
            assert not lock.is_this()
            other.kill()
            other.wait()
            assert lock.is_this()


def test_what_this_process_starts_does_not_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with OneProcess(path) as lock:
        assert lock.is_this()
        left = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    with left, closing(left.stdin or sys.stdin), OneProcess(path) as another:
        assert another.is_this()
        left.kill()


def test_an_empty_private_file_is_all_that_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with OneProcess(path) as lock, OneProcess(path) as second:
        assert lock.is_this()
        assert not second.is_this()
        assert lock.is_this()
        (only,) = tmp_path.iterdir()
        assert (only, only.stat().st_size, stat.S_IMODE(only.stat().st_mode)) == (path, 0, 0o600)
