"""Names that people give: among things of a kind that are in use each name stands once."""

from collections.abc import Iterable, Mapping

from core.errors import NameTaken


def holder_of(name: str, names: Mapping[str, str]) -> str | None:
    """Return the key in `names`, which are by key, of what is called so already.

    >>> holder_of(" vips ", {"vip": "VIPs"}), holder_of("VIP", {"vip": "VIPs"})
    ('vip', None)
    """
    wanted = _compared(name)
    return next((key for key, other in names.items() if _compared(other) == wanted), None)


def refuse_taken(kind: str, name: str, others: Iterable[tuple[str, str]]) -> None:
    """Refuse a name that one of `others`, by key and name, has already. Raises: NameTaken."""
    names = {key: other for key, other in others}
    holder = holder_of(name, names)
    if holder is not None:
        raise NameTaken(
            f"There is a {kind} “{names[holder]}” already: choose another name.",
            terminal_hint=f"{kind} '{holder}'",
        )


def _compared(name: str) -> str:
    return name.strip().casefold()
