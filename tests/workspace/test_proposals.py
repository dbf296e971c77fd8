"""Proposals for uploaded files: kept beside them, corrected, read again, checked and loaded."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest

from core.data.catalogue import FieldType
from core.data.detect import Detection, complete
from core.data.ends import Chosen
from core.data.load import load_into
from core.data.manifest import CsvOptions, Manifest, read_manifest
from core.errors import EditConflict, FileRefused, ManifestInvalid, UsageError
from core.settings import Settings
from core.store.loads import LoadState, claim_load, end_load, get_load, list_loads
from core.store.snapshots import add_snapshot
from core.store.workspace import get_workspace, set_data_source
from core.workspace.data_source import (
    accept_fewer,
    begin_renewal,
    failed_load,
    keep_current,
    load_manifest,
    load_proposal,
    load_under_way,
    refresh,
    refresh_schedule,
    save_schedule,
    source_of,
    stop_load,
)
from core.workspace.opened import OpenWorkspace, open_workspace
from core.workspace.proposal_edits import add_link, change_columns, choose_key, leave_out_table
from core.workspace.proposals import (
    Proposal,
    check_proposal,
    discard_draft,
    first_draft,
    propose,
    read_proposal,
    rename,
    save_proposal,
    write_manifest,
)
from core.workspace.uploads import Upload, add_file, new_upload

CUSTOMERS = b"customer_id,name,born\n01,Ann,03/04/1990\n02,Bob,05/06/1991\n"
ORDERS = b"order_id,customer_id,amount\n1,01,10.50\n2,99,3\n"


@pytest.fixture
def workspace(new_sqlite_store: Settings) -> Iterator[OpenWorkspace]:
    settings = new_sqlite_store.model_copy(update={"memory": "256MiB"})
    with open_workspace(settings, 0.1) as opened:
        yield opened


def bring(workspace: OpenWorkspace, **files: bytes) -> Upload:
    upload = new_upload(workspace.settings)
    for name, content in files.items():
        add_file(upload, f"{name}.csv", BytesIO(content), 10_000)
    return upload


def proposed(workspace: OpenWorkspace, **files: bytes) -> Proposal:
    upload = bring(workspace, **(files or {"customers": CUSTOMERS, "orders": ORDERS}))
    return propose(upload, first_draft(upload, "Europe/Paris"), workspace.settings)


def with_csv(proposal: Proposal, table: str, csv: CsvOptions) -> Proposal:
    manifest = proposal.manifest
    tables = tuple(replace(t, csv=csv) if t.name == table else t for t in manifest.tables)
    return save_proposal(proposal, replace(manifest, tables=tables))


def columns_of(proposal: Proposal, table: str) -> tuple[str, ...]:
    return tuple(proposal.found.tables[table].types)


def again(workspace: OpenWorkspace, proposal: Proposal) -> Proposal:
    return propose(proposal.upload, proposal.manifest, workspace.settings)


def test_a_proposal_is_the_same_after_a_refresh(workspace: OpenWorkspace) -> None:
    made = proposed(workspace)
    assert read_proposal(made.upload) == made
    assert made.manifest.people == "customers"
    assert made.found.tables["orders"].rows == 2
    assert (made.found.links[0].matched, made.found.links[0].filled) == (1, 2)


def test_nothing_is_proposed_before_the_files_were_read(workspace: OpenWorkspace) -> None:
    assert read_proposal(bring(workspace, customers=CUSTOMERS)) is None


def test_a_damaged_proposal_is_made_anew(workspace: OpenWorkspace) -> None:
    made = proposed(workspace)
    (made.upload.folder / "found.json").write_text("{}", encoding="utf-8")
    assert read_proposal(made.upload) is None


def test_dates_that_can_be_read_both_ways_load_once_their_order_is_chosen(
    workspace: OpenWorkspace,
) -> None:
    made = proposed(workspace)
    assert "03/04/1990" in made.found.doubts[0].sentence
    assert "born" not in made.manifest.tables[0].types
    assert "1990-04-03 (day first)" in check_proposal(made, workspace.settings).problems[0]
    chosen = again(workspace, with_csv(made, "customers", CsvOptions(dates="day first")))
    assert chosen.manifest.tables[0].types["born"] is FieldType.DATE
    assert check_proposal(chosen, workspace.settings).problems == ()


def test_a_column_that_the_files_lack_is_not_chosen(workspace: OpenWorkspace) -> None:
    made = proposed(workspace)
    with pytest.raises(EditConflict, match="read otherwise meanwhile"):
        save_proposal(made, choose_key(made.manifest, "orders", "number"))
    assert read_proposal(made.upload) == made


def test_what_somebody_changes_while_files_are_read_is_not_overwritten(
    workspace: OpenWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = proposed(workspace)
    renamed: list[Proposal] = []

    def read_slowly(draft: Manifest, settings: Settings, chosen: Chosen) -> Detection:
        renamed.append(rename(made, "orders", "sales"))
        return complete(draft, settings, chosen)

    monkeypatch.setattr("core.workspace.proposals.complete", read_slowly)
    with pytest.raises(EditConflict, match="while the files were read"):
        again(workspace, made)
    assert [read_proposal(made.upload)] == renamed


def test_corrections_stay_when_the_files_are_read_again(workspace: OpenWorkspace) -> None:
    made = proposed(workspace)
    types, labels = {"amount": FieldType.TEXT}, {"name": "First name"}
    changed = change_columns(made.manifest, "orders", types, {}, columns_of(made, "orders"))
    changed = change_columns(changed, "customers", {}, labels, columns_of(made, "customers"))
    changed = choose_key(replace(changed, links=()), "orders", None)
    read = again(workspace, save_proposal(made, changed)).manifest
    assert read.table("orders").types["amount"] is FieldType.TEXT
    assert read.table("customers").labels == labels
    assert read.links == () and read.table("orders").key is None


def test_files_that_cannot_be_read_say_why_and_keep_what_was_found(
    workspace: OpenWorkspace,
) -> None:
    made = proposed(workspace)
    wrong = again(workspace, with_csv(made, "orders", CsvOptions(encoding="klingon")))
    assert wrong.found.problem and "klingon" in wrong.found.problem
    assert wrong.found.tables == made.found.tables
    mended = again(workspace, with_csv(wrong, "orders", CsvOptions()))
    assert mended.found.problem is None and mended.manifest.links == made.manifest.links


def test_files_that_never_could_be_read_are_kept_with_their_problem(
    workspace: OpenWorkspace,
) -> None:
    made = proposed(workspace, people=b'id,name\n1,"Ann\n')
    assert made.found.problem and "never closed" in made.found.problem
    assert read_proposal(made.upload) == made


def test_what_a_manifest_cannot_say_is_a_verdict(workspace: OpenWorkspace) -> None:
    made = proposed(workspace, people=b"name\nAnn\nAnn\n")
    (problem,) = check_proposal(made, workspace.settings).problems
    assert "need a key" in problem
    with pytest.raises(FileRefused, match="need a key"):
        write_manifest(made)


def test_a_load_of_an_upload_is_queued_and_becomes_the_source(workspace: OpenWorkspace) -> None:
    made = proposed(workspace, customers=b"id,name\n1,Ann\n")
    load = load_proposal(workspace, made, "ann")
    assert load_into(made.upload.manifest, workspace.settings.snapshots / "x.duckdb")
    with workspace.store.read() as session:
        assert source_of(session) == str(made.upload.manifest)
        assert load_under_way(session) == load and load.actor == "ann"


def test_an_upload_is_not_refreshed_on_a_schedule_of_other_data(workspace: OpenWorkspace) -> None:
    made = proposed(workspace, customers=b"id,name\n1,Ann\n")
    with workspace.store.write("test") as session:
        set_data_source(session, "/elsewhere/dataset.toml", '{"every": "1 hour"}')
    load_proposal(workspace, made, "ann")
    with workspace.store.read() as session:
        assert get_workspace(session).load_schedule is None


def current(workspace: OpenWorkspace, manifest: str) -> None:
    with workspace.store.write("test") as session:
        add_snapshot(session, "one", manifest="", manifest_path=manifest, rows={"people": 1})


def fail(workspace: OpenWorkspace, load_id: int) -> None:
    with workspace.store.write("worker") as session:
        claimed = claim_load(session, load_id, "one")
        assert claimed is not None and claimed.token is not None
        end_load(session, load_id, claimed.token, LoadState.FAILED, error=FileRefused("no"))


def test_a_load_that_is_stopped_leaves_the_data_where_it_came_from(
    workspace: OpenWorkspace,
) -> None:
    current(workspace, "/elsewhere/dataset.toml")
    load = load_proposal(workspace, proposed(workspace, customers=b"id\n1\n"), "ann")
    assert stop_load(workspace, load.id, "ann")
    with workspace.store.read() as session:
        assert get_load(session, load.id).state is LoadState.CANCELLED
        assert source_of(session) == "/elsewhere/dataset.toml"
    assert not stop_load(workspace, load.id, "ann")


def test_a_failed_load_is_told_until_another_way_is_taken(workspace: OpenWorkspace) -> None:
    current(workspace, "/elsewhere/dataset.toml")
    load = load_proposal(workspace, proposed(workspace, customers=b"id\n1\n"), "ann")
    fail(workspace, load.id)
    with workspace.store.read() as session:
        failed = failed_load(session)
        assert failed is not None and failed.error == "no"
    keep_current(workspace, "ann")
    with workspace.store.read() as session:
        assert failed_load(session) is None


def test_fewer_rows_are_accepted_of_the_load_that_failed_last_alone(
    workspace: OpenWorkspace,
) -> None:
    first = load_proposal(workspace, proposed(workspace, customers=b"id\n1\n"), "ann")
    fail(workspace, first.id)
    second = load_proposal(workspace, proposed(workspace, customers=b"id\n2\n"), "bob")
    fail(workspace, second.id)
    with pytest.raises(EditConflict, match="loaded again meanwhile"):
        accept_fewer(workspace, first.id, "ann")
    again = accept_fewer(workspace, second.id, "ann")
    assert (again.manifest_path, again.accept_fewer) == (second.manifest_path, True)


def test_a_first_load_does_not_take_the_place_of_another(workspace: OpenWorkspace) -> None:
    waiting = load_proposal(workspace, proposed(workspace, customers=b"id\n1\n"), "ann")
    other = proposed(workspace, customers=b"id\n1\n2\n")
    with pytest.raises(UsageError, match="Other data waits to be loaded"):
        load_proposal(workspace, other, "bob")
    with workspace.store.read() as session:
        assert source_of(session) == waiting.manifest_path
    stop_load(workspace, waiting.id, "ann")
    assert load_proposal(workspace, other, "bob").manifest_path == str(other.upload.manifest)


def test_other_data_takes_the_place_of_a_refresh_that_waits(workspace: OpenWorkspace) -> None:
    current(workspace, "/elsewhere/dataset.toml")
    refresh(workspace, "ann")
    made = proposed(workspace, customers=b"id\n1\n")
    assert load_proposal(workspace, made, "ann").manifest_path == str(made.upload.manifest)


def test_a_refresh_loads_from_where_the_data_came(workspace: OpenWorkspace) -> None:
    current(workspace, "/elsewhere/dataset.toml")
    load = refresh(workspace, "ann")
    assert (load.manifest_path, load.accept_fewer) == ("/elsewhere/dataset.toml", False)
    with workspace.store.read() as session:
        begun = refresh_schedule(get_workspace(session))
    assert save_schedule(workspace, "manual", begun, "ann")
    with workspace.store.read() as session:
        assert get_workspace(session).manifest_path == "/elsewhere/dataset.toml"


def test_a_manifest_on_the_server_is_read_before_it_is_queued(
    workspace: OpenWorkspace,
) -> None:
    with pytest.raises(ManifestInvalid, match="no manifest at"):
        load_manifest(workspace, workspace.settings.home / "none.toml", "ann")
    path = write_manifest(proposed(workspace, customers=b"id\n1\n"))
    assert load_manifest(workspace, path, "ann").manifest_path == str(path)
    with workspace.store.read() as session:
        assert len(list_loads(session)) == 1


def test_renewed_files_keep_earlier_choices_and_the_files_not_brought(
    workspace: OpenWorkspace,
) -> None:
    first = proposed(workspace, customers=b"id,name\n1,Ann\n", orders=b"no,who\n7,1\n")
    linked = add_link(first.manifest, "orders", "who", "customers", "id")
    labels = {"name": "First name"}
    linked = change_columns(linked, "customers", {}, labels, columns_of(first, "customers"))
    write_manifest(save_proposal(first, linked))
    later = bring(workspace, customers=b"id,name,city\n1,Ann,Paris\n2,Bob,Rome\n")
    made = propose(later, begin_renewal(later, first.upload), workspace.settings)
    assert made.manifest.links == linked.links
    assert made.manifest.table("customers").labels == labels
    assert made.found.tables["customers"].rows == 2
    assert read_manifest(write_manifest(made)).table("orders").file == "files/orders.csv"


def test_a_table_left_out_stays_out(workspace: OpenWorkspace) -> None:
    made = proposed(workspace)
    left = save_proposal(made, leave_out_table(made.manifest, "orders"))
    assert [t.name for t in again(workspace, left).manifest.tables] == ["customers"]


def test_a_renamed_table_keeps_what_was_found_and_corrected(workspace: OpenWorkspace) -> None:
    made = proposed(workspace)
    types = {"amount": FieldType.TEXT}
    typed = change_columns(made.manifest, "orders", types, {}, columns_of(made, "orders"))
    renamed = rename(save_proposal(made, typed), "orders", "Purchases")
    assert renamed == read_proposal(made.upload)
    assert renamed.found.tables["Purchases"].rows == 2
    assert renamed.found.links[0].link == renamed.manifest.links[0]
    read = again(workspace, renamed).manifest
    assert read.table("Purchases").types["amount"] is FieldType.TEXT


def test_renewed_files_keep_the_order_of_dates_that_was_decided(workspace: OpenWorkspace) -> None:
    first = proposed(workspace, customers=CUSTOMERS)
    write_manifest(again(workspace, with_csv(first, "customers", CsvOptions(dates="day first"))))
    later = bring(workspace, customers=b"customer_id,name,born\n01,Ann,01/02/1990\n")
    made = propose(later, begin_renewal(later, first.upload), workspace.settings)
    assert made.found.doubts == ()
    assert made.found.tables["customers"].sample[0][2] == "1990-02-01"


def test_a_doubt_stays_open_until_its_order_is_said_or_it_is_text(
    workspace: OpenWorkspace,
) -> None:
    made = proposed(workspace, customers=CUSTOMERS)
    columns = columns_of(made, "customers")
    dated = change_columns(made.manifest, "customers", {"born": FieldType.DATE}, {}, columns)
    assert save_proposal(made, dated).open_doubts == made.found.doubts
    text = change_columns(made.manifest, "customers", {"born": FieldType.TEXT}, {}, columns)
    assert save_proposal(made, text).open_doubts == ()


def test_a_discarded_draft_is_what_was_loaded_again(workspace: OpenWorkspace) -> None:
    first = proposed(workspace)
    loaded = rename(first, "orders", "Purchases")
    write_manifest(loaded)
    rename(save_proposal(loaded, choose_key(loaded.manifest, "Purchases", None)), "Purchases", "No")
    discard_draft(first.upload)
    assert read_proposal(first.upload) is None
    manifest = read_manifest(first.upload.manifest)
    assert propose(first.upload, manifest, workspace.settings).manifest == loaded.manifest
