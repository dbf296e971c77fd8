"""What a refresh changed: rows of each table, and fields that came, went or are read otherwise."""

from collections.abc import Iterator, Mapping

from core.data.catalogue import Catalogue, Table
from core.segments.naming import TYPE_WORDS
from core.ui.words import count, number_of, shortened

_NAMED = 5


def row_changes(before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[str]:
    """Yield how many rows each table has more or fewer than before, those alike left out.

    >>> list(row_changes({"a": 3, "b": 1, "c": 2}, {"a": 5, "b": 1, "d": 0}))
    ['a has 2 rows more (5, and had 3)', 'c is gone (it had 2 rows)', 'd is new (0 rows)']
    """
    for table in dict.fromkeys((*before, *now)):
        if table not in now:
            yield f"{table} is gone (it had {number_of(before[table], 'row')})"
        elif table not in before:
            yield f"{table} is new ({number_of(now[table], 'row')})"
        elif now[table] != before[table]:
            change = now[table] - before[table]
            more = "more" if change > 0 else "fewer"
            rows = number_of(abs(change), "row")
            yield f"{table} has {rows} {more} ({count(now[table])}, and had {count(before[table])})"


def field_changes(before: Catalogue, now: Catalogue) -> Iterator[str]:
    """Yield the fields that are new, gone or of another type, in tables that were there before."""
    for table in now.tables:
        if table.name in before.by_name:
            yield from _changed_fields(before.by_name[table.name], table)


def _changed_fields(before: Table, now: Table) -> Iterator[str]:
    added = [name for name in now.by_name if name not in before.by_name]
    gone = [name for name in before.by_name if name not in now.by_name]
    for what, names in (("new", added), ("gone", gone)):
        if names:
            yield f"{now.name}: {_named(names)} {'is' if len(names) == 1 else 'are'} {what}"
    for name, field in now.by_name.items():
        earlier = before.by_name.get(name)
        if earlier is not None and earlier.type is not field.type:
            yield (
                f"{now.name}: {shortened(name, 40)} is read as {TYPE_WORDS[field.type]} now, and"
                f" was {TYPE_WORDS[earlier.type]}"
            )


def _named(names: list[str]) -> str:
    shown = ", ".join(shortened(name, 40) for name in names[:_NAMED])
    return f"{shown} and {count(len(names) - _NAMED)} more" if len(names) > _NAMED else shown
