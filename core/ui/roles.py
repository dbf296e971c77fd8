"""What people at the browser may do."""

from enum import StrEnum


class Role(StrEnum):
    """Each may do what those before may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMIN = "admin"

    def includes(self, least: "Role") -> bool:
        """Return whether this role may do what `least` may.

        >>> Role.ADMIN.includes(Role.EDITOR)
        True
        """
        order = list(Role)
        return order.index(self) >= order.index(least)
