"""A second evaluator of segments: slow, plain, without SQL, by the text of the format alone.

It takes valid segments as JSON values; tests hold the engines against it.
"""

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from tests.segments.oracle_data import Cell, OracleData, Refused, Row, Way
from tests.segments.oracle_dates import first_instant, passes

_TWINS = {
    "is_not": "is",
    "is_none_of": "is_any_of",
    "does_not_contain": "contains",
    "does_not_start_with": "starts_with",
    "does_not_end_with": "ends_with",
    "does_not_equal": "equals",
    "not_between": "between",
    "not_in_last": "in_last",
    "is_not_true": "is_true",
    "is_not_false": "is_false",
    "is_not_blank": "is_blank",
}
_WITHIN = {"hours": 1, "days": 24, "weeks": 168}


def lower(text: str) -> str:
    """Return Unicode's simple lower case, a character for a character."""
    return "".join("i" if character == "İ" else character.lower() for character in text)


def rounded(number: Decimal) -> Decimal:
    with localcontext() as exact:
        exact.prec = 200
        return number.quantize(Decimal("0.000001"), ROUND_HALF_UP)


class Oracle:
    """Evaluates segments over one dataset at one moment."""

    def __init__(self, data: OracleData, now: datetime, named: dict[str, Any] | None = None):
        self.data = data
        self.now = now
        self._named = named or {}
        self._people = data.tables[data.people]
        self._chosen: dict[str, set[int]] = {}
        self._values: dict[int, list[Cell]] = {}

    def members(self, raw: dict[str, Any]) -> list[str]:
        return sorted(str(row[self._people.key or ""]) for row in self.rows(raw))

    def rows(self, raw: dict[str, Any]) -> list[Row]:
        people = self._people.rows
        where = raw.get("where")
        if where and where["conditions"]:
            people = [row for row in people if self.meets(where, self.data.people, row)]
        return self._limited(people, raw["limit"]) if "limit" in raw else people

    def meets(self, node: dict[str, Any], table: str, row: Row) -> bool:
        if "match" in node:
            return self._group(node, table, row)
        if "segment" in node:
            return (id(row) in self._members_of(node["segment"])) == (node["op"] == "in")
        if "field" in node:
            type_, value = self.value(table, row, node["field"])
        else:
            type_, value = self._measure(node, table, row)
        return self._test(node, type_, value, node, table)

    def value(self, table: str, row: Row, name: str) -> tuple[str, Cell]:
        way, end, column = self.data.field_way(table, name)
        return self.data.tables[end].types[column], self._cell(row, way, column)

    def _cell(self, row: Row, way: Way, column: str) -> Cell:
        reached = self.data.rows_over(row, way)
        return reached[0][column] if reached else None

    def _group(self, node: dict[str, Any], table: str, row: Row) -> bool:
        if not node["conditions"]:
            return True
        found = [self.meets(each, table, row) for each in node["conditions"]]
        if node["match"] == "all":
            return all(found)
        return any(found) == (node["match"] == "any")

    def _members_of(self, name: str) -> set[int]:
        if name not in self._chosen:
            self._chosen[name] = {id(row) for row in self.rows(self._named[name])}
        return self._chosen[name]

    def _test(
        self, test: dict[str, Any], type_: str, cell: Cell, over: dict[str, Any], table: str
    ) -> bool:
        op = test["op"]
        if op in _TWINS:
            return not self._positive(_TWINS[op], test, type_, cell, over)
        return self._positive(op, test, type_, cell, over)

    def _positive(
        self, op: str, test: dict[str, Any], type_: str, cell: Cell, over: dict[str, Any]
    ) -> bool:
        if op == "is_blank":
            return cell is None
        if cell is None:
            return False
        if op in ("is_true", "is_false"):
            return cell is (op == "is_true")
        value = test["value"]
        if type_ == "text":
            return _text(op, str(cell), value, test.get("ignore_case", False))
        if type_ == "number":
            if op in ("in_top_percent", "in_bottom_percent"):
                return self._ranked(cell, over, Decimal(value), op == "in_top_percent")
            return _number(op, cell, value)
        assert isinstance(cell, date)
        return passes(op, cell, value, self.now, self.data.zone)

    def _ranked(self, cell: Any, over: dict[str, Any], percent: Decimal, top: bool) -> bool:
        if id(over) not in self._values:
            self._values[id(over)] = [
                (
                    self.value(self.data.people, row, over["field"])
                    if "field" in over
                    else self._measure(over, self.data.people, row)
                )[1]
                for row in self._people.rows
            ]
        values: list[Any] = [each for each in self._values[id(over)] if each is not None]
        better = sum(each > cell if top else each < cell for each in values)
        allowed = (percent * len(values) / 100).to_integral_value(ROUND_CEILING)
        return better + 1 <= allowed

    def _time(self, table: str, row: Row) -> tuple[str, Cell]:
        found = self.data.time_way(table)
        if found is None:
            raise Refused("no time")
        way, end, column = found
        return self.data.tables[end].types[column], self._cell(row, way, column)

    def _moment(self, table: str, row: Row) -> datetime | None:
        _, cell = self._time(table, row)
        if isinstance(cell, datetime) or cell is None:
            return cell
        assert isinstance(cell, date)
        return first_instant(cell, self.data.zone)

    def _measure(self, node: dict[str, Any], table: str, row: Row) -> tuple[str, Cell]:
        way = self.data.join(table, node["table"], node.get("through"))
        end = way[-1].there[0]
        rows = self.data.rows_over(row, way)
        if "when" in node:
            rows = [r for r in rows if self._test(node["when"], *self._time(end, r), node, end)]
        if "where" in node:
            rows = [r for r in rows if self._group(node["where"], end, r)]
        if "followed_by" in node:
            rows = self._followed(rows, end, node["followed_by"], row)
        if "pick" in node:
            rows = self._picked(rows, end, node["pick"])
        left = [r for r in rows if self._group(node["that"], end, r)] if "that" in node else rows
        return self._measured(node, end, rows, left)

    def _followed(
        self, rows: list[Row], table: str, step: dict[str, Any], person: Row
    ) -> list[Row]:
        way = self.data.join(self.data.people, step["table"], step.get("through"))
        end = way[-1].there[0]
        later = self.data.rows_over(person, way)
        if "where" in step:
            later = [row for row in later if self._group(step["where"], end, row)]
        if "followed_by" in step:
            later = self._followed(later, end, step["followed_by"], person)
        moments = [at for at in (self._moment(end, row) for row in later) if at is not None]
        span = step.get("within")
        within = timedelta(hours=int(span["count"]) * _WITHIN[span["unit"]]) if span else None
        kept = []
        for row in rows:
            at = self._moment(table, row)
            if at is None:
                continue
            did = any(at < each and (within is None or each - at <= within) for each in moments)
            if did == (step["op"] == "did"):
                kept.append(row)
        return kept

    def _picked(self, rows: list[Row], table: str, pick: dict[str, Any]) -> list[Row]:
        key = self.data.tables[table].key or ""
        timed: list[Any] = [(self._moment(table, row), row[key], row) for row in rows]
        timed = sorted((each for each in timed if each[0] is not None), key=lambda each: each[:2])
        chosen = timed[: int(pick["first"])] if "first" in pick else timed[-int(pick["last"]) :]
        return [row for _, _, row in chosen]

    def _measured(
        self, node: dict[str, Any], table: str, rows: list[Row], left: list[Row]
    ) -> tuple[str, Cell]:
        measure = node["measure"]
        if measure == "count":
            return "number", Decimal(len(left))
        if measure == "share":
            return "number", rounded(Decimal(100 * len(left)) / len(rows)) if rows else None
        found = [self.value(table, row, node["of"]) for row in left]
        _, end, column = self.data.field_way(table, node["of"])
        type_ = self.data.tables[end].types[column]
        cells: list[Any] = [cell for _, cell in found if cell is not None]
        if measure == "count_distinct":
            return "number", Decimal(len({self._period(cell, node.get("per")) for cell in cells}))
        if measure == "sum":
            return "number", _total(cells)
        if not cells:
            return type_, None
        if measure == "average":
            return "number", _average(cells)
        if measure == "most_frequent":
            counts = Counter(cells)
            return type_, min(cell for cell in counts if counts[cell] == max(counts.values()))
        return type_, min(cells) if measure == "minimum" else max(cells)

    def _period(self, cell: Any, per: str | None) -> Any:
        if per is None:
            return cell
        if isinstance(cell, datetime):
            cell = cell.astimezone(ZoneInfo(self.data.zone)).date()
        if per == "week":
            return cell - timedelta(days=cell.weekday())
        return cell.replace(day=1) if per == "month" else cell

    def _limited(self, people: list[Row], limit: dict[str, Any]) -> list[Row]:
        if "count" in limit:
            most = int(limit["count"])
        else:
            share = Decimal(limit["percent"]) * len(people) / 100
            most = int(share.to_integral_value(ROUND_CEILING))
        return self._sorted(people, limit)[:most]

    def _sorted(self, people: list[Row], limit: dict[str, Any]) -> list[Row]:
        key = self._people.key or ""
        keyed: list[Any] = sorted(people, key=lambda row: row[key])  # type: ignore[arg-type,return-value]
        if "by" in limit:
            cells: dict[int, Any] = {
                id(row): self.value(self.data.people, row, limit["by"])[1] for row in keyed
            }
            filled = [row for row in keyed if cells[id(row)] is not None]
            filled.sort(key=lambda row: cells[id(row)], reverse=limit["order"] == "highest")
            return [*filled, *(row for row in keyed if cells[id(row)] is None)]

        def lot(row: Row) -> str:
            text = f"{limit.get('salt', '')}:{row[key]}"
            return hashlib.md5(text.encode()).hexdigest()  # noqa: S324

        return sorted(keyed, key=lot)


