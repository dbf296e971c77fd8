"""Every example of every operator, on every engine."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product, zip_longest
from pathlib import Path
from typing import Any

import pytest

from core.data.catalogue import FieldType
from core.engines import engine_types
from core.segments.operators import operators_for
from core.segments.operators._base import Example, Operator
from core.segments.operators.dates import EXAMPLES_NOW, EXAMPLES_ZONE
from tests.segments.datasets import Dataset, all_of, opened

Entry = tuple[FieldType, Operator]
ENTRIES: list[Entry] = [(t, o) for t in FieldType for o in operators_for(t).values()]
IDS = [f"{type_}-{operator.key}" for type_, operator in ENTRIES]


Datasets = dict[tuple[FieldType, str], Dataset]


def write(folder: Path, type_: FieldType) -> Path:
    """Write people with a column an operator, whose cells are the operator's examples."""
    operators = list(operators_for(type_).values())
    columns = [[example.cell or "" for example in each.examples] for each in operators]
    rows = zip_longest(*columns, fillvalue="")
    with (folder / "people.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["id", *(each.key for each in operators)])
        writer.writerows([f"p{number}", *row] for number, row in enumerate(rows))
    types = "".join(f'{each.key} = "{type_}"\n' for each in operators)
    manifest = folder / "dataset.toml"
    manifest.write_text(
        f'time_zone = "{EXAMPLES_ZONE}"\npeople = "people"\n[tables.people]\n'
        f'file = "people.csv"\nkey = "id"\n[tables.people.types]\nid = "text"\n{types}'
    )
    return manifest


@pytest.fixture(scope="module")
def examples_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasets]:
    with ExitStack() as stack:
        found: Datasets = {}
        for type_, engine in product(FieldType, engine_types()):
            folder = tmp_path_factory.mktemp("examples")
            now = EXAMPLES_NOW.isoformat()
            world = opened(write(folder, type_), folder / "home", now, engine)
            found[type_, engine] = stack.enter_context(world)
        yield found


def groups(operator: Operator) -> Iterator[tuple[Any, list[Example]]]:
    """Yield the examples of one value after the other."""
    found: dict[str, list[Example]] = {}
    for example in operator.examples:
        found.setdefault(repr((example.value, example.ignore_case)), []).append(example)
    for examples in found.values():
        yield examples[0].value, examples


@pytest.mark.parametrize("engine", engine_types())
@pytest.mark.parametrize(("type_", "operator"), ENTRIES, ids=IDS)
def test_examples_match_as_they_say(
    type_: FieldType, operator: Operator, engine: str, examples_of: Datasets
) -> None:
    examples = operator.examples
    for value, group in groups(operator):
        if operator.people_only:
            assert group == list(examples), "ranks are over all cells: use one value"
        found = matching(examples_of[type_, engine], operator, value, group[0].ignore_case)
        for example in group:
            assert (f"p{examples.index(example)}" in found) == example.matches, example


def matching(dataset: Dataset, operator: Operator, value: Any, ignore_case: bool) -> list[str]:
    test = {"field": operator.key, "op": operator.key}
    test |= {"value": value} if operator.takes_value else {}
    test |= {"ignore_case": True} if ignore_case else {}
    return dataset.members(all_of(test))


@pytest.mark.parametrize(("type_", "operator"), ENTRIES, ids=IDS)
def test_an_operator_has_examples_of_both_answers(type_: FieldType, operator: Operator) -> None:
    answers = {example.matches for example in operator.examples}
    assert answers == {True, False} or operator.key in ("is_blank", "is_not_blank")
    assert operator.label and operator.sentence
