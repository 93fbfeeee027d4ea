"""The hardware ID by which mSupply knows the machine of a site's engine, which no other login may come with."""

import re

from .problems import RefusedError

# What Open mSupply takes: /etc/machine-id, ANDROID_ID, or the UUID that Windows tells of the machine.
SHORTEST, LONGEST = 8, 100


def parse_hardware_id(typed: str) -> str | None:
    """Return the ID as it was typed, None for an empty field; mSupply compares it sign by sign, so its case stays."""
    hardware_id = typed.strip()
    if not hardware_id:
        return None
    if not re.fullmatch(r"[!-~]*", hardware_id) or not SHORTEST <= len(hardware_id) <= LONGEST:
        raise RefusedError(
            "This is no hardware ID. It has %(shortest)s to %(longest)s signs: letters, digits and dashes, no spaces, "
            "as in 0f3c9a52d1b84e7796c1a5e2408bd731.",
            shortest=SHORTEST,
            longest=LONGEST,
        )
    return hardware_id


def is_installation(hardware_id: str, installation: str) -> bool:
    """Tell whether this is our own installation's number, however it is written; panels once sent it to mSupply."""
    return hardware_id.replace("-", "").lower() == installation.replace("-", "").lower()
