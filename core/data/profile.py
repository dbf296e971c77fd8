"""What stands in the columns of a snapshot: the values that stand there most often."""

from dataclasses import dataclass

from core.data.catalogue import Field, FieldType, Table
from core.data.instance import Instance, Snapshot, quote_name, translated


@dataclass(frozen=True, slots=True)
class TopValue:
    """A value as text, and in how many rows it stands."""

    value: str
    rows: int


def top_values(
    instance: Instance, snapshot: Snapshot, table: Table, field: Field, count: int
) -> tuple[TopValue, ...]:
    """Return the values that stand most often in a column, blanks aside.

    Raises: QueryFailed, Cancelled.
    """
    column = quote_name(field.column)
    shown = column if field.type is FieldType.TEXT else f"CAST({column} AS VARCHAR)"
    query = (
        f"SELECT {shown} AS v, count(*) AS n"  # noqa: S608
        f" FROM {snapshot.alias}.{quote_name(table.physical)} WHERE {column} IS NOT NULL"
        f" GROUP BY v HAVING trim(v) <> '' ORDER BY n DESC, v LIMIT {count:d}"
    )
    with instance.cursor() as cursor, translated():
        rows = cursor.execute(query).fetchall()
    return tuple(TopValue(value, number) for value, number in rows)
