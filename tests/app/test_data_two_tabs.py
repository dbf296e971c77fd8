"""Two tabs that correct one upload: what one changed is not overwritten, mixed up or lost."""

from streamlit.testing.v1 import AppTest

from core.store.loads import LoadView, list_loads
from core.workspace.opened import OpenWorkspace
from tests.app.bringing import CUSTOMERS, ORDERS, brought, edit_columns, proposal, upload_in
from tests.app.conftest import OpenApp
from tests.app.screen import press, widget, words

GONE = "The table “orders” was renamed or removed meanwhile"


def both_tabs(app: OpenApp, **files: str) -> tuple[AppTest, AppTest]:
    """Return two tabs that show one upload."""
    one = brought(app, **files)
    return one, app("data", upload=upload_in(one))


def turn_to(page: AppTest, table: str) -> AppTest:
    return page.radio(key="data:table").set_value(table).run()


def rename_orders(page: AppTest, name: str) -> None:
    turn_to(page, "orders").text_input(key="data:name").set_value(name).run()


def tables(page: AppTest, opened: OpenWorkspace) -> list[str]:
    return [table.name for table in proposal(page, opened).manifest.tables]


def test_people_are_not_chosen_in_a_table_that_is_gone(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    turn_to(one, "orders").button(key="data:remove").click().run()
    other.selectbox(key="data:people").set_value("orders").run()
    assert GONE in words(other) and "What was found in your files" in words(other)
    assert proposal(one, opened).manifest.people == "customers"
    assert not one.run().error and not other.run().error


def test_a_draft_that_does_not_fit_its_files_is_made_anew(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    page = brought(app)
    draft = proposal(page, opened).upload.folder / "draft.toml"
    said = draft.read_text(encoding="utf-8")
    draft.write_text(said.replace('people = "customers"', 'people = "sales"'), encoding="utf-8")
    page = app("data", upload=upload_in(page))
    assert page.selectbox(key="data:people").value == "customers" and not page.error


def test_a_table_that_was_renamed_meanwhile_is_not_renamed_again(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    turn_to(other, "orders")
    rename_orders(one, "sales")
    other.text_input(key="data:name").set_value("purchases").run()
    assert GONE in words(other) and "What was found in your files" in words(other)
    assert tables(one, opened) == ["customers", "sales"]
    assert turn_to(other, "sales").text_input(key="data:name").value == "sales"


def test_a_key_of_a_table_that_was_renamed_meanwhile_is_refused(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    turn_to(other, "orders")
    rename_orders(one, "sales")
    other.selectbox(key="data:key").set_value("").run()
    assert GONE in words(other)
    assert proposal(one, opened).manifest.table("sales").key == "order_id"


def test_a_link_from_a_table_that_was_renamed_meanwhile_is_refused(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    widget(other, "selectbox", "From column").set_value(("orders", "order_id")).run()
    widget(other, "selectbox", "To column").set_value(("customers", "customer_id")).run()
    rename_orders(one, "sales")
    other.button(key="data:link").click().run()
    assert GONE in words(other) and not other.exception
    assert [link.table for link in proposal(one, opened).manifest.links] == ["sales"]
    assert not other.run().error


def test_a_link_is_removed_and_not_whatever_stands_in_its_place(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    visits = "visit_id,customer_id\n1,01\n2,02\n"
    one, other = both_tabs(app, customers=CUSTOMERS, orders=ORDERS, visits=visits)
    press(one, "Remove")
    press(other, "Remove")
    assert "This link was changed or removed meanwhile" in words(other)
    assert [link.table for link in proposal(one, opened).manifest.links] == ["visits"]


def test_a_doubt_is_decided_and_not_whatever_stands_in_its_place(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    paid = "order_id,customer_id,paid\n1,01,03/04/2020\n"
    one, other = both_tabs(app, customers="customer_id,born\n01,03/04/1990\n", orders=paid)
    press(one, "Months come first: 12/31")
    press(other, "Days come first: 31/12")
    assert "was decided, renamed or removed meanwhile" in words(other)
    orders = {t.name: t.csv.dates for t in proposal(one, opened).manifest.tables}
    assert sorted(orders.values(), key=str) == [None, "month first"]
    press(other, "Days come first: 31/12")
    assert not proposal(one, opened).open_doubts


def read_again(page: AppTest, label: str, value: str) -> AppTest:
    widget(page, "selectbox", label).set_value(value)
    return press(page, "Read again")


def test_reading_again_keeps_what_another_tab_said(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    read_again(one, "Order of dates", "day first")
    read_again(other, "Decimal sign", ",")
    csv = proposal(one, opened).manifest.table("customers").csv
    assert (csv.dates, csv.decimal) == ("day first", ",")
    assert widget(other, "selectbox", "Order of dates").value == "day first"


def test_a_column_that_is_read_otherwise_meanwhile_is_no_key(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    read_again(one, "Columns apart by", ";")
    other.selectbox(key="data:people_key").set_value("name").run()
    assert "These files were read otherwise meanwhile" in words(other)
    assert not other.run().error


def test_a_file_whose_table_was_renamed_meanwhile_is_not_read_again(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    turn_to(other, "orders")
    rename_orders(one, "sales")
    read_again(other, "Decimal sign", ",")
    assert GONE in words(other) and "What was found in your files" in words(other)


def test_a_label_in_a_table_that_was_renamed_meanwhile_is_told(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    turn_to(other, "orders")
    rename_orders(one, "sales")
    edit_columns(other, {2: {"Name on screen": "Paid"}})
    assert GONE in words(other)
    turn_to(other, "sales")
    edit_columns(other, {2: {"Name on screen": "Paid"}})
    assert proposal(one, opened).manifest.table("sales").labels == {"amount": "Paid"}


def test_a_label_is_kept_where_another_tab_changed_the_links(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    press(one, "Remove")
    edit_columns(other, {1: {"Name on screen": "First name"}})
    assert proposal(one, opened).manifest.table("customers").labels == {"name": "First name"}


def test_what_another_tab_changed_is_shown_before_it_is_loaded(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    one, other = both_tabs(app)
    edit_columns(one, {2: {"Type": "Text"}})
    other.button(key="data:load").click().run()
    assert "Somebody changed this while you had it open" in words(other)
    assert "Nothing was loaded yet" in words(other)
    assert not loads(opened)
    other.button(key="data:load").click().run()
    assert len(loads(opened)) == 1


def test_what_the_same_tab_changed_is_loaded_at_once(
    app: OpenApp, home: object, opened: OpenWorkspace
) -> None:
    page = brought(app)
    edit_columns(page, {2: {"Type": "Text"}})
    page.text_input(key="data:name").set_value("Members")
    page.button(key="data:load").click().run()
    assert len(loads(opened)) == 1 and "Somebody changed" not in words(page)


def test_a_change_of_another_tab_is_told_once(app: OpenApp, home: object) -> None:
    one, other = both_tabs(app)
    one.selectbox(key="data:zone").set_value("Asia/Tokyo").run()
    turn_to(other, "orders")
    assert "Somebody changed this while you had it open" in words(other)
    assert "Somebody changed" not in words(other.run())


def test_who_was_elsewhere_meanwhile_is_not_told_of_changes(app: OpenApp, home: object) -> None:
    one, other = both_tabs(app)
    del other.query_params["upload"]
    other.run()
    one.selectbox(key="data:zone").set_value("Asia/Tokyo").run()
    other.query_params["upload"] = upload_in(one)
    assert "Somebody changed" not in words(other.run().run())


def loads(opened: OpenWorkspace) -> tuple[LoadView, ...]:
    with opened.store.read() as session:
        return list_loads(session)
