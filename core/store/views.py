"""How rows leave the store: as frozen views, and as sentences where there is none."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from core.errors import UnknownName

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    View = TypeVar("View", bound=DataclassInstance)

_SHOWN = 100
JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


def view_of(view: "type[View]", row: object, more: Mapping[str, object] | None = None) -> "View":
    """Return the values of a row or a wider view, those in `more` first, as a view."""
    given = more or {}
    return view(
        **{
            field.name: given[field.name] if field.name in given else getattr(row, field.name)
            for field in fields(view)
        }
    )


def unknown_name(kind: str, key: str, known: Iterable[str]) -> UnknownName:
    """Return the error for a key that nothing has, with what was probably meant.

    >>> unknown_name("segment", "vipp", ["vip", "lapsed"])
    UnknownName("There is no segment 'vipp'. Did you mean 'vip'?")
    >>> unknown_name("segment", "x", [])
    UnknownName("There is no segment 'x', nor any other.")
    """
    names = sorted(known)
    close = get_close_matches(key, names, n=1)
    if close:
        hint = f". Did you mean '{close[0]}'?"
    elif names:
        hint = f". There is: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}."
    else:
        hint = ", nor any other."
    return UnknownName(
        f"There is no {kind} '{key}'{hint}",
        told=f"There is no {kind} “{key[:_SHOWN]}”: the address may be cut or old.",
    )