def _text(op: str, cell: str, value: Any, ignore_case: bool) -> bool:
    if op in ("is", "is_any_of"):
        wanted = [value] if op == "is" else value
        if ignore_case:
            return lower(cell) in [lower(each) for each in wanted]
        return cell in wanted
    cell, value = lower(cell), lower(value)
    found: bool = {
        "contains": value in cell,
        "starts_with": cell.startswith(value),
        "ends_with": cell.endswith(value),
    }[op]
    return found


def _number(op: str, cell: Any, value: Any) -> bool:
    def like(given: Any) -> Any:
        return float(given) if isinstance(cell, float) else Decimal(given)

    if op == "between":
        return bool(like(value[0]) <= cell <= like(value[1]))
    if op == "is_any_of":
        return cell in [like(each) for each in value]
    wanted = like(value)
    found: bool = {
        "equals": cell == wanted,
        "greater_than": cell > wanted,
        "at_least": cell >= wanted,
        "less_than": cell < wanted,
        "at_most": cell <= wanted,
    }[op]
    return found


def _total(cells: list[Any]) -> Decimal | float:
    if cells and isinstance(cells[0], float):
        return round(sum(cells), 6)
    with localcontext() as exact:
        exact.prec = 200
        return rounded(sum(cells, Decimal(0)))


def _average(cells: list[Any]) -> Decimal | float:
    if isinstance(cells[0], float):
        return float(round(sum(cells) / len(cells), 6))
    with localcontext() as exact:
        exact.prec = 200
        return rounded(sum(cells, Decimal(0)) / len(cells))
