"""The operators of the format, a family a file, found by file name."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from core.data.catalogue import FieldType
from core.segments.operators._base import Operator as Operator


@cache
def all_operators() -> tuple[Operator, ...]:
    """Return every operator of every family, in the order of the families' files."""
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    families = [import_module(f"{__name__}.{name}") for name in names]
    return tuple(operator for family in families for operator in family.OPERATORS)


@cache
def operators_for(type_: FieldType) -> dict[str, Operator]:
    """Return the operators of a type by their key."""
    found: dict[str, Operator] = {}
    for operator in all_operators():
        if type_ in operator.types:
            assert operator.key not in found, f"{operator.key} stands twice for {type_}"  # noqa: S101
            found[operator.key] = operator
    return found
