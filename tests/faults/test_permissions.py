"""The table of who may do what, as a model that a real panel is compared with, step by step, in any order.

SYNC_PANEL_FUZZ says how many sequences are tried.
"""

import os
import tempfile
from pathlib import Path

from fake_clock import FakeClock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from panels import ADMIN, ADMIN_PASSWORD, CHEAP, CODE, VIEWER, VIEWER_PASSWORD, TestPanel, settings_for
from visitor import PAGE, PARAMETERS, Visitor

from sync_panel.guard.code import bare_code
from sync_panel.store.users import set_code_hash

RUNS = int(os.environ.get("SYNC_PANEL_FUZZ", "40"))
UNLOCK, LONGEST, IDLE = 600, 7200, 43200  # seconds, as the settings have them
PEOPLE = {ADMIN: ADMIN_PASSWORD, VIEWER: VIEWER_PASSWORD}
ANY_TIME = st.integers(1, 9000) | st.sampled_from([UNLOCK - 1, UNLOCK, LONGEST - 1, LONGEST, IDLE - 1, IDLE + 1])


class Permissions(RuleBasedStateMachine):
    """One browser at one panel. The model: who is signed in, and on the monotonic clock until when it is unlocked."""

    @initialize()
    def set_up(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.on = TestPanel(settings_for(Path(self.folder.name) / "data"), self.clock, after=lambda answer: answer)
        self.visitor = Visitor(self.on)
        self.user: str | None = None
        self.seen = self.clock.monotonic
        self.unlocked_until = self.began = 0.0
        self.wrong_codes = 0
        self.code = CODE
        self.minutes, self.saved = 15, 0
        self.asked()

    def teardown(self) -> None:
        if hasattr(self, "on"):
            self.on.panel.database.close()
            self.folder.cleanup()

    def asked(self) -> None:
        """Count a request: somebody who was idle for too long is signed out by it."""
        if self.clock.monotonic - self.seen > IDLE:
            self.user, self.unlocked_until = None, 0.0
        self.seen = self.clock.monotonic

    @property
    def may_edit(self) -> bool:
        return self.user == ADMIN

    @property
    def is_unlocked(self) -> bool:
        return self.may_edit and self.clock.monotonic < self.unlocked_until

    def refused(self) -> int:
        return 401 if self.user is None else 403

    def protect(self) -> None:
        """Count a protected action: the unlock lasts its full time from here, up to its longest."""
        self.unlocked_until = min(self.clock.monotonic + UNLOCK, self.began + LONGEST)

    @rule(name=st.sampled_from(sorted(PEOPLE)))
    def sign_in(self, name: str) -> None:
        self.asked()
        assert self.visitor.try_password(PEOPLE[name], name).status_code == 303
        self.user, self.unlocked_until = name, 0.0

    @rule()
    def sign_out(self) -> None:
        self.asked()
        assert self.visitor.post("/sign-out").status_code == 303
        self.user, self.unlocked_until = None, 0.0

    @rule()
    def unlock(self) -> None:
        self.asked()
        status = self.visitor.unlock(self.code).status_code
        assert status == (303 if self.may_edit else self.refused())
        if self.may_edit:
            self.began, self.wrong_codes = self.clock.monotonic, 0
            self.protect()

    @precondition(lambda self: self.wrong_codes < 3)
    @rule()
    def try_a_wrong_code(self) -> None:
        self.asked()
        status = self.visitor.unlock("NOT-THE-CODE-AT-ALL").status_code
        assert status == (422 if self.may_edit else self.refused())
        self.wrong_codes += self.may_edit

    @rule()
    def lock(self) -> None:
        self.asked()
        assert self.visitor.post(f"{PAGE}/lock").status_code == (303 if self.may_edit else self.refused())
        if self.may_edit:
            self.unlocked_until = 0.0

    @rule()
    def keep_unlocked(self) -> None:
        self.asked()
        status = self.visitor.post(f"{PAGE}/keep-unlocked").status_code
        assert status == (303 if self.is_unlocked else self.refused())
        if self.is_unlocked:
            self.protect()

    @rule(minutes=st.integers(0, 10080))
    def save_interval(self, minutes: int) -> None:
        self.asked()
        fields = {"minutes": minutes, "version": self.version("interval")}
        status = self.visitor.post(f"{PAGE}/interval", fields).status_code
        assert status == (303 if self.may_edit else self.refused())
        self.minutes = minutes if self.may_edit else self.minutes

    @rule()
    def save_parameters(self) -> None:
        self.asked()
        fields = PARAMETERS | {"name": f"Name {self.saved + 1}", "version": str(self.version("site"))}
        status = self.visitor.post(f"{PAGE}/parameters", fields).status_code
        assert status == (303 if self.is_unlocked else self.refused())
        if self.is_unlocked:
            self.saved += 1
            self.protect()

    @rule()
    def set_another_code(self) -> None:
        self.code = f"ANOTHER-CODE-OF-{len(self.code):04}-{self.code[-4:]}"
        with self.on.panel.database.writing() as db:
            set_code_hash(db, CHEAP.hash(bare_code(self.code)))
        self.unlocked_until = 0.0

    @rule(seconds=ANY_TIME)
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_time(seconds)

    @rule(seconds=st.integers(-(10**9), 10**9))
    def let_the_calendar_jump(self, seconds: int) -> None:
        self.clock.jump(seconds)

    @rule()
    def restart(self) -> None:
        self.on.restart()
        self.unlocked_until = 0.0
        self.seen = self.clock.monotonic

    def version(self, table: str) -> int:
        with self.on.panel.database.reading() as db:
            return int(db.execute(f"SELECT version FROM {table}").fetchone()[0])

    @invariant()
    def nothing_was_changed_without_permission(self) -> None:
        with self.on.panel.database.reading() as db:
            (minutes,) = db.execute("SELECT minutes FROM interval").fetchone()
            (name,) = db.execute("SELECT name FROM site").fetchone()
        assert (minutes, name) == (self.minutes, f"Name {self.saved}" if self.saved else None)


Permissions.TestCase.settings = settings(
    max_examples=RUNS, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPermissions = Permissions.TestCase
