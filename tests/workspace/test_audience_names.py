"""A name of a list is judged by what we noted and by what the platform shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from core.store.audiences import ensure_audience, intend_to_create, note_created
from core.store.destinations import DestinationView
from core.workspace.audience_names import NameState, check_name
from core.workspace.destination_drafts import DestinationDraft, save_destination_draft
from core.workspace.opened import OpenWorkspace, open_workspace
from tests.stand_in import StandInServer


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[OpenWorkspace]:
    with open_workspace(Settings(home=tmp_path / "home", memory="300MB"), 0.05) as opened:
        yield opened


@pytest.fixture
def batch(workspace: OpenWorkspace, stand_in: StandInServer) -> DestinationView:
    return save_destination_draft(
        workspace, DestinationDraft("batch", "Batch", stand_in.config), "test"
    )


def note(workspace: OpenWorkspace, batch: DestinationView, name: str, *, made: bool) -> None:
    """Note a list of that name, as one that we made or never began to make."""
    with workspace.store.write("test") as session:
        audience = ensure_audience(session, batch.account, name, name)
        if made:
            intend_to_create(session, audience.id, name)
            note_created(session, audience.id, None)


def create(workspace: OpenWorkspace, batch: DestinationView, name: str) -> None:
    destination = workspace.connect(batch)
    destination.create(name, name)
    destination.close()


def state(workspace: OpenWorkspace, batch: DestinationView, name: str) -> NameState:
    return check_name(workspace, batch, name, None).state


def test_a_name_that_nobody_uses_is_free(workspace: OpenWorkspace, batch: DestinationView) -> None:
    assert state(workspace, batch, "vip") is NameState.FREE
    note(workspace, batch, "named", made=False)
    assert state(workspace, batch, "named") is NameState.FREE


def test_a_list_of_somebody_else_is_strange(
    workspace: OpenWorkspace, batch: DestinationView
) -> None:
    create(workspace, batch, "theirs")
    check = check_name(workspace, batch, "theirs", None)
    assert check.state is NameState.STRANGE and not check.usable


def test_a_list_that_we_made_is_ours(workspace: OpenWorkspace, batch: DestinationView) -> None:
    note(workspace, batch, "ours", made=True)
    create(workspace, batch, "ours")
    assert state(workspace, batch, "ours") is NameState.OURS


def test_a_name_that_the_platform_does_not_take_is_not_asked_for(
    workspace: OpenWorkspace, batch: DestinationView, stand_in: StandInServer
) -> None:
    assert state(workspace, batch, "été") is NameState.WRONG
    assert stand_in.calls("view") == []


def test_refused_keys_leave_it_unknown(
    workspace: OpenWorkspace, batch: DestinationView, stand_in: StandInServer
) -> None:
    stand_in.faults("401:100%")
    check = check_name(workspace, batch, "vip", None)
    assert check.state is NameState.UNKNOWN and check.usable and "401" in check.sentence


def test_a_name_that_differs_in_capitals_only_is_pointed_out(
    workspace: OpenWorkspace, batch: DestinationView
) -> None:
    note(workspace, batch, "VIP", made=False)
    assert check_name(workspace, batch, "vip", None).twin == "VIP"
