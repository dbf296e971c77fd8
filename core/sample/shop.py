"""What a generated shop is like: how large, how busy, and over which days."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.errors import UsageError


class FileFormat(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Shop:
    """The same values give the same rows, whatever machine or number of threads.

    `until` is the last day on which anything happened, `days` how many the shop has been open.
    Order lines are written of orders in the last `line_days` only, None for all; visits are of
    the last `visit_days`. 0 visits a person leaves the table out, as `lines=False` does lines.
    """

    people: int = 25_000
    orders_per_person: float = 5.0
    until: date = date(2026, 1, 1)
    seed: int = 1
    days: int = 1_095
    lines: bool = True
    line_days: int | None = None
    visits_per_person: float = 4.0
    visit_days: int = 180
    format: FileFormat = FileFormat.PARQUET
    zone: str = "Europe/Paris"

    def __post_init__(self) -> None:
        if self.people < 1 or self.days < 1:
            raise UsageError(
                f"A shop has at least one person and one day, not {self.people:,} people and"
                f" {self.days:,} days"
            )
        if self.orders_per_person < 0 or self.visits_per_person < 0:
            raise UsageError("Orders and visits a person are 0 or more")

    @property
    def orders(self) -> int:
        return round(self.people * self.orders_per_person)

    @property
    def visits(self) -> int:
        return round(self.people * self.visits_per_person)

    @property
    def first_day(self) -> date:
        return self.until - timedelta(days=self.days - 1)
