from dataclasses import replace
from pathlib import Path

import pytest

from core.destinations.batch import Batch
from tests.stand_in import StandInServer
from tests.worker.home import Home


@pytest.fixture
def home(tmp_path: Path, stand_in: StandInServer) -> Home:
    made = Home(tmp_path, stand_in)
    made.people({"c0001", "c0002"})
    return made


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no call wait for its turn: the rate has tests of its own."""
    monkeypatch.setattr(Batch, "limits", replace(Batch.limits, interval_s=0.0))
