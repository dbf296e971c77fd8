"""What one load may take, from the settings."""

from dataclasses import dataclass

from core.errors import DataTooLarge
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Units: rows and columns a table, bytes a cell, bytes a workbook unpacked, minutes."""

    rows: int
    columns: int
    cell_bytes: int
    unpacked_bytes: int
    minutes: float

    def check_columns(self, columns: int, where: str) -> None:
        """Raises: DataTooLarge."""
        if columns > self.columns:
            raise DataTooLarge(
                f"{where} has {columns:,} columns, and a table may have {self.columns:,}:"
                " leave some out, or set ROLLCALL_LOAD_MAX_COLUMNS higher"
            )

    def check_rows(self, rows: int, where: str) -> None:
        """Raises: DataTooLarge."""
        if rows > self.rows:
            raise DataTooLarge(
                f"{where} has more than {self.rows:,} rows, the most that a table may have:"
                " load fewer, or set ROLLCALL_LOAD_MAX_ROWS higher"
            )

    def cell_too_large(self, where: str) -> DataTooLarge:
        """Return the error of a cell over the limit."""
        return DataTooLarge(
            f"{where} is larger than {self.cell_bytes:,} bytes, the most that a cell may have:"
            " shorten it, or set ROLLCALL_LOAD_MAX_CELL_BYTES higher"
        )


def limits_of(settings: Settings) -> Limits:
    """Return the limits that the settings name."""
    return Limits(
        rows=settings.load_max_rows,
        columns=settings.load_max_columns,
        cell_bytes=settings.load_max_cell_bytes,
        unpacked_bytes=settings.upload_max_bytes,
        minutes=settings.load_max_minutes,
    )
