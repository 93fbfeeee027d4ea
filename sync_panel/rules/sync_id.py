"""The Sync ID: a site's number in the synchronised system, which also says what the site is."""

import re
from enum import StrEnum

from .problems import RefusedError
from .text import refuse_invisible, trim

PRIMARY_ID = 1
HIGHEST_SYNC_ID = 2147483647  # a signed 32-bit number


class Role(StrEnum):
    """What a site is, told by its Sync ID alone."""

    STAND_ALONE = "stand-alone"
    PRIMARY = "primary"
    SATELLITE = "satellite"


def role_of(sync_id: int | None) -> Role:
    """Return the role that a Sync ID gives; None is a site without one."""
    if sync_id is None:
        return Role.STAND_ALONE
    return Role.PRIMARY if sync_id == PRIMARY_ID else Role.SATELLITE


def parse_sync_id(typed: str) -> int:
    """Return a Sync ID, 1 to 2147483647. Raise RefusedError for anything else."""
    text = trim(typed)
    refuse_invisible(text)
    if not text:
        raise RefusedError("This is empty. Enter the Sync ID, a whole number from 1 to 2147483647.")
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise RefusedError(
            "“%(typed)s” is not a whole number. A Sync ID is one, from 1 to 2147483647.", typed=text[:40]
        )
    if not PRIMARY_ID <= (sync_id := int(text)) <= HIGHEST_SYNC_ID:
        raise RefusedError("%(sync_id)s is out of range. A Sync ID lies between 1 and 2147483647.", sync_id=sync_id)
    return sync_id
