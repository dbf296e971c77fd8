"""The page of the data: from files to a queued load, what is loaded, and what can go wrong."""

import io
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data.snapshots import snapshot_path
from core.errors import FewerRows, FileRefused
from core.store.loads import (
    LoadState,
    claim_load,
    end_load,
    get_load,
    list_loads,
    note_load_progress,
)
from core.store.snapshots import current_snapshot
from core.store.workspace import get_workspace
from core.ui.roles import Role
from core.workspace.data_source import refresh
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from core.workspace.proposals import Proposal, read_proposal
from core.workspace.uploads import add_file, find_upload, new_upload
from tests.app.conftest import OpenApp

CUSTOMERS = "customer_id,name,born\n01,Ann,13/04/1990\n02,Bob,05/06/1991\n03,Eve,\n"
ORDERS = "order_id,customer_id,amount\n1,01,10.50\n2,99,3\n3,01,4\n"
BOTH_WAYS = "customer_id,born\n01,03/04/1990\n"
PAGES = "order_no,who,at\n1,01,2026-01-01\n"


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "warning", "error", "info", "success", "header", "subheader")
    texts = (each.value for kind in kinds for each in page.get(kind))
    return "\n".join(texts).replace("\\", "")


def upload_in(page: AppTest) -> str:
    """Return the upload that the address names."""
    value = page.query_params["upload"]
    return value if isinstance(value, str) else value[0]


def bring(page: AppTest, files: Mapping[str, str | bytes]) -> AppTest:
    """Upload files and have them read."""
    given = [
        (name, text.encode() if isinstance(text, str) else text, "text/csv")
        for name, text in files.items()
    ]
    page.file_uploader(key="data:files").set_value(given)
    page.run()
    return page.button(key="data:read").click().run()


def brought(app: OpenApp, **files: str) -> AppTest:
    found = files or {"customers": CUSTOMERS, "orders": ORDERS}
    return bring(app("data"), {f"{name}.csv": text for name, text in found.items()})


def proposal(page: AppTest, opened: OpenWorkspace) -> Proposal:
    found = read_proposal(find_upload(opened.settings, upload_in(page)))
    assert found is not None
    return found


def work_off(opened: OpenWorkspace, error: Exception | None = None) -> None:
    """Do the queued load as a scheduler does, or let it fail."""
    with opened.store.write("scheduler") as session:
        waiting = list_loads(session, states=[LoadState.QUEUED])[0]
        load = claim_load(session, waiting.id, "one")
        assert load is not None and load.token is not None
        token = load.token
        if error is not None:
            end_load(session, load.id, token, LoadState.FAILED, error=error)
            return
    load_data(
        opened,
        Path(load.manifest_path),
        "scheduler",
        also=lambda session, made: end_load(
            session, load.id, token, LoadState.LOADED, snapshot_id=made.id
        ),
    )


def test_an_empty_home_asks_for_files(app: OpenApp, home: Path) -> None:
    page = app("data")
    assert "Bring your data" in said(page)
    assert page.button(key="data:read").disabled


