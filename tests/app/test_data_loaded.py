"""The data that is loaded: what it holds, refreshes, loads that failed, and who may do what."""

import sqlite3
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data.snapshots import snapshot_path
from core.errors import FewerRows, FileRefused
from core.store.loads import LoadState, get_load, list_loads
from core.store.snapshots import current_snapshot
from core.store.workspace import get_workspace
from core.ui.roles import Role
from core.workspace.data_source import refresh
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from tests.app.bringing import CUSTOMERS, bring, brought, proposal, upload_in, work_off
from tests.app.conftest import OpenApp
from tests.app.screen import press, widget, words


def remove_current(opened: OpenWorkspace) -> None:
    """Remove the file with the data, as a restore of the store alone leaves it."""
    with opened.store.read() as session:
        current = current_snapshot(session)
    assert current is not None
    snapshot_path(opened.settings, current.id).unlink()


def told(page: AppTest) -> str:
    """Return what the page says, without its marks."""
    return words(page).replace("*", "")


def test_loaded_data_is_shown_in_one_line_with_its_tables(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    work_off(opened)
    page = app("data")
    assert "3 people · 2 tables, refreshed by hand" in words(page)
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


def test_files_with_fewer_columns_say_what_is_lost_and_load(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    work_off(opened)
    page = app("data", replace="files")
    bring(page, {"customers.csv": "customer_id,name\n01,Ann\n02,Bob\n03,Eve\n"})
    assert "customers had columns that are not there any more: born" in told(page)
    page.button(key="data:load").click().run()
    work_off(opened)
    fields = app("data", view="Fields").dataframe[0].value["Field"].tolist()
    assert fields == ["customer_id", "name"]


def test_files_without_the_column_of_a_link_and_a_key_still_open(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    work_off(opened)
    page = app("data", replace="files")
    bring(page, {"customers.csv": "name\nAnn\nBob\n", "orders.csv": "amount\n1\n"})
    assert "not there any more: customer_id, born" in told(page) and not page.error
    assert "orders is linked to no other table" in told(page)
    assert proposal(page, opened).manifest.table("customers").key == "name"


def test_mended_files_take_the_place_of_those_that_failed(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.selectbox(key="data:zone").set_value("Asia/Tokyo").run()
    page.button(key="data:load").click().run()
    work_off(opened, FileRefused("orders.csv: no"))
    page = app("data")
    page.button(key="data:mended").click().run()
    bring(page, {"orders.csv": "order_id,customer_id,amount\n1,01,1\n"})
    assert page.selectbox(key="data:zone").value == "Asia/Tokyo"
    page.button(key="data:load").click().run()
    work_off(opened)
    assert "3 people" in words(app("data"))


def test_a_failed_load_stays_in_sight_with_what_to_do(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    upload = upload_in(page)
    page.button(key="data:load").click().run()
    work_off(opened, FileRefused("orders.csv, line 2: 3 cells where the first line names 2"))
    page = app("data")
    assert "line 2: 3 cells where" in words(page) and "Nothing is loaded yet" in words(page)
    page.button(key="data:correct").click().run()
    assert upload_in(page) == upload
    assert "What was found in your files" in words(page) and "line 2: 3 cells" in words(page)
    assert page.button(key="data:load").label == "Load again"
    page.button(key="data:load").click().run()
    work_off(opened)
    assert "is loaded" in words(page.run()) and "failed" not in words(page)


def test_what_was_loaded_is_said_with_the_way_on(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    work_off(opened)
    page.run()
    assert "3 people and what belongs to them, 6 rows in 2 tables" in words(page)
    loaded = page.query_params["loaded"]
    again = app("data", loaded=loaded[0] if isinstance(loaded, list) else loaded)
    assert "Your data is loaded" in words(again)
    assert "Your data is loaded" not in words(app("data"))


@pytest.mark.parametrize("asked", ["0", "-1", "x" * 300, "None"])
def test_a_load_that_is_none_is_not_spoken_of(app: OpenApp, sample: Path, asked: str) -> None:
    page = app("data", loaded=asked)
    assert "Your data is loaded" not in words(page) and not page.exception


def refreshed(app: OpenApp, opened: OpenWorkspace) -> AppTest:
    page = app("data", view="Refresh")
    page.button(key="data:refresh").click().run()
    work_off(opened)
    return page.run()


def test_a_refresh_that_is_done_leaves_one_where_one_was(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = refreshed(app, opened)
    assert "The data is refreshed: 400 people" in told(page)
    assert "Every table has as many rows and the same fields as in the data of" in words(page)
    assert page.button(key="data:refresh") and "Your data is loaded" not in words(page)


def test_a_refresh_says_what_it_changed(app: OpenApp, home: Path, opened: OpenWorkspace) -> None:
    page = brought(app)
    files = proposal(page, opened).upload.files
    page.button(key="data:load").click().run()
    work_off(opened)
    (files / "orders.csv").write_text("order_id,customer_id,amount,note\n1,01,10.50,x\n2,02,3,\n")
    page = refreshed(app, opened)
    assert "orders has 1 row fewer (2, and had 3)" in words(page)
    assert (
        "orders: note is new" in words(page)
        and "customers" not in told(page).split("Changed since")[1]
    )


def test_a_refresh_after_which_the_last_copy_is_gone_tells_the_rows(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    with opened.store.read() as session:
        before = current_snapshot(session)
    assert before is not None
    refresh(opened, "ann")
    page = app("data")
    work_off(opened)
    snapshot_path(opened.settings, before.id).unlink()
    assert "The data is refreshed" in words(page.run()) and not page.exception


def test_a_refresh_that_failed_and_a_file_that_is_gone_are_one_story(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    refresh(opened, "ann")
    work_off(opened, FileRefused("orders.csv: no"))
    remove_current(opened)
    page = app("data")
    assert len(page.error) == 1 and "stays in use" not in words(page)
    assert "its file is gone from the disk" in words(page)


def test_a_load_that_failed_leaves_the_data_and_can_be_let_go(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("data", replace="all")
    page = bring(page, {"customers.csv": CUSTOMERS})
    page.button(key="data:load").click().run()
    work_off(opened, FileRefused("customers.csv: no"))
    page = app("data")
    assert "The load of" in words(page) and "stays in use" in words(page)
    page.button(key="data:keep").click().run()
    assert "failed" not in words(page) and "400 people" in words(page)


def test_a_table_that_lost_most_rows_can_be_loaded_all_the_same(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    refresh(opened, "ann")
    said_then = "orders has 2 rows, and had 50. If that is right, load it all the same"
    work_off(opened, FewerRows(said_then, terminal_hint="--accept-fewer"))
    page = app("data")
    assert "had 50" in words(page) and "--accept-fewer" not in words(page)
    page.button(key="data:accept").click().run()
    with opened.store.read() as session:
        assert list_loads(session, states=[LoadState.QUEUED])[0].accept_fewer


def test_fewer_rows_are_not_accepted_of_other_data(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    refresh(opened, "ann")
    work_off(opened, FewerRows("orders has 2 rows, and had 50"))
    page = app("data")
    refresh(opened, "bob")
    work_off(opened, FewerRows("customers has 1 row, and had 400"))
    page.button(key="data:accept").click().run()
    assert "The data was loaded again meanwhile" in words(page) and "had 400" in words(page)
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
    assert page.dataframe[0].value["By"].tolist() == ["In the browser"]


def choose_schedule(page: AppTest, kind: str) -> AppTest:
    drawn: AppTest = widget(page, "radio", "When it runs").set_value(kind).run()
    return drawn


def test_a_schedule_that_another_tab_saved_is_not_overwritten_unseen(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    one, other = app("data", view="Refresh"), app("data", view="Refresh")
    choose_schedule(other, "every")
    press(choose_schedule(one, "days"), "Save")
    press(other, "Save")
    assert "Somebody changed this while you had it open" in words(other)
    with opened.store.read() as session:
        assert '"days"' in str(get_workspace(session).load_schedule)
    press(press(other, "Go on with mine"), "Save")
    with opened.store.read() as session:
        assert '"every"' in str(get_workspace(session).load_schedule)


def test_a_schedule_that_another_tab_saved_can_be_shown(app: OpenApp, sample: Path) -> None:
    one, other = app("data", view="Refresh"), app("data", view="Refresh")
    press(choose_schedule(one, "days"), "Save")
    press(choose_schedule(other, "every"), "Show what is saved now")
    assert widget(other, "radio", "When it runs").value == "days"
    assert widget(other, "button", "Save").disabled and "while you had it" not in words(other)


def test_a_schedule_for_the_refresh_is_saved(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("data", view="Refresh")
    choose_schedule(page, "every")
    page.button(key="data:save_schedule").click().run()
    with opened.store.read() as session:
        assert get_workspace(session).load_schedule == '{"every": "15 minutes"}'
    assert "The schedule of the refresh is saved" in words(page)


def test_fields_tell_what_they_hold(app: OpenApp, sample: Path) -> None:
    page = app("data", view="Fields", table="customers")
    fields = page.dataframe[0].value.set_index("Field")
    assert "FR" in fields.loc["Country", "Values"]
    page.text_input(key="data:field").set_value("loyalty").run()
    assert page.dataframe[0].value["Field"].tolist() == ["Loyalty tier"]
    page.text_input(key="data:field").set_value("nothing").run()
    assert "No field is called like this" in words(page)


@pytest.mark.parametrize("view", ["Tables", "Fields", "Checks", "Refresh", "Earlier copies"])
def test_every_view_opens_by_its_address(app: OpenApp, sample: Path, view: str) -> None:
    page = app("data", view=view)
    assert not page.exception and not page.error


def test_checks_have_verdicts(app: OpenApp, sample: Path) -> None:
    page = app("data", view="Checks")
    assert [each.value for each in page.header] == ["Everything is in order"]
    assert "orders.customer_id → customers.customer_id: every row in orders" in words(page)


def test_the_sample_shop_is_left_for_own_data(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    load_data(opened, sample / "sample" / "dataset.toml", "test")
    page = app("data")
    assert "This is a sample shop" in words(page) and "is put away with its segments" in words(page)
    page.button(key="sample:leave").click().run()
    assert "Bring your data" in words(page) and "This is a sample shop" not in words(page)


def test_data_whose_file_is_gone_says_so_and_can_be_refreshed(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    remove_current(opened)
    page = app("data")
    assert "is gone from the disk" in words(page)
    page.button(key="data:refresh").click().run()
    with opened.store.read() as session:
        assert get_load(session, 1).state is LoadState.QUEUED


def test_a_locked_store_is_a_sentence(
    app: OpenApp, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.engine.BUSY_TIMEOUT_S", 0.1)
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
    assert "400 people" in words(page)
