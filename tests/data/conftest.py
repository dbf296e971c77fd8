"""Small datasets on disk, loaded into a snapshot and read back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.data.catalogue import Catalogue, Field
from core.data.load import load_into
from core.data.report import LoadReport
from core.settings import Settings


@dataclass
class Loaded:
    """A loaded snapshot, open to read."""

    report: LoadReport
    connection: duckdb.DuckDBPyConnection

    @property
    def catalogue(self) -> Catalogue:
        return self.report.catalogue

    def field(self, name: str, table: str = "people") -> Field:
        return self.catalogue.field(table, name)

    def values(self, column: str, table: str = "people") -> list[Any]:
        """The column's values, in the order of the key `id`."""
        sql = f'SELECT "{column}" FROM "{table}" ORDER BY try_cast(id AS BIGINT), id'
        return [row[0] for row in self.connection.execute(sql).fetchall()]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()


Loader = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Loader]:
    """Load files named in the call: `load(people="id,…")`, with more lines of manifest."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def run(
        people: str | bytes | None = None, manifest: str = "", zone: str = "UTC", **files: str
    ) -> Loaded:
        if people is not None:
            files["people"] = people  # type: ignore[assignment]
        path = write_dataset(tmp_path, manifest, zone, **files)
        target = tmp_path / f"snapshot-{len(opened)}.duckdb"
        report = load_into(path, target)
        connection = duckdb.connect(str(target), read_only=True)
        connection.execute("SET TimeZone = 'UTC'")
        opened.append(connection)
        return Loaded(report, connection)

    yield run
    for connection in opened:
        connection.close()


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of a home that is not there yet, with little memory."""
    return Settings(home=tmp_path / "home", memory="256MiB")


def write_dataset(
    folder: Path, manifest: str = "", zone: str = "UTC", **files: str | bytes
) -> Path:
    """Write CSV files and a manifest that reads them; return the manifest's path."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(data)
    path = folder / "dataset.toml"
    path.write_text(manifest_of(manifest, zone), encoding="utf-8")
    return path


def manifest_of(more: str, zone: str) -> str:
    """A manifest with people.csv, key `id`; `more` may say all of that itself."""
    head = f'time_zone = "{zone}"\npeople = "people"\n'
    if "[tables.people]" in more:
        return head + more
    return head + '[tables.people]\nfile = "people.csv"\nkey = "id"\n' + more
