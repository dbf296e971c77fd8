from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.settings import Settings
from core.sync import points
from tests.sync.world import World, make_world


@pytest.fixture
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    yield connection
    connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def world(store_settings: Settings) -> Iterator[World]:
    made = make_world(store_settings)
    yield made
    made.close()
    made.store.close()


@pytest.fixture(autouse=True)
def _points() -> Iterator[None]:
    """Let no test leave a hook behind."""
    before = points.on_reach
    yield
    points.on_reach = before
