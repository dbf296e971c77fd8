"""A load as a user asks for it: what it breaks is paused, what it mends goes on."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.data.load import load_into
from core.data.report import LoadedSnapshot
from core.data.snapshots import new_snapshot_id, snapshot_path
from core.errors import FewerRows, FileRefused, SnapshotMissing
from core.settings import Settings
from core.store.activations import create_activation, get_activation, pause_activation
from core.store.destinations import create_destination
from core.store.run_changes import start_run, update_run
from core.store.segments import create_segment, get_segment
from core.store.snapshots import current_snapshot, list_snapshots
from core.workspace.loading import MadeCurrent, load_data, make_current
from core.workspace.opened import OpenWorkspace, open_workspace
from core.workspace.saved import check_new, resolved_text
from tests.data.conftest import write_dataset
from tests.store.example import ANN, OWNER, activation, box, destination, new_run

PEOPLE = "id,city,mail\n1,Paris,a@x\n2,Rome,b@x\n"
ORDERS = "who,amount\n1,5\n"
MANIFEST = '[tables.orders]\nfile = "orders.csv"\n'
LINK = '[[links]]\nfrom = "orders.who"\nto = "people.id"\n'
IN_PARIS = {"field": "city", "op": "is", "value": "Paris"}
BOUGHT = {"table": "orders", "measure": "sum", "of": "amount", "op": "at_least", "value": 5}


@pytest.fixture
def workspace(tmp_path: Path, new_sqlite_store: Settings) -> Iterator[OpenWorkspace]:
    settings = new_sqlite_store.model_copy(update={"memory": "256MiB"})
    with open_workspace(settings, 0.1) as opened:
        yield opened


def write(
    workspace: OpenWorkspace,
    people: str = PEOPLE,
    orders: str = ORDERS,
    manifest: str = MANIFEST + LINK,
) -> Path:
    return write_dataset(workspace.settings.home.parent, manifest, people=people, orders=orders)


def load(workspace: OpenWorkspace, accept_fewer: bool = False, **data: str) -> MadeCurrent:
    return load_data(workspace, write(workspace, **data), ANN, accept_fewer=accept_fewer)


def take(workspace: OpenWorkspace, **data: str) -> MadeCurrent:
    """Make data current as a load does, but for the process of its own and the sweep."""
    manifest = write(workspace, **data)
    snapshot_id = new_snapshot_id(datetime.now(UTC))
    path = snapshot_path(workspace.settings, snapshot_id)
    report = load_into(manifest, path, workspace.settings)
    loaded = LoadedSnapshot(snapshot_id, path, report.catalogue, report)
    with workspace.store.write(ANN) as session:
        return make_current(session, loaded, manifest)


def save_segment(workspace: OpenWorkspace, key: str, condition: dict[str, object]) -> None:
    raw = {"where": {"match": "all", "conditions": [condition]}}
    catalogue = workspace.catalogue()
    assert catalogue is not None
    with workspace.store.write(ANN) as session:
        resolution = check_new(raw, catalogue, session.now(), {}, key).resolution
        resolved = resolved_text(resolution)
        create_segment(session, key, name=key, tree=json.dumps(raw), resolved=resolved)


def save_activation(workspace: OpenWorkspace, **fields: object) -> None:
    """Save the activation `send` of the segment `vip`, with that external id and attributes."""
    settings = replace(activation(), **{"external_id": "id", "attributes": {}, **fields})  # type: ignore[arg-type]
    save_segment(workspace, "vip", {"field": "id", "op": "is_not_blank"})
    with workspace.store.write(ANN) as session:
        create_destination(session, "crm", destination(), box(workspace.store))
        create_activation(session, "send", settings)


def reason(workspace: OpenWorkspace, key: str) -> str | None:
    """Why a segment, or the activation `send`, is paused."""
    with workspace.store.read() as session:
        if key == "send":
            return get_activation(session, key).paused_reason
        return get_segment(session, key).paused_reason


def files(workspace: OpenWorkspace) -> list[str]:
    return sorted(path.stem for path in workspace.settings.snapshots.glob("*.duckdb"))


BROKEN = [
    (IN_PARIS, {"people": PEOPLE.replace("city", "town")}, "city"),
    (IN_PARIS, {"people": "id,city\n1,5\n2,6\n"}, "city"),
    (BOUGHT, {"manifest": MANIFEST}, "orders"),
    (BOUGHT, {"manifest": ""}, "orders"),
    (BOUGHT, {"orders": "who,sum\n1,5\n"}, "amount"),
]


@pytest.mark.parametrize(("condition", "changed", "named"), BROKEN)
def test_a_segment_that_the_data_no_longer_fits_is_paused_until_it_fits_again(
    workspace: OpenWorkspace, condition: dict[str, object], changed: dict[str, str], named: str
) -> None:
    take(workspace)
    save_segment(workspace, "one", condition)
    paused = take(workspace, **changed).paused
    assert named in paused["segment one"]
    assert reason(workspace, "one") == f"The data no longer fits: {paused['segment one']}"
    again = take(workspace)
    assert (again.paused, again.resumed) == ({}, ("segment one",))
    assert reason(workspace, "one") is None


def test_a_segment_that_rests_on_a_broken_one_is_paused_with_it(workspace: OpenWorkspace) -> None:
    take(workspace)
    save_segment(workspace, "one", IN_PARIS)
    raw = json.dumps({"where": {"match": "all", "conditions": [{"segment": "one", "op": "in"}]}})
    with workspace.store.write(ANN) as session:
        resolved = get_segment(session, "one").resolved
        create_segment(session, "two", name="two", tree=raw, resolved=resolved)
    made = take(workspace, people=PEOPLE.replace("city", "town"))
    assert made.paused.keys() == {"segment one", "segment two"}
    assert set(take(workspace).resumed) == {"segment one", "segment two"}


def test_a_segment_that_still_fits_goes_on(workspace: OpenWorkspace) -> None:
    take(workspace)
    save_segment(workspace, "one", IN_PARIS)
    made = take(workspace, people=PEOPLE.replace("mail", "email"))
    assert (made.paused, made.resumed) == ({}, ())


@pytest.mark.parametrize(
    "fields", [{"external_id": "mail"}, {"external_id": "id", "attributes": {"m": "mail"}}]
)
def test_an_activation_whose_field_is_gone_is_paused_until_it_is_back(
    workspace: OpenWorkspace, fields: dict[str, object]
) -> None:
    take(workspace)
    save_activation(workspace, **fields)
    paused = take(workspace, people=PEOPLE.replace("mail", "email")).paused
    assert paused.keys() == {"activation send"}
    assert "'mail' cannot be sent" in paused["activation send"]
    assert reason(workspace, "send") == f"The data no longer fits: {paused['activation send']}"
    assert take(workspace).resumed == ("activation send",)


def test_what_a_human_paused_no_load_resumes(workspace: OpenWorkspace) -> None:
    take(workspace)
    save_activation(workspace, external_id="mail")
    with workspace.store.write(ANN) as session:
        pause_activation(session, "send", "on holiday")
    assert take(workspace, people=PEOPLE.replace("mail", "email")).paused == {}
    assert take(workspace).resumed == ()
    assert reason(workspace, "send") == "on holiday"


def test_the_last_three_snapshots_are_kept(workspace: OpenWorkspace) -> None:
    loaded = [take(workspace).loaded.id for _ in range(4)]
    loaded.append(load(workspace).loaded.id)
    assert files(workspace) == loaded[-3:]
    with workspace.store.read() as session:
        assert [view.id for view in list_snapshots(session)] == loaded[:1:-1]


def test_a_snapshot_that_a_run_computes_from_is_kept(workspace: OpenWorkspace) -> None:
    first = take(workspace).loaded.id
    save_activation(workspace)
    with workspace.store.write(ANN) as session:
        run = start_run(session, new_run(get_activation(session, "send")), OWNER)
        update_run(session, run.id, run.token or "", snapshot_id=first)
    later = [take(workspace).loaded.id for _ in range(3)]
    later.append(load(workspace).loaded.id)
    assert files(workspace) == [first, *later[-3:]]


def test_what_a_dead_process_left_is_swept_after_a_day(workspace: OpenWorkspace) -> None:
    now = datetime.now(UTC)
    old, new = new_snapshot_id(now - timedelta(days=2)), new_snapshot_id(now)
    for stray in (old, new):
        snapshot_path(workspace.settings, stray).touch()
    loaded = load(workspace).loaded.id
    assert files(workspace) == [new, loaded]


@pytest.mark.parametrize(
    ("people", "error"), [("id\n1\n1\n", FileRefused), ("id,city,mail\n", FewerRows)]
)
def test_a_load_that_is_refused_changes_nothing(
    workspace: OpenWorkspace, people: str, error: type[Exception]
) -> None:
    first = take(workspace).loaded.id
    with pytest.raises(error):
        load(workspace, people=people)
    assert files(workspace) == [first]
    with workspace.store.read() as session:
        current = current_snapshot(session)
    assert current is not None and current.id == first


def test_fewer_rows_are_taken_where_somebody_says_so(workspace: OpenWorkspace) -> None:
    take(workspace)
    made = load(workspace, people="id,city,mail\n", accept_fewer=True)
    assert made.loaded.catalogue.people_table.rows == 0


def test_a_snapshot_whose_file_is_gone_does_not_stand_in_the_way(workspace: OpenWorkspace) -> None:
    take(workspace).loaded.path.unlink()
    with pytest.raises(SnapshotMissing, match="load the data again"):
        workspace.catalogue()
    load(workspace)
    assert workspace.catalogue() is not None
