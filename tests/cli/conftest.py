"""The example, loaded once a session, and copied for each test."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.destinations.batch import Batch
from tests.cli.example import write_dataset, write_workspace
from tests.cli.terminal import Terminal
from tests.stand_in import StandInServer


@pytest.fixture(scope="session")
def keys(shared_stand_in: StandInServer) -> dict[str, str]:
    """Return the variables that hold the secrets."""
    return {
        "EXAMPLE_REST_API_KEY": shared_stand_in.rest_api_key,
        "EXAMPLE_PROJECT_KEY": shared_stand_in.project_key,
    }


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with the example's data and nothing else."""
    folder = tmp_path_factory.mktemp("loaded")
    done = Terminal(folder).run("load", write_dataset(folder))
    assert done.exit == 0, done.err
    return folder / "home"


@pytest.fixture
def empty(tmp_path: Path, shared_stand_in: StandInServer, keys: dict[str, str]) -> Terminal:
    """Give a terminal with the example's files and an empty home."""
    write_dataset(tmp_path)
    write_workspace(tmp_path, shared_stand_in.origin)
    return Terminal(tmp_path, keys)


@pytest.fixture
def terminal(empty: Terminal, loaded: Path) -> Terminal:
    """Give a terminal with the example loaded and applied; its secrets are stored by now."""
    shutil.copytree(loaded, empty.home)
    done = empty.run("apply", empty.path("workspace.toml"))
    assert done.exit == 0, done.err
    return Terminal(empty.folder)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, stand_in: StandInServer) -> StandInServer:
    """Give the stand-in, called without a pause and with two people a call."""
    quick = replace(Batch.limits, interval_s=0, pause_after_429_s=0, ids_per_call=2)
    monkeypatch.setattr(Batch, "limits", quick)
    return stand_in
