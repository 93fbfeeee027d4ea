"""Who may do what: the table of roles, as one function."""

from enum import IntEnum


class Access(IntEnum):
    """What somebody has, or an action needs; each includes those before it."""

    ANYBODY = 0
    VIEWER = 1
    EDITOR = 2
    UNLOCKED = 3


class DeniedError(Exception):
    """The request needs more than the visitor has."""

    def __init__(self, needed: Access, held: Access) -> None:
        self.needed, self.held = needed, held
        super().__init__(f"needs {needed.name}, holds {held.name}")


def access_of(*, signed_in: bool, may_edit: bool, unlocked: bool) -> Access:
    """Return what a visitor has. An unlock without the permission to edit counts for nothing."""
    if not signed_in:
        return Access.ANYBODY
    if not may_edit:
        return Access.VIEWER
    return Access.UNLOCKED if unlocked else Access.EDITOR
