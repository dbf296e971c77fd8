"""What a staged column becomes."""

from dataclasses import dataclass

from core.data import cells
from core.data.catalogue import FieldType
from core.data.sources._base import StagedColumn


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column's type and the SQL of its values over the staging table."""

    name: str
    value: str
    type: FieldType
    sql_type: str


def text_plan(column: StagedColumn) -> ColumnPlan:
    """Return the plan that keeps a column as text."""
    text = cells.text_of(column.raw, column.sql_type)
    return ColumnPlan(column.name, cells.text_value(text), FieldType.TEXT, "VARCHAR")