def test_files_become_a_proposal_that_stays_after_a_refresh(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    assert page.selectbox(key="data:people").value == "customers"
    assert page.selectbox(key="data:people_key").value == "customer_id"
    assert "66.7 % of 3 filled rows find their row" in said(page)
    again = app("data", upload=upload_in(page))
    assert said(again) == said(page) and not again.error


def test_corrections_are_kept_beside_the_files(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.selectbox(key="data:zone").set_value("Asia/Tokyo").run()
    page.selectbox(key="data:people").set_value("orders").run()
    page.selectbox(key="data:people_key").set_value("customer_id").run()
    page.radio(key="data:table").set_value("customers").run()
    page.selectbox(key="data:key").set_value("").run()
    page.text_input(key="data:name").set_value("Members").run()
    manifest = proposal(page, opened).manifest
    assert (manifest.zone, manifest.people) == ("Asia/Tokyo", "orders")
    assert manifest.table("orders").key == "customer_id"
    assert manifest.table("Members").key is None
    assert not page.error


def test_types_and_labels_are_corrected_in_the_table_of_columns(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    upload = upload_in(page)
    edits = {1: {"Name on screen": "First name"}, 2: {"Type": "Text"}}
    editor = f"data:columns:{upload}:1:customers:['customer_id']"
    page.session_state[editor] = {
        "edited_rows": edits,
        "added_rows": [],
        "deleted_rows": [],
    }
    page.run()
    table = proposal(page, opened).manifest.table("customers")
    assert table.labels == {"name": "First name"} and table.types["born"] == "text"


def test_links_are_added_and_removed(app: OpenApp, home: Path, opened: OpenWorkspace) -> None:
    page = brought(app, customers=CUSTOMERS, pages=PAGES)
    assert "pages is linked to no other table" in said(page)
    page.selectbox(key="data:link_from").set_value(("pages", "who")).run()
    page.selectbox(key="data:link_to").set_value(("customers", "customer_id")).run()
    page.button(key="data:link").click().run()
    assert proposal(page, opened).manifest.links[0].label == "pages.who → customers.customer_id"
    page.button(key="data:check").click().run()
    assert "100 % of 1 filled rows find their row" in said(page)
    page.button(key="data:unlink:0").click().run()
    assert proposal(page, opened).manifest.links == ()


def test_dates_that_can_be_read_both_ways_wait_for_a_decision(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, customers=BOTH_WAYS)
    assert "1990-04-03 (day first) or as 1990-03-04 (month first)" in said(page)
    assert page.button(key="data:load").disabled
    page.button(key="data:month_first:0").click().run()
    assert proposal(page, opened).manifest.table("customers").types["born"] == "date"
    assert not page.button(key="data:load").disabled
    assert "can be read as" not in said(page)


def test_dates_may_stay_as_text(app: OpenApp, home: Path) -> None:
    page = brought(app, customers=BOTH_WAYS)
    page.button(key="data:as_text:0").click().run()
    assert not page.button(key="data:load").disabled and "can be read as" not in said(page)


def test_files_that_cannot_be_read_say_why_and_can_be_read_otherwise(
    app: OpenApp, home: Path
) -> None:
    page = brought(app, people='id;name\n1;"Ann\n', orders="no\n1\n")
    assert "never closed" in said(page)
    page.button(key="data:without:people").click().run()
    assert "cannot be read" not in said(page)
    assert page.selectbox(key="data:people").value == "orders"


def test_another_delimiter_reads_the_file_again(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, people="id;a,b\n1;x,y\n")
    key = "data:format:1:people:Columns apart by"
    page.selectbox(key=key).set_value(",")
    read_again = next(b for b in page.button if b.label == "Read again")
    read_again.click().run()
    assert list(proposal(page, opened).found.tables["people"].types) == ["id;a", "b"]


def test_people_without_a_key_cannot_be_loaded(app: OpenApp, home: Path) -> None:
    page = brought(app, people="name\nAnn\nAnn\n")
    assert page.button(key="data:load").disabled
    assert "choose the column that names your people" in said(page)
    page.selectbox(key="data:people_key").set_value("name").run()
    page.button(key="data:check").click().run()
    assert "must be unique, and is not: 'Ann'" in said(page)


def test_a_check_lasts_until_something_changes(app: OpenApp, home: Path) -> None:
    page = brought(app)
    page.button(key="data:check").click().run()
    assert "Everything fits and can be loaded: 3 customers, 3 orders" in said(page)
    page.selectbox(key="data:zone").set_value("Asia/Tokyo").run()
    assert "Everything fits" not in said(page)


def test_loading_queues_and_shows_how_far_it_is(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    assert "waits to be loaded" in said(page) and "upload" not in page.query_params
    assert said(page).count("scheduler") == 1
    with opened.store.write("scheduler") as session:
        load = claim_load(session, list_loads(session)[0].id, "one")
        assert load is not None and load.token is not None
        note_load_progress(session, load.id, load.token, "Reading orders", 0.4)
    page.run()
    assert "is being loaded" in said(page)
    assert (page.get("progress")[0].value, page.get("progress")[0].text) == (40, "Reading orders")


def test_a_waiting_load_is_cancelled(app: OpenApp, home: Path, opened: OpenWorkspace) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    page.button(key="data:cancel").click().run()
    with opened.store.read() as session:
        assert list_loads(session)[0].state is LoadState.CANCELLED
    assert "Bring your data" in said(page)


def test_loaded_data_is_shown_in_one_line_with_its_tables(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    work_off(opened)
    page = app("data")
    assert "3 people · 2 tables, refreshed by hand" in said(page)
    assert page.dataframe[0].value["Rows"].tolist() == [3, 3]


def test_files_are_replaced_with_earlier_choices_kept(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.text_input(key="data:name").set_value("Members").run()
    page.button(key="data:load").click().run()
    work_off(opened)
    page = app("data", view="Refresh")
    page.button(key="data:replace").click().run()
    bring(page, {"members_2026-11-25.csv": "customer_id,name\n04,Tom\n"})
    assert page.selectbox(key="data:people").value == "Members"
    assert {t.name: t.rows for t in proposal(page, opened).found.tables.values()} == {
        "Members": 1,
        "orders": 3,
    }


def test_a_failed_load_stays_in_sight_with_what_to_do(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    upload = upload_in(page)
    page.button(key="data:load").click().run()
    work_off(opened, FileRefused("orders.csv, line 2: 3 cells where the first line names 2"))
    page = app("data")
    assert "line 2: 3 cells where" in said(page)
    page.button(key="data:correct").click().run()
    assert upload_in(page) == upload
    assert "What was found in your files" in said(page)


def test_a_load_that_failed_leaves_the_data_and_can_be_let_go(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("data", replace="all")
    page = bring(page, {"customers.csv": CUSTOMERS})
    page.button(key="data:load").click().run()
    work_off(opened, FileRefused("customers.csv: no"))
    page = app("data")
    assert "the data from before is still in use" in said(page)
    page.button(key="data:keep").click().run()
    assert "failed" not in said(page) and "400 people" in said(page)


def test_a_table_that_lost_most_rows_can_be_loaded_all_the_same(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    refresh(opened, "ann")
    said_then = "orders has 2 rows, and had 50. If that is right, load it (--accept-fewer)"
    work_off(opened, FewerRows(said_then))
    page = app("data")
    assert "had 50" in said(page) and "--accept-fewer" not in said(page)
    page.button(key="data:accept").click().run()
    with opened.store.read() as session:
        assert list_loads(session, states=[LoadState.QUEUED])[0].accept_fewer


def test_a_refresh_by_hand_queues_a_load(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    page = app("data", view="Refresh")
    page.button(key="data:refresh").click().run()
    with opened.store.read() as session:
        load = list_loads(session)[0]
        assert load.state is LoadState.QUEUED and load.actor == "browser"
        assert load.manifest_path == get_workspace(session).manifest_path


def test_a_schedule_for_the_refresh_is_saved(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("data", view="Refresh")
    page.radio(key="data:schedule:kind").set_value("every").run()
    page.button(key="data:save_schedule").click().run()
    with opened.store.read() as session:
        assert get_workspace(session).load_schedule == '{"every": "15 minutes"}'


def test_fields_tell_what_they_hold(app: OpenApp, sample: Path) -> None:
    page = app("data", view="Fields", table="customers")
    fields = page.dataframe[0].value.set_index("Field")
    assert "FR" in fields.loc["Country", "Values"]
    page.text_input(key="data:field").set_value("loyalty").run()
    assert page.dataframe[0].value["Field"].tolist() == ["Loyalty tier"]
    page.text_input(key="data:field").set_value("nothing").run()
    assert "No field is called like this" in said(page)


@pytest.mark.parametrize("view", ["Tables", "Fields", "Checks", "Refresh", "Earlier copies"])
def test_every_view_opens_by_its_address(app: OpenApp, sample: Path, view: str) -> None:
    page = app("data", view=view)
    assert not page.exception and not page.error


def test_checks_have_verdicts(app: OpenApp, sample: Path) -> None:
    page = app("data", view="Checks")
    assert "orders.customer_id → customers.customer_id: 100 % of" in said(page)


def test_the_sample_shop_is_left_for_own_data(app: OpenApp, sample: Path) -> None:
    with sqlite3.connect(sample / "store.db") as moved:
        manifest = str(sample / "sample" / "dataset.toml")
        moved.execute("UPDATE snapshots SET manifest_path = ?", [manifest])
    page = app("data")
    assert "This is a sample shop" in said(page) and "is put away with its segments" in said(page)
    page.button(key="sample:leave").click().run()
    assert "Bring your data" in said(page) and "This is a sample shop" not in said(page)


def test_an_upload_that_was_never_read_is_read_in_the_zone_of_who_opens_it(
    app: OpenApp, home: Path, opened: OpenWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.timezone", "Asia/Tokyo")
    upload = new_upload(opened.settings)
    add_file(upload, "customers.csv", io.BytesIO(CUSTOMERS.encode()), 1_000)
    assert app("data", upload=upload.id).selectbox(key="data:zone").value == "Asia/Tokyo"


@pytest.mark.parametrize(
    "asked", ["../../etc", "..%2f..", "/etc/passwd", "nonsense", "20260101T000000Z-000000000000"]
)
def test_an_upload_that_is_none_is_refused_with_a_sentence(
    app: OpenApp, home: Path, asked: str
) -> None:
    page = app("data", upload=asked)
    assert "There is no such upload" in said(page) and not page.exception


def test_a_file_over_the_limit_is_refused_with_a_sentence(
    app: OpenApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_UPLOAD_MAX_BYTES", "20")
    page = brought(app)
    assert "customers is larger than" in said(page) and "Bring your data" in said(page)
    assert not list((home / "uploads").iterdir())


def test_a_manifest_on_the_server_is_loaded_by_its_path(
    app: OpenApp, home: Path, opened: OpenWorkspace, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text("id\n1\n", encoding="utf-8")
    manifest = tmp_path / "dataset.toml"
    text = (
        'time_zone = "UTC"\npeople = "people"\n[tables.people]\nfile = "people.csv"\nkey = "id"\n'
    )
    manifest.write_text(text, encoding="utf-8")
    page = app("data")
    page.text_input(key="data:path").set_value("people.toml").run()
    page.button(key="data:load_path").click().run()
    assert "is no full path" in said(page)
    page.text_input(key="data:path").set_value(str(manifest)).run()
    page.button(key="data:load_path").click().run()
    with opened.store.read() as session:
        assert list_loads(session)[0].manifest_path == str(manifest)


def test_data_whose_file_is_gone_says_so_and_can_be_refreshed(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    with opened.store.read() as session:
        current = current_snapshot(session)
    assert current is not None
    snapshot_path(opened.settings, current.id).unlink()
    page = app("data")
    assert "is gone from the disk" in said(page)
    page.button(key="data:refresh").click().run()
    with opened.store.read() as session:
        assert get_load(session, 1).state is LoadState.QUEUED


def test_a_locked_store_is_a_sentence(app: OpenApp, sample: Path) -> None:
    page = app("data", view="Refresh")
    locker = sqlite3.connect(sample / "store.db", isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    try:
        page.button(key="data:refresh").click().run()
    finally:
        locker.close()
    assert page.error and not page.exception


def test_who_may_not_bring_data_sees_it_all_the_same(
    app: OpenApp, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.ui.session.role", lambda: Role.VIEWER)
    page = app("data", view="Refresh")
    keys = {button.key for button in page.button}
    assert not keys & {"data:refresh", "sample:leave", "data:save_schedule"}
    assert "400 people" in said(page)


def test_names_of_any_length_and_kind_are_drawn(app: OpenApp, home: Path) -> None:
    name, column = "*" * 10 + "n" * 245, "_<b>$x$" + "c" * 248
    page = bring(app("data"), {f"{name}.csv": f"id,{column}\n1,x\n", "b.csv": "id,at\n1,2\n"})
    assert not page.error and not page.exception
    assert os.listdir(home / "uploads") == [upload_in(page)]
