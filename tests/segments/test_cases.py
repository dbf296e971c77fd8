"""Every case of the format, on every engine."""

import csv
import re
from functools import cache

import pytest

from core.engines import engine_types
from core.errors import SegmentInvalid
from core.segments.checking import check_segment
from tests.segments.case_files import CASES, INVALID, VALID, Case
from tests.segments.conftest import Datasets
from tests.segments.datasets import CASES as CASES_FOLDER

ENGINES = tuple(engine_types())
every_engine = pytest.mark.parametrize("engine", ENGINES)
valid = pytest.mark.parametrize("case", VALID, ids=[case.id for case in VALID])


@cache
def keys_of(file: str) -> list[str]:
    people = {"shop": "customers.csv", "mail": "contacts.csv"}[file]
    with (CASES_FOLDER / file / people).open(newline="") as lines:
        return sorted(next(iter(row.values())) for row in csv.DictReader(lines))


def test_all_cases_of_the_contract_are_here() -> None:
    assert (len(CASES), len(VALID), len(INVALID)) == (504, 403, 101)


@every_engine
@valid
def test_members_are_those_of_the_case(case: Case, engine: str, datasets: Datasets) -> None:
    dataset = datasets[case.file, engine]
    today = dataset.at(case.now)
    assert tuple(dataset.members(case.segment, today)) == case.members


@every_engine
@valid
def test_size_and_sizes_agree_with_members(case: Case, engine: str, datasets: Datasets) -> None:
    dataset = datasets[case.file, engine]
    today = dataset.at(case.now)
    segment = dataset.check(case.segment, today)
    sizes = dataset.engine.sizes(segment, today)
    assert dataset.engine.size(segment, today) == len(case.members or ())
    assert sizes["where" if segment.limit is None else "limit"] == len(case.members or ())


@every_engine
@valid
def test_explain_agrees_with_members(case: Case, engine: str, datasets: Datasets) -> None:
    dataset = datasets[case.file, engine]
    today = dataset.at(case.now)
    segment = dataset.check(case.segment, today)
    members = case.members or ()
    strangers = [key for key in keys_of(case.file) if key not in members]
    chosen = [*members[:1], *strangers[:1]]
    said = {key: dataset.engine.explain(segment, today, key)["member"].passes for key in chosen}
    assert said == {key: key in members for key in chosen}


@pytest.mark.parametrize("case", INVALID, ids=[case.id for case in INVALID])
def test_a_fault_is_said_with_its_place(case: Case, datasets: Datasets) -> None:
    dataset = datasets[case.file, ENGINES[0]]
    with pytest.raises(SegmentInvalid) as said:
        check_segment(case.segment, dataset.catalogue, dataset.at(case.now), dataset.named)
    assert said.value.place == case.error_at
    assert str(case.error_at) in str(said.value)
    assert re.search(r"where\.|conditions\[|\bkey\b|_", said.value.told) is None
