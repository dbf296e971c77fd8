"""The engines against the second evaluator, on random segments over random nasty datasets."""

import json
import os
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from core.engines import engine_types
from core.errors import SegmentInvalid
from core.segments.describe import describe
from core.segments.reading import read_json
from tests.segments.chance import NOW, Chance, make_data, write_data
from tests.segments.datasets import Dataset, opened, without_values
from tests.segments.oracle import Oracle
from tests.segments.oracle_data import OracleData, Refused

MANY = 2000 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 120
ZONES = ("Europe/Paris", "America/Santiago")
World = tuple[Dataset, OracleData]


@pytest.fixture(
    scope="module", params=[(zone, engine) for zone in ZONES for engine in engine_types()]
)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    zone, engine = request.param
    folder: Path = tmp_path_factory.mktemp("world")
    data = make_data(random.Random(f"data of {zone}"), zone)
    with opened(write_data(data, folder), folder / "home", NOW, engine) as dataset:
        yield dataset, data


def as_written(raw: object) -> object:
    """Return the segment as it is read from a file, with exact decimals."""
    return read_json(json.dumps(raw))


def expected(data: OracleData, dataset: Dataset, raw: object) -> list[str] | None:
    """Return the oracle's members, None where a path is missing or there are several."""
    assert isinstance(raw, dict)
    try:
        return Oracle(data, dataset.today.now).members(raw)
    except Refused:
        return None


def test_the_engine_agrees_with_the_second_evaluator(world: World) -> None:
    dataset, data = world
    chance = Chance(random.Random(f"segments of {data.zone}"), data)
    told = 0
    for _ in range(MANY):
        raw = as_written(chance.segment())
        try:
            segment = dataset.check(raw)
        except SegmentInvalid:
            continue
        told += 1
        members = dataset.engine.members(segment, dataset.today)
        assert members == expected(data, dataset, raw), json.dumps(raw, default=str)
        assert dataset.engine.size(segment, dataset.today) == len(members)
        assert describe(segment, "clients", dataset.today)
    assert told > MANY / 5


def test_the_most_frequent_is_the_same_however_it_is_counted(world: World) -> None:
    dataset, data = world
    grouping = without_values(dataset)
    chance = Chance(random.Random(f"most frequent of {data.zone}"), data)
    told = 0
    for raw in (as_written(chance.segment()) for _ in range(20 * MANY)):
        if "most_frequent" not in str(raw):
            continue
        try:
            segment = dataset.check(raw)
        except SegmentInvalid:
            continue
        told += 1
        members = dataset.engine.members(segment, dataset.today)
        assert members == grouping.engine.members(segment, dataset.today), str(raw)
        assert dataset.engine.size(segment, dataset.today) == len(members)
    assert told > MANY / 5


def test_decimals_are_read_exactly() -> None:
    assert as_written({"value": 0.1}) == {"value": Decimal("0.1")}
