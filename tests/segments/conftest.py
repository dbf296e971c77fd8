"""The two contract datasets, loaded once a session on every engine."""

import random
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.segments.case_files import CASE_FILES
from tests.segments.datasets import CASES, Dataset, opened

Datasets = dict[tuple[str, str], Dataset]


class _Opened(Datasets):
    """Opens a dataset on an engine when it is first asked for."""

    def __init__(self, stack: ExitStack, factory: pytest.TempPathFactory) -> None:
        super().__init__()
        self._stack = stack
        self._factory = factory

    def __missing__(self, wanted: tuple[str, str]) -> Dataset:
        name, engine = wanted
        cases = CASE_FILES[name]
        self[wanted] = self._stack.enter_context(
            opened(
                CASES / name / "dataset.toml",
                self._factory.mktemp(f"{name}-{engine}"),
                cases.now,
                engine,
                cases.segments,
            )
        )
        return self[wanted]


@pytest.fixture(scope="session")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasets]:
    with ExitStack() as stack:
        yield _Opened(stack, tmp_path_factory)


@pytest.fixture(scope="session")
def shop(datasets: Datasets) -> Dataset:
    return datasets["shop", "duckdb"]


@pytest.fixture(scope="session")
def mail(datasets: Datasets) -> Dataset:
    return datasets["mail", "duckdb"]


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Return chance that is the same for the same test."""
    return random.Random(request.node.name)
