"""The sample shop as a workspace: there at once, believable, and only in an empty home."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.sample.practice import PROJECT_KEY, REST_API_KEY
from core.sample.shop import Shop
from core.sample.workspace import has_sample, leave_sample, start_sample
from core.settings import Settings
from core.store.activations import create_activation, get_activation, list_activations
from core.store.destinations import list_destinations
from core.store.loads import LoadState, NewLoad, get_load, queue_load
from core.store.run_states import RunState
from core.store.segments import create_segment, get_segment, list_segments
from core.store.snapshots import current_snapshot
from core.store.workspace import get_workspace, set_data_source
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace, open_workspace
from tests.stand_in import StandInServer

NOWHERE = {"practice_url": "http://127.0.0.1:9", "memory": "300MB"}


@pytest.fixture
def workspace(
    tmp_path: Path, stand_in: StandInServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenWorkspace]:
    monkeypatch.setenv(REST_API_KEY, stand_in.rest_api_key)
    monkeypatch.setenv(PROJECT_KEY, stand_in.project_key)
    settings = Settings(home=tmp_path / "home", practice_url=stand_in.origin)
    with open_workspace(settings, 0.1) as opened:
        yield opened


def test_a_list_in_practice_is_filled_from_the_sample_shop(workspace, stand_in) -> None:
    shop = Shop(people=5_000, until=date.today())
    assert start_sample(workspace, date.today(), "scheduler", shop)
    with workspace.store.read() as session:
        (activation,) = list_activations(session)
    with workspace.runner() as runner:
        outcome = runner.run_now(activation.key, "ana")
    assert outcome.state is RunState.SUCCEEDED
    assert shop.people / 200 < outcome.counts.wanted < shop.people / 5
    assert len(stand_in.members(activation.audience_name)) == outcome.counts.wanted
    assert not start_sample(workspace, date.today(), "scheduler", shop), "it is not empty any more"


@pytest.fixture(params=["sqlite", "postgres"])
def filled(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenWorkspace]:
    """Give a workspace on either store with a small sample shop whose stand-in answers nowhere."""
    monkeypatch.setenv(REST_API_KEY, StandInServer.rest_api_key)
    monkeypatch.setenv(PROJECT_KEY, StandInServer.project_key)
    settings: Settings = request.getfixturevalue(f"new_{request.param}_store")
    with open_workspace(settings.model_copy(update=NOWHERE), 0.05) as opened:
        start_sample(opened, date.today(), "scheduler", Shop(people=200, until=date.today()))
        yield opened


def test_after_leaving_the_sample_only_the_way_to_the_stand_in_stays(filled) -> None:
    assert leave_sample(filled, "ana")
    with filled.store.read() as session:
        assert not has_sample(session)
        assert not (list_activations(session) or list_segments(session))
        assert [view.name for view in list_destinations(session)] == ["Practice"]
        assert current_snapshot(session) is None and filled.catalogue() is None
        assert get_workspace(session).manifest_path is None
    assert not start_sample(filled, date.today(), "scheduler")
    assert not leave_sample(filled, "ana"), "it was left already"


def test_leaving_the_sample_spares_what_somebody_made_and_what_that_rests_on(filled) -> None:
    with filled.store.write("ana") as session:
        saved = get_segment(session, "vips_about_to_lapse")
        text = '{"where": {"segment": "quiet_in_france"}}'
        create_segment(session, "mine", name="Mine", tree=text, resolved=saved.resolved)
        settings = get_activation(session, "vips_about_to_lapse").settings
        own = replace(settings, segment_key="mine", audience_name="mine")
        create_activation(session, "mine", own)
    assert leave_sample(filled, "ana")
    with filled.store.read() as session:
        assert [view.key for view in list_activations(session)] == ["mine"]
        assert [view.key for view in list_segments(session)] == ["mine", "quiet_in_france"]
        assert [view.key for view in list_destinations(session)] == ["practice"]


def test_leaving_the_sample_spares_data_that_was_loaded_over_it(filled, tmp_path) -> None:
    (tmp_path / "people.csv").write_text("id,name\n1,Ana\n")
    manifest = tmp_path / "own.toml"
    manifest.write_text(
        'time_zone = "UTC"\npeople = "p"\n[tables.p]\nfile = "people.csv"\nkey = "id"\n'
    )
    load_data(filled, manifest, "ana", accept_fewer=True)
    with filled.store.write("ana") as session:
        set_data_source(session, str(manifest), None)
    assert leave_sample(filled, "ana")
    with filled.store.read() as session:
        snapshot = current_snapshot(session)
        assert snapshot is not None and snapshot.manifest_path == str(manifest)
        assert get_workspace(session).manifest_path == str(manifest)


def test_a_refresh_of_the_sample_that_waits_is_called_off(filled) -> None:
    with filled.store.write("ana") as session:
        path = get_workspace(session).manifest_path
        load = queue_load(session, NewLoad(path, "ana"))
    leave_sample(filled, "ana")
    with filled.store.read() as session:
        assert get_load(session, load.id).state is LoadState.CANCELLED


def test_a_home_without_the_sample_has_nothing_to_leave(store) -> None:
    with store.read() as session:
        assert not has_sample(session)
