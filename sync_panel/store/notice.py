"""What is told of a recovery, on the page until somebody has taken note of it, and in the log."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync_panel.rules.problems import Sentence, say

from .in_force import NONE
from .own_requests import moment

RECOVERY, RESTORE = "recovery", "restore"  # as a change that later copies are from after
# What was changed, in words; the names are those of the tables.
CHANGED = {
    "site": say("the parameters"),
    "interval": say("the interval"),
    "partner": say("the list of servers"),
    "user": say("the users"),
    "authorisation": say("the authorisation code"),
    "contact": say("the choice between two servers"),
    RECOVERY: say("everything, by a recovery"),
    RESTORE: say("everything, by “restore”"),
}


@dataclass(frozen=True)
class Recovery:
    """When a database was replaced, of when the copy was, which change it was made after, and what it may lack.

    `aside` is the folder that holds the damaged one; `missing` counts changes, None when nobody can say; `locked_out`
    are users whose password does not hold, `code_holds` tells the same of the code.
    """

    at: datetime
    copy_of: datetime
    aside: str
    after: tuple[str, ...] = ()
    missing: int | None = None
    missing_at: datetime | None = None
    missing_what: tuple[str, ...] = ()
    locked_out: tuple[str, ...] = ()
    code_holds: bool = True

    def sentences(self, time: Callable[[datetime], object]) -> list[Sentence]:
        """Return what people must know of it; `time` writes a time."""
        told = [
            self._told_of_the_copy(time),
            self._told_of_what_is_missing(time),
            say("Users, passwords and the authorisation code that were removed or replaced stay so."),
        ]
        if self.locked_out:
            names = ", ".join(self.locked_out)
            told.append(
                say(
                    "It is not certain which password holds for %(users)s, so none does: "
                    "set a new one with “user password”, or remove the user.",
                    users=names,
                )
            )
        if not self.code_holds:
            told.append(say("It is not certain which authorisation code holds, so none does: set one with “set-code”."))
        told.append(say("Look through all values. The old files are kept in the folder %(aside)s.", aside=self.aside))
        return told

    def _told_of_the_copy(self, time: Callable[[datetime], object]) -> Sentence:
        values = {"time": time(self.at), "copy": time(self.copy_of), "what": named(self.after)}
        if not self.after:
            return say("The database was damaged. On %(time)s a copy of %(copy)s took its place.", **values)
        return say(
            "The database was damaged. On %(time)s its copy took its place. The last change in that is of %(what)s, "
            "made on %(copy)s.",
            **values,
        )

    def _told_of_what_is_missing(self, time: Callable[[datetime], object]) -> Sentence:
        if self.missing is None:
            return say("What was changed after that copy is lost.")
        if not self.missing or self.missing_at is None:
            return say("No later change is missing; only what was noted of requests since then may be.")
        values = {"count": self.missing, "time": time(self.missing_at), "what": named(self.missing_what)}
        if self.missing == 1:
            return say("One change is missing, of %(what)s on %(time)s, unless it was never completed.", **values)
        return say("%(count)s later changes are missing, the last of %(what)s on %(time)s.", **values)


def named(tables: tuple[str, ...]) -> str:
    return ", ".join(str(CHANGED.get(table, table)) for table in tables)


def note_recovery(db: sqlite3.Connection, recovery: Recovery) -> None:
    db.execute(
        "INSERT INTO recovery (id, at, copy_of, aside, after, missing, missing_at, missing_what)"
        " VALUES (1, :at, :copy_of, :aside, :after, :missing, :missing_at, :missing_what)",
        {
            **vars(recovery),
            "at": recovery.at.isoformat(),
            "copy_of": recovery.copy_of.isoformat(),
            "after": " ".join(recovery.after),
            "missing_at": recovery.missing_at and recovery.missing_at.isoformat(),
            "missing_what": " ".join(recovery.missing_what),
        },
    )


def load_recovery(db: sqlite3.Connection) -> Recovery | None:
    row = db.execute("SELECT * FROM recovery").fetchone()
    if row is None or (at := moment(row["at"])) is None or (copy_of := moment(row["copy_of"])) is None:
        return None
    locked_out = db.execute("SELECT name FROM user WHERE password_hash = ? ORDER BY name", (NONE,)).fetchall()
    no_code = db.execute("SELECT 1 FROM authorisation WHERE code_hash = ?", (NONE,)).fetchone()
    return Recovery(
        at,
        copy_of,
        row["aside"],
        tuple(row["after"].split()),
        row["missing"],
        moment(row["missing_at"]),
        tuple(row["missing_what"].split()),
        locked_out=tuple(name for (name,) in locked_out),
        code_holds=no_code is None,
    )


def dismiss_recovery(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM recovery")
