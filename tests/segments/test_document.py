"""docs/segments.md says what the code takes."""

import json
import re

from core.segments.checking import MAX_CONDITIONS, MAX_DEPTH
from core.segments.leaves import MAX_LISTED
from core.segments.related import MAX_STEPS
from core.segments.tree import Measure
from core.segments.values import MAX_COUNT, MAX_LIST
from tests.segments.operator_table import DOCUMENT, rewritten

TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_table_of_operators_is_the_registry() -> None:
    assert rewritten(TEXT) == TEXT, "run: python -m tests.segments.operator_table --write"


def test_limits_and_measures_stand_in_the_document() -> None:
    for limit in (MAX_CONDITIONS, MAX_DEPTH, MAX_LIST, MAX_LISTED, MAX_COUNT, MAX_STEPS):
        assert re.search(rf"\b{limit:,}\b", TEXT), limit
    assert all(f"`{measure}`" in TEXT for measure in Measure)


def test_the_example_is_json() -> None:
    example = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert example and json.loads(example[1])["format"] == 1
