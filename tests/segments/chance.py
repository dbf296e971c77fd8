"""Nasty datasets and segments by chance, the same ones for the same seed."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.segments.oracle_data import Cell, OracleData, OracleLink, OracleTable, Row

NOW = "2026-03-29T12:34:56+00:00"
_NOW = datetime.fromisoformat(NOW)
_TEXTS = ("Paris", "PARIS", "paris ", "İzmir", "ΟΔΟΣ", "a_b", "100%", "it's", 'qu"o', "\\", "ß")
_TYPES = {
    "clients": {
        "id": "text",
        "city": "text",
        "name": "text",
        "n": "number",
        "d": "number",
        "vip": "boolean",
        "born": "date",
        "seen": "timestamp",
    },
    "cities": {"city": "text", "country": "text", "founded": "date"},
    "shops": {"shop": "text", "city": "text", "size": "number"},
    "sales": {
        "sale": "number",
        "client": "text",
        "gift_to": "text",
        "shop": "text",
        "at": "timestamp",
        "total": "number",
        "channel": "text",
        "due": "date",
    },
    "lines": {"line": "number", "sale": "number", "item": "text", "qty": "number"},
    "items": {"item": "text", "kind": "text", "price": "number", "sold": "boolean"},
    "visits": {"visit": "text", "client": "text", "day": "date", "page": "text"},
}
_LINKS = [
    OracleLink("clients", "city", "cities", "city", "home"),
    OracleLink("sales", "client", "clients", "id", "buyer"),
    OracleLink("sales", "gift_to", "clients", "id", "gift"),
    OracleLink("sales", "shop", "shops", "shop"),
    OracleLink("shops", "city", "cities", "city"),
    OracleLink("lines", "sale", "sales", "sale"),
    OracleLink("lines", "item", "items", "item"),
    OracleLink("visits", "client", "clients", "id"),
]
_KEYS = {"clients": "id", "cities": "city", "shops": "shop", "sales": "sale", "lines": "line"}
_KEYS |= {"items": "item", "visits": "visit"}
_TIMES = {"sales": "at", "visits": "day"}
_ROWS = {"clients": 25, "cities": 5, "shops": 6, "sales": 60, "lines": 90, "items": 8, "visits": 40}


def make_data(dice: random.Random, zone: str) -> OracleData:
    """Return a dataset full of blanks, ties, twins and edges of days."""
    keys: dict[str, list[Cell]] = {}
    for name, column in _KEYS.items():
        numbered = _TYPES[name][column] == "number"
        keys[name] = [Decimal(i) if numbered else f"{name[0]}{i}" for i in range(_ROWS[name])]
    tables = {}
    for name, types in _TYPES.items():
        towards = {link.field: link.to_table for link in _LINKS if link.table == name}
        rows: list[Row] = []
        for key in keys[name]:
            row = {column: _cell(dice, type_) for column, type_ in types.items()}
            for column, other in towards.items():
                row[column] = dice.choice([None, *keys[other], *keys[other]])
            row[_KEYS[name]] = key
            rows.append(row)
        tables[name] = OracleTable(name, types, rows, _KEYS[name], _TIMES.get(name))
    return OracleData(zone, "clients", tables, _LINKS)


def _cell(dice: random.Random, type_: str) -> Cell:
    if dice.random() < 0.2:
        return None
    if type_ == "text":
        return dice.choice(_TEXTS)
    if type_ == "number":
        return Decimal(dice.choice([0, 0, 1, 2, -3, 250, dice.randint(-99, 99)])) / 4
    if type_ == "boolean":
        return dice.random() < 0.5
    if type_ == "date":
        return _day(dice)
    return _instant(dice)


def _day(dice: random.Random) -> date:
    far = dice.choice([0, 1, 2, 7, 30, 31, 366, 9000])
    special = [date(2000, 2, 29), date(2024, 2, 29), date(2026, 3, 29), date(1999, 12, 31)]
    near = _NOW.date() + timedelta(days=dice.randint(-far, far))
    return dice.choice([*special, near, near, near])


def _instant(dice: random.Random) -> datetime:
    hours = dice.choice([0, 1, 2, 3, 21, 22, 23, 5, 6])
    edge = datetime.combine(_day(dice), datetime.min.time(), UTC) + timedelta(hours=hours)
    return dice.choice([edge, edge - timedelta(seconds=1), _NOW - timedelta(hours=hours), _NOW])


def write_data(data: OracleData, folder: Path) -> Path:
    """Write the dataset as CSV files and return the path of its manifest."""
    lines = [f'time_zone = "{data.zone}"', f'people = "{data.people}"']
    for table in data.tables.values():
        with (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, list(table.types), quoting=csv.QUOTE_ALL)
            writer.writeheader()
            for row in table.rows:
                writer.writerow({column: _written(cell) for column, cell in row.items()})
        lines += [f"[tables.{table.name}]", f'file = "{table.name}.csv"', f'key = "{table.key}"']
        lines += [f'time = "{table.time}"'] if table.time else []
        lines += [f"[tables.{table.name}.types]"]
        lines += [f'{column} = "{type_}"' for column, type_ in table.types.items()]
    for link in data.links:
        lines += ["[[links]]", f'from = "{link.table}.{link.field}"']
        lines += [f'to = "{link.to_table}.{link.to_field}"']
        lines += [f'name = "{link.name}"'] if link.name else []
    manifest = folder / "dataset.toml"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return manifest


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


class Chance:
    """Makes segments of one dataset; most are valid, some have no path or several."""

    def __init__(self, dice: random.Random, data: OracleData) -> None:
        self._dice = dice
        self._data = data

    def segment(self) -> dict[str, Any]:
        raw: dict[str, Any] = {"where": self.group("clients", 3, True)}
        if self._dice.random() < 0.3:
            raw["limit"] = self._limit()
        return raw

    def group(self, table: str, depth: int, people: bool) -> dict[str, Any]:
        count = self._dice.randint(1, 3)
        conditions = [self._node(table, depth, people) for _ in range(count)]
        return {"match": self._dice.choice(["all", "any", "none"]), "conditions": conditions}

    def _node(self, table: str, depth: int, people: bool) -> dict[str, Any]:
        choice = self._dice.random()
        if depth and choice < 0.15:
            return self.group(table, depth - 1, people)
        if depth and choice < (0.65 if people else 0.25):
            return self._related(table, depth - 1, people)
        name, type_ = self._field(table)
        return {"field": name, **self._test(type_, table, name, people)}

    def _field(self, table: str, wanted: tuple[str, ...] = ()) -> tuple[str, str]:
        found = [(name, type_) for name, type_ in self._data.tables[table].types.items()]
        for other, types in _TYPES.items():
            found += [(f"{other}.{name}", type_) for name, type_ in types.items()][:3]
        found += [("clients:buyer.name", "text"), ("clients:gift.n", "number")]
        possible = [each for each in found if not wanted or each[1] in wanted]
        own = [each for each in possible if "." not in each[0]]
        return self._dice.choice(own if own and self._dice.random() < 0.8 else possible)

    def _related(self, table: str, depth: int, people: bool) -> dict[str, Any]:
        dice = self._dice
        names = ["sales:buyer", "sales:gift", "clients:buyer", "cities:home", "sales", *_TYPES]
        name = dice.choice(names if not people else [*names, "sales:buyer", "sales:buyer"])
        end = name.partition(":")[0]
        node: dict[str, Any] = {"table": name}
        if dice.random() < 0.35 and end in ("lines", "items", "cities", "shops"):
            node["through"] = dice.choice([["sales:buyer"], ["sales:gift"], ["shops"], ["sales"]])
        if dice.random() < 0.3:
            node["when"] = self._dated("timestamp" if end in ("sales", "lines") else "date")
        if dice.random() < 0.4:
            node["where"] = self.group(end, depth, False)
        if people and dice.random() < 0.25:
            node["followed_by"] = self._step(depth)
        if people and dice.random() < 0.25:
            node["pick"] = {dice.choice(["first", "last"]): dice.randint(1, 3)}
        if dice.random() < 0.3:
            node["that"] = self.group(end, depth, False)
        return {**node, **self._measure(node, end, people)}

    def _measure(self, node: dict[str, Any], end: str, people: bool) -> dict[str, Any]:
        measures = ["count", "count", "count_distinct", "sum", "average", "minimum", "maximum"]
        measures += ["most_frequent"] + (["share"] if "that" in node else [])
        measure = self._dice.choice(measures)
        if measure in ("count", "share"):
            return {"measure": measure, **self._test("number", end, "", people)}
        wanted = {
            "sum": ("number",),
            "average": ("number",),
            "count_distinct": (),
            "most_frequent": ("text", "text", "number", "date"),
        }.get(measure, ("number", "date"))
        name, type_ = self._field(end, wanted)
        found = {"measure": measure, "of": name}
        if measure == "count_distinct" and type_ in ("date", "timestamp"):
            found["per"] = self._dice.choice(["day", "week", "month"])
        own = type_ if measure in ("minimum", "maximum", "most_frequent") else "number"
        return {**found, **self._test(own, end, name, people)}

    def _step(self, depth: int) -> dict[str, Any]:
        dice = self._dice
        end = dice.choice(["sales:buyer", "visits", "sales:gift"])
        step: dict[str, Any] = {"op": dice.choice(["did", "did_not"]), "table": end}
        if dice.random() < 0.6:
            unit = dice.choice(["hours", "days", "weeks"])
            step["within"] = {"count": dice.choice([0, 1, 24, 30, 300]), "unit": unit}
        if dice.random() < 0.4:
            step["where"] = self.group(end.partition(":")[0], min(depth, 1), False)
        if dice.random() < 0.25:
            step["followed_by"] = self._step(0)
        return step

    def _limit(self) -> dict[str, Any]:
        dice = self._dice
        limit: dict[str, Any] = dice.choice([{"count": 4}, {"percent": 33}, {"count": 100}])
        if dice.random() < 0.5:
            by, _ = self._field("clients")
            return {**limit, "by": by, "order": dice.choice(["highest", "lowest"])}
        return {**limit, "salt": dice.choice(["", "é", "x:y"])}

    def _test(self, type_: str, table: str, name: str, people: bool) -> dict[str, Any]:
        if self._dice.random() < 0.1:
            return {"op": self._dice.choice(["is_blank", "is_not_blank"])}
        if type_ == "text":
            return self._worded()
        if type_ == "number":
            return self._counted(people)
        if type_ == "boolean":
            return {"op": self._dice.choice(["is_true", "is_false", "is_not_true", "is_not_false"])}
        return self._dated(type_)

    def _worded(self) -> dict[str, Any]:
        dice = self._dice
        word = dice.choice([*_TEXTS, "c1", "i3", "s2"])
        exact = ["is", "is_not", "is_any_of", "is_none_of"]
        parts = ["contains", "does_not_contain", "starts_with", "does_not_start_with"]
        op = dice.choice([*exact, *parts, "ends_with", "does_not_end_with"])
        if op not in exact:
            return {"op": op, "value": word[: dice.randint(1, 3)]}
        listed = [word, *(f"v{i}" for i in range(dice.choice([0, 1, 20])))]
        value: Any = listed if op.endswith("of") else word
        return {"op": op, "value": value} | ({"ignore_case": True} if dice.random() < 0.4 else {})

    def _counted(self, people: bool) -> dict[str, Any]:
        dice = self._dice
        ops = ["equals", "does_not_equal", "greater_than", "at_least", "less_than", "at_most"]
        ops += ["between", "not_between", "is_any_of", "is_none_of"]
        op = dice.choice(ops + (["in_top_percent", "in_bottom_percent"] if people else []))
        numbers = [0, 1, 2, 3, -1, 62.5, 0.25, -0.75, 33.333333, 100, 1000000]
        if op.endswith("percent"):
            return {"op": op, "value": dice.choice([1, 10, 33.3, 50, 100])}
        if op.endswith("of"):
            return {
                "op": op,
                "value": [*dice.sample(numbers, 3), *range(50, dice.choice([51, 80]))],
            }
        pair = sorted(dice.choices(numbers, k=2))
        return {"op": op, "value": pair if op.endswith("between") else pair[0]}

    def _dated(self, type_: str) -> dict[str, Any]:
        dice = self._dice
        units = ["days", "weeks", "months", "years"] + (["hours"] if type_ == "timestamp" else [])
        span = {"count": dice.choice([0, 1, 2, 12, 30]), "unit": dice.choice(units)}
        days = sorted([_day(dice).isoformat(), _day(dice).isoformat()])
        periods = ["today", "yesterday", "tomorrow", "last_quarter", "next_year"]
        periods += [f"{a}_{b}" for a in ("this", "last", "next") for b in ("week", "month")]
        values: dict[str, Any] = dict.fromkeys(
            ["on", "before", "after", "on_or_before", "on_or_after"], days[0]
        )
        values |= dict.fromkeys(["in_last", "not_in_last", "more_than_ago", "in_next"], span)
        values |= dict.fromkeys(["in_period", "anniversary_in_period"], dice.choice(periods))
        values |= {key: {"count": dice.randint(0, 3)} for key in ["days_ago", "days_ahead"]}
        values["between"] = days
        values["between_ago"] = {"from": 12, "to": dice.randint(0, 12), "unit": units[0]}
        values["anniversary_in_next"] = {"count": dice.choice([0, 1, 40, 400]), "unit": "days"}
        values |= {"month_is": [2, 3], "weekday_is": [1, 7]}
        op = dice.choice(list(values))
        return {"op": op, "value": values[op]}
