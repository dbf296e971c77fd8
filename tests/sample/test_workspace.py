"""The sample shop as a workspace: there at once, believable, and only in an empty home."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.sample.workspace import PROJECT_KEY, REST_API_KEY, start_sample
from core.settings import Settings
from core.store.activations import list_activations
from core.store.run_states import RunState
from core.workspace.opened import OpenWorkspace, open_workspace
from tests.stand_in import StandInServer
from tests.worker.home import Home
from tests.worker.processes import schedulers


@pytest.fixture
def workspace(
    tmp_path: Path, stand_in: StandInServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenWorkspace]:
    monkeypatch.setenv(REST_API_KEY, stand_in.rest_api_key)
    monkeypatch.setenv(PROJECT_KEY, stand_in.project_key)
    settings = Settings(home=tmp_path / "home", batch_url=stand_in.origin)
    with open_workspace(settings, 0.1) as opened:
        yield opened


@pytest.mark.xdist_group("sample")
def test_a_list_in_practice_is_filled_from_the_sample_shop(workspace, stand_in) -> None:
    assert start_sample(workspace, date.today(), "scheduler")
    with workspace.store.read() as session:
        (activation,) = list_activations(session)
    with workspace.runner() as runner:
        outcome = runner.run_now(activation.key, "ana")
    assert outcome.state is RunState.SUCCEEDED
    assert 25_000 / 200 < outcome.counts.wanted < 25_000 / 5
    assert len(stand_in.members(activation.audience_name)) == outcome.counts.wanted
    assert not start_sample(workspace, date.today(), "scheduler"), "it is not empty any more"


@pytest.mark.xdist_group("sample")
def test_a_scheduler_makes_it_in_an_empty_home_if_asked(tmp_path, stand_in, monkeypatch) -> None:
    monkeypatch.setenv("ROLLCALL_SAMPLE", "1")
    monkeypatch.setenv("ROLLCALL_BATCH_URL", stand_in.origin)
    monkeypatch.setenv(REST_API_KEY, stand_in.rest_api_key)
    monkeypatch.setenv(PROJECT_KEY, stand_in.project_key)
    home = Home(tmp_path, stand_in)
    with schedulers(home) as one:
        one.start_surely()
        assert "the sample shop was made" in {line["message"] for line in one.log()}
