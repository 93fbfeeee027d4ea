"""The authorisation code that unlocks the protected preferences."""

import secrets
import unicodedata

from sync_panel.machine import Clock
from sync_panel.rules.problems import RefusedError
from sync_panel.rules.text import refuse_no_text
from sync_panel.store.database import Database
from sync_panel.store.users import is_place_of, load_authorisation

from .keys import Hasher
from .throttle import EVERYONE, OF_ALL, OF_ONE, Count, Throttle, place_of

# Crockford's base 32: no I, L, O or U, so that nothing is misread from a slip of paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")  # what a reader of Crockford's base 32 takes them for
GROUPS, GROUP_LENGTH = 3, 4  # 12 signs of 5 bits: 60 bits
SHORTEST_CHOSEN = 15
LONGEST = 200
LONGEST_TYPED = 1000  # what is typed beyond this is not looked at


def new_code() -> str:
    """Return a random code of 60 bits in groups of four."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)]
    return "-".join(groups)


def bare_code(typed: str) -> str:
    """Return the code as it is compared: without spaces, dashes and the difference of cases."""
    text = unicodedata.normalize("NFKC", typed)
    return "".join(char for char in text if unicodedata.category(char) not in {"Pd", "Zs", "Cc", "Cf"}).upper()


def readings(typed: str) -> list[str]:
    """Return what a typed code may mean, as it is compared: itself, and the generated code that it was misread from.

    Which there are depends on what was typed alone. Only one of them can be a generated code, so that a guesser gains
    nothing by it.
    """
    bare = bare_code(typed)
    read = bare.translate(MISREAD)
    is_misread = read != bare and len(read) == GROUPS * GROUP_LENGTH and set(read) <= set(ALPHABET)
    return [bare, read] if is_misread else [bare]


def check_chosen_code(typed: str) -> str:
    """Return a chosen code as it is compared. Raise RefusedError when it is too short or too long."""
    refuse_no_text(typed)
    bare = bare_code(typed)
    if not SHORTEST_CHOSEN <= len(bare) <= LONGEST:
        raise RefusedError(
            "An authorisation code needs %(shortest)s to %(longest)s characters, not counting spaces and dashes.",
            shortest=SHORTEST_CHOSEN,
            longest=LONGEST,
        )
    return bare


class WrongCodeError(Exception):
    """The code was not the one in force."""


class CodeCheck:
    """Compares what is typed with the code in force, and makes a guesser wait."""

    def __init__(self, database: Database, clock: Clock, hasher: Hasher) -> None:
        self._database, self._hasher = database, hasher
        self._throttle = Throttle("code", database, clock)

    def verify(self, typed: str, address: str, user_id: int) -> int:
        """Return the generation of the code that was typed. Raise WrongCodeError or TooManyError.

        Who tries is signed in, so that failures count for that user: no editor keeps another out.
        """
        place = place_of(address)
        counts = Count(f"{place} {user_id}", OF_ONE), Count(f"{EVERYONE} {user_id}", OF_ALL)
        admitted = self._throttle.admit(counts, place, lambda db: is_place_of(db, None, place))
        with self._database.reading() as db:
            in_force = load_authorisation(db)
        # Each reading is compared, whatever the first one was: the time tells nothing of the code in force.
        matches = tuple(self._hasher.matches(code, in_force.code_hash) for code in readings(typed[:LONGEST_TYPED]))
        if not any(matches):
            raise admitted.refusal or WrongCodeError
        self._throttle.succeeded(admitted)
        return in_force.generation

    def generation(self) -> int:
        with self._database.reading() as db:
            return load_authorisation(db).generation
