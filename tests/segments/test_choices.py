"""Whatever the builder offers is a condition that the format accepts."""

import pytest

from core.data.catalogue import FieldType
from core.segments.choices import (
    Choices,
    choices_on,
    field_condition,
    kept_test,
    measured_fields,
    measured_type,
    operators_at,
    related_condition,
)
from core.segments.tree import Measure
from tests.segments.datasets import Dataset, all_of

VALUES = {
    "text": "Paris",
    "text_part": "Par",
    "text_list": ["Paris"],
    "number": 1,
    "number_pair": [1, 2],
    "number_list": [1],
    "day": "2026-01-01",
    "day_pair": ["2026-01-01", "2026-01-02"],
}


@pytest.fixture(params=["shop", "mail"])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    found: Dataset = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def choices(dataset: Dataset) -> Choices:
    return choices_on(dataset.catalogue, dataset.catalogue.people)


def finished(node: dict[str, object], type_: FieldType) -> dict[str, object]:
    """Return the condition with a value where somebody would have to say one."""
    operator = operators_at(type_, on_people=True)[str(node["op"])]
    node = {key: value for key, value in node.items() if value is not None}
    if operator.takes_value and "value" not in node:
        node["value"] = VALUES[operator.shape.name]
    return node


def test_every_field_offered_starts_a_condition(dataset: Dataset, choices: Choices) -> None:
    for choice in choices.fields.values():
        node = finished(field_condition(choice, dataset.today.now), choice.type)
        dataset.check(all_of(node))


def test_every_operator_offered_can_follow_any_other(dataset: Dataset, choices: Choices) -> None:
    for choice in {each.type: each for each in choices.fields.values()}.values():
        node = field_condition(choice, dataset.today.now)
        for op in operators_at(choice.type, on_people=True):
            test = kept_test(node, choice.type, op, dataset.today.now)
            node = finished({**node, "value": None, **test}, choice.type)
            dataset.check(all_of(node))


def test_every_table_offered_can_be_measured(dataset: Dataset, choices: Choices) -> None:
    for choice in choices.tables.values():
        if choice.problem is None:
            dataset.check(all_of(related_condition(choice)))
    assert any(choice.problem is None for choice in choices.tables.values())


def test_every_measure_offered_is_accepted(dataset: Dataset, choices: Choices) -> None:
    now = dataset.today.now
    for table in [each for each in choices.tables.values() if each.problem is None]:
        inside = choices_on(dataset.catalogue, table.table)
        for measure in Measure:
            for of in {f.type: f for f in measured_fields(inside, measure)}.values():
                type_ = measured_type(measure, of)
                op = next(iter(operators_at(type_, on_people=True)))
                test = finished(kept_test({}, type_, op, now), type_)
                condition = {"table": table.name, "measure": measure, "of": of.name, **test}
                dataset.check(all_of(condition))


def test_a_value_becomes_a_list_of_one_and_back() -> None:
    node = {"op": "is", "value": "Paris"}
    after = kept_test(node, FieldType.TEXT, "is_any_of", None)
    assert after["value"] == ["Paris"]
    assert kept_test(after, FieldType.TEXT, "is", None)["value"] == "Paris"


def test_ignoring_case_stays_where_the_operator_knows_it() -> None:
    node = {"op": "is", "value": "Paris", "ignore_case": True}
    assert kept_test(node, FieldType.TEXT, "is_not", None)["ignore_case"]
    assert kept_test(node, FieldType.TEXT, "contains", None)["ignore_case"] is None
