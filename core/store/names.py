"""Names that people give: among things of a kind that are in use each name stands once."""

from collections.abc import Collection, Iterable, Mapping

from core.errors import NameTaken
from core.names import clean_name, comparable

MAX_NAME_CHARACTERS = 255


def holder_of(name: str, names: Mapping[str, str]) -> str | None:
    """Return the key in `names`, which are by key, of what is called so already, if it is a name.

    >>> holder_of(" vips ", {"vip": "VIPs"}), holder_of("VIP", {"vip": "VIPs"})
    ('vip', None)
    """
    wanted = comparable(name)
    holders = (key for key, other in names.items() if comparable(other) == wanted)
    return next(holders, None) if wanted else None


def new_name(given: str, saved: str) -> str:
    """Return the name to save: as it is written where it is another than the `saved` one.

    A name from before names were cleaned stays until somebody gives another.
    """
    return given if given == saved else clean_name(given)


def taken_sentence(kind: str, name: str) -> str:
    """Return that something of the kind is called so already."""
    return f"There is a {kind} “{name}” already: choose another name."


def copy_name(name: str, taken: Collection[str]) -> str:
    """Return a name for a copy that nothing has yet.

    >>> copy_name("VIPs", {"VIPs"}), copy_name("VIPs", {"VIPs", "vips (copy)"})
    ('VIPs (copy)', 'VIPs (copy 2)')
    """
    compared = {comparable(each) for each in taken}
    number, mark = 1, " (copy)"
    while comparable(free := name[: MAX_NAME_CHARACTERS - len(mark)] + mark) in compared:
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
