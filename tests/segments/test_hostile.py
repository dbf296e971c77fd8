"""Names and values that want to be SQL, from the file to the members."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.segments.datasets import Dataset, all_of, opened

NAMES = [
    'qu"ote',
    "it's",
    "a.b",
    "a:b",
    "x; DROP TABLE people; --",
    "select",
    "😀",
    "Name",
    "name",
    "n" * 200,
    "back\\slash",
    "$p0",
    "?",
    "{x}",
    "p0",
    "with space",
]
VALUES = [*NAMES, "100%", "_", "'; --", '""', "\\'", "%s", "$1", "\u200d", "é", "e\u0301", "\\n"]
NOW = "2026-01-01T00:00:00+00:00"


def write(folder: Path, table: str, column: str) -> Path:
    with (folder / "people.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["id", column])
        writer.writerows([f"p{number:02}", value] for number, value in enumerate(VALUES))
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["row", f"to {column}", column])
        writer.writerows([f"r{number}", "p00", value] for number, value in enumerate(VALUES))
    quoted = json.dumps
    manifest = folder / "dataset.toml"
    manifest.write_text(
        f'time_zone = "UTC"\npeople = "people"\n[tables.people]\nfile = "people.csv"\n'
        f'key = "id"\n[tables.people.types]\n{quoted(column, ensure_ascii=False)} = "text"\n'
        f"[tables.{quoted(table, ensure_ascii=False)}]\n"
        f'file = "rows.csv"\n[[links]]\nname = {quoted(column, ensure_ascii=False)}\n'
        f"from = {quoted(f'{table}.to {column}', ensure_ascii=False)}\n"
        'to = "people.id"\n',
        encoding="utf-8",
    )
    return manifest


def ask(dataset: Dataset, field: str, op: str, value: Any) -> list[str]:
    return dataset.members(all_of({"field": field, "op": op, "value": value}))


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    with opened(write(tmp_path, f"t {name}", name), tmp_path / "home", NOW) as dataset:
        assert ask(dataset, name, "is", VALUES[3]) == ["p03"]
        related = {"table": f"t {name}", "measure": "count", "op": "equals"}
        where = {"match": "all", "conditions": [{"field": name, "op": "is", "value": name}]}
        wanted = VALUES.count(name)
        assert dataset.members(all_of({**related, "value": wanted, "where": where})) == ["p00"]
        through = {**related, "table": f"t {name}:{name}", "value": len(VALUES)}
        assert dataset.members(all_of(through)) == ["p00"]


def test_hostile_values_mean_themselves(tmp_path: Path) -> None:
    with opened(write(tmp_path, "rows", "cell"), tmp_path / "home", NOW) as dataset:
        for number, value in enumerate(VALUES):
            assert ask(dataset, "cell", "is", value) == [f"p{number:02}"]
            assert ask(dataset, "cell", "is_any_of", [value, *map(str, range(20))]) == [
                f"p{number:02}"
            ]
            found = [f"p{i:02}" for i, each in enumerate(VALUES) if value.lower() in each.lower()]
            assert ask(dataset, "cell", "contains", value) == found


def test_hostile_salts_and_segment_names_are_only_texts(tmp_path: Path) -> None:
    manifest = write(tmp_path, "rows", "cell")
    named = {name: all_of({"field": "id", "op": "is", "value": "p01"}) for name in NAMES}
    with opened(manifest, tmp_path / "home", NOW, named=named) as dataset:
        for name in NAMES:
            assert dataset.members(all_of({"segment": name, "op": "in"})) == ["p01"]
            assert len(dataset.members({"limit": {"count": 3, "salt": name}})) == 3
