"""What is used is not put away."""

from collections.abc import Sequence

from core.errors import UsageError

_NAMED = 5
_LONGEST_NAME = 80


def refuse_used(users: Sequence[str]) -> None:
    """Raise UsageError with the names of what uses it, where anything does."""
    if not users:
        return
    named = ", ".join(f"“{name[:_LONGEST_NAME]}”" for name in users[:_NAMED])
    more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
    if len(users) == 1:
        raise UsageError(
            f"It cannot be archived: {named} uses it. Archive that first, or let it use another."
        )
    raise UsageError(
        f"It cannot be archived: {named}{more} use it. Archive those first, or let them use "
        "another."
    )
