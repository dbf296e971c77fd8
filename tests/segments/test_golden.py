"""The SQL of a dozen segments, word for word, so that a change of SQLGlot or compiler is seen.

To renew it: `GOLDEN=write python -m pytest tests/segments/test_golden.py -n 0`.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from core.segments.compiler import Compiler
from tests.segments.datasets import Dataset, all_of

FOLDER = Path(__file__).parent / "golden"
ORDERS: dict[str, Any] = {"table": "orders", "measure": "count", "op": "at_least", "value": 2}
SPAN = {"count": 60, "unit": "days"}
WEB = {"match": "all", "conditions": [{"field": "channel", "op": "is", "value": "web"}]}
SEGMENTS: dict[str, dict[str, Any]] = {
    "everybody": {},
    "text": all_of(
        {"field": "city", "op": "is_not", "value": "Paris", "ignore_case": True},
        {"field": "email", "op": "contains", "value": "%_"},
    ),
    "number_list": all_of({"field": "points", "op": "is_any_of", "value": list(range(20))}),
    "percent": all_of({"field": "points", "op": "in_top_percent", "value": 10}),
    "anniversary": all_of({"field": "birthday", "op": "anniversary_in_period", "value": "today"}),
    "timestamp": all_of(
        {"field": "signed_up", "op": "in_last", "value": SPAN},
        {"field": "signed_up", "op": "weekday_is", "value": [1]},
    ),
    "count": all_of({**ORDERS, "when": {"op": "in_last", "value": SPAN}, "where": WEB}),
    "average": all_of({**ORDERS, "measure": "average", "of": "amount"}),
    "share": all_of({**ORDERS, "measure": "share", "that": WEB}),
    "far": all_of({**ORDERS, "table": "products"}),
    "pick": all_of({**ORDERS, "pick": {"last": 1}, "that": WEB}),
    "followed_by": all_of(
        {**ORDERS, "followed_by": {"op": "did_not", "table": "visits", "within": SPAN}}
    ),
    "most_frequent": all_of(
        {**ORDERS, "measure": "most_frequent", "of": "channel", "op": "is", "value": "web"}
    ),
    "limit": {"limit": {"percent": 10, "salt": "s"}},
    "named": all_of({"segment": "oldest_ten", "op": "not_in"}),
}


@pytest.mark.parametrize("name", SEGMENTS)
def test_the_sql_is_the_golden_one(name: str, shop: Dataset) -> None:
    segment = shop.check(SEGMENTS[name])
    sql = Compiler(shop.catalogue, "shop", shop.today).members(segment).sql
    written = sqlglot.parse_one(sql, dialect="duckdb").sql("duckdb", pretty=True) + "\n"
    golden = FOLDER / f"{name}.sql"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(written, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == written


def test_there_is_no_golden_file_too_many() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(SEGMENTS)
