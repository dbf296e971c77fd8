"""Names that people give: among things of a kind that are in use each name stands once."""

from collections.abc import Collection, Iterable, Mapping

from core.errors import NameTaken

MAX_NAME_CHARACTERS = 255


def holder_of(name: str, names: Mapping[str, str]) -> str | None:
    """Return the key in `names`, which are by key, of what is called so already.

    >>> holder_of(" vips ", {"vip": "VIPs"}), holder_of("VIP", {"vip": "VIPs"})
    ('vip', None)
    """
    wanted = _compared(name)
    return next((key for key, other in names.items() if _compared(other) == wanted), None)


def taken_sentence(kind: str, name: str) -> str:
    """Return that something of the kind is called so already."""
    return f"There is a {kind} “{name}” already: choose another name."


def copy_name(name: str, taken: Collection[str]) -> str:
    """Return a name for a copy that nothing has yet.

    >>> copy_name("VIPs", {"VIPs"}), copy_name("VIPs", {"VIPs", "vips (copy)"})
    ('VIPs (copy)', 'VIPs (copy 2)')
    """
    compared = {_compared(each) for each in taken}
    number, mark = 1, " (copy)"
    while _compared(free := name[: MAX_NAME_CHARACTERS - len(mark)] + mark) in compared:
        number += 1
        mark = f" (copy {number})"
    return free


def refuse_taken(kind: str, name: str, others: Iterable[tuple[str, str]]) -> None:
    """Refuse a name that one of `others`, by key and name, has already. Raises: NameTaken."""
    names = {key: other for key, other in others}
    holder = holder_of(name, names)
    if holder is not None:
        raise NameTaken(
            taken_sentence(kind, names[holder]),
            terminal_hint=f"{kind} '{holder}'",
        )


def _compared(name: str) -> str:
    return name.strip().casefold()
