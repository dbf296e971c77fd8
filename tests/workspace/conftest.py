"""The example's data in a workspace, and the contract datasets, each loaded once a session."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.data.load import load_into
from core.data.report import LoadedSnapshot
from core.data.snapshots import new_snapshot_id, snapshot_path
from core.settings import Settings, make_folders
from core.workspace.loading import make_current
from core.workspace.opened import OpenWorkspace, open_workspace
from tests.cli.example import write_dataset
from tests.segments.conftest import datasets
from tests.sync.scripted import FakeClock

__all__ = ["datasets"]


def take(workspace: OpenWorkspace, manifest: Path) -> None:
    """Make a manifest's data current, without the process of its own that a load takes."""
    snapshot_id = new_snapshot_id(datetime.now(UTC))
    path = snapshot_path(workspace.settings, snapshot_id)
    report = load_into(manifest, path, workspace.settings)
    with workspace.store.write("test") as session:
        loaded = LoadedSnapshot(snapshot_id, path, report.catalogue, report)
        make_current(session, loaded, manifest)


@pytest.fixture(scope="session")
def example_home(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with the example's data and nothing else."""
    folder = tmp_path_factory.mktemp("example")
    settings = Settings(home=folder / "home", memory="256MiB")
    make_folders(settings)
    shutil.copy(sqlite_template, settings.home)
    with open_workspace(settings, 0.1) as workspace:
        take(workspace, write_dataset(folder))
    return settings.home


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def example(example_home: Path, tmp_path: Path, clock: FakeClock) -> Iterator[OpenWorkspace]:
    """Give a workspace with the six people of the example and no segments."""
    shutil.copytree(example_home, tmp_path / "home")
    with open_workspace(Settings(home=tmp_path / "home", memory="256MiB"), 0.1, clock) as opened:
        yield opened
