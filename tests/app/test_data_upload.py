"""From files to a queued load: what was found, corrections, and what can go wrong."""

import io
import os
from pathlib import Path

import pytest

from core.errors import FileRefused
from core.store.loads import LoadState, claim_load, list_loads, note_load_progress
from core.workspace.opened import OpenWorkspace
from core.workspace.uploads import add_file, new_upload
from tests.app.bringing import (
    CUSTOMERS,
    ORDERS,
    bring,
    brought,
    edit_columns,
    proposal,
    upload_in,
    work_off,
)
from tests.app.conftest import OpenApp
from tests.app.screen import press, widget, words

BOTH_WAYS = "customer_id,born\n01,03/04/1990\n"
PAGES = "order_no,who,at\n1,01,2026-01-01\n"


def test_an_empty_home_asks_for_files(app: OpenApp, home: Path) -> None:
    page = app("data")
    assert "Bring your data" in words(page)
    assert page.button(key="data:read").disabled


def test_files_become_a_proposal_that_stays_after_a_refresh(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    assert page.selectbox(key="data:people").value == "customers"
    assert page.selectbox(key="data:people_key").value == "customer_id"
    assert "66.7 % of the 3 rows in orders with a customer_id have a match" in words(page)
    again = app("data", upload=upload_in(page))
    assert words(again) == words(page) and not again.error


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
    edit_columns(page, {1: {"Name on screen": "First name"}, 2: {"Type": "Text"}})
    table = proposal(page, opened).manifest.table("customers")
    assert table.labels == {"name": "First name"} and table.types["born"] == "text"


def test_a_second_column_of_one_name_is_refused_where_it_is_typed(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = edit_columns(brought(app), {1: {"Name on screen": "First name"}})
    page = edit_columns(page, {2: {"Name on screen": "first\u00a0name"}})
    said = "The column “name” is called “First name” on screen already: choose another name."
    assert said in words(page)
    assert proposal(page, opened).manifest.table("customers").labels == {"name": "First name"}
    page = edit_columns(page, {2: {"Name on screen": "Birthday"}})
    assert said not in words(page)
    assert proposal(page, opened).manifest.table("customers").labels["born"] == "Birthday"


def test_a_name_that_is_taken_is_refused_with_a_sentence(app: OpenApp, home: Path) -> None:
    page = brought(app)
    page.text_input(key="data:name").set_value("orders").run()
    assert "Another table is called orders" in words(page)
    assert page.text_input(key="data:name").value == "customers"
    assert "Another table" not in words(page.run())


def test_links_are_added_and_removed(app: OpenApp, home: Path, opened: OpenWorkspace) -> None:
    page = brought(app, customers=CUSTOMERS, pages=PAGES)
    assert "pages is linked to no other table" in words(page)
    widget(page, "selectbox", "From column").set_value(("pages", "who")).run()
    widget(page, "selectbox", "To column").set_value(("customers", "customer_id")).run()
    page.button(key="data:link").click().run()
    assert proposal(page, opened).manifest.links[0].label == "pages.who → customers.customer_id"
    page.button(key="data:check").click().run()
    assert "Every row in pages with a who has a match in customers (1 row)" in words(page)
    press(page, "Remove")
    assert proposal(page, opened).manifest.links == ()


def test_dates_that_can_be_read_both_ways_wait_for_a_decision(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, customers=BOTH_WAYS)
    assert "1990-04-03 (day first) or as 1990-03-04 (month first)" in words(page)
    assert page.button(key="data:load").disabled
    page.button(key="data:month_first:customers:born").click().run()
    assert proposal(page, opened).manifest.table("customers").types["born"] == "date"
    assert not page.button(key="data:load").disabled
    assert "can be read as" not in words(page)


def test_dates_may_stay_as_text(app: OpenApp, home: Path) -> None:
    page = brought(app, customers=BOTH_WAYS)
    page.button(key="data:as_text:customers:born").click().run()
    assert not page.button(key="data:load").disabled and "can be read as" not in words(page)


def test_files_that_cannot_be_read_say_why_and_can_be_read_otherwise(
    app: OpenApp, home: Path
) -> None:
    page = brought(app, people='id;name\n1;"Ann\n', orders="no\n1\n")
    assert "never closed" in words(page)
    page.button(key="data:without:people").click().run()
    assert "cannot be read" not in words(page)
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
    assert "choose the column that names your people" in words(page)
    page.selectbox(key="data:people_key").set_value("name").run()
    page.button(key="data:check").click().run()
    assert "must be unique, and is not: 'Ann'" in words(page)


def test_a_check_lasts_until_something_changes(app: OpenApp, home: Path) -> None:
    page = brought(app)
    page.button(key="data:check").click().run()
    assert "Everything fits and can be loaded: 3 customers, 3 orders" in words(page)
    page.selectbox(key="data:zone").set_value("Asia/Tokyo").run()
    assert "Everything fits" not in words(page)


def test_leaving_the_form_forgets_the_files(app: OpenApp, home: Path) -> None:
    page = brought(app)
    page = press(page, "Forget these files")
    assert "Bring your data" in words(page) and "upload" not in page.query_params
    assert not list((home / "uploads").iterdir())


def test_every_part_of_a_proposal_has_a_heading(app: OpenApp, home: Path) -> None:
    page = brought(app)
    assert [each.value for each in page.header] == ["What was found in your files"]
    assert len(page.subheader) == 3


def test_loading_queues_and_shows_how_far_it_is(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    assert "waits to be loaded" in words(page) and "upload" not in page.query_params
    assert words(page).count("scheduler") == 1
    with opened.store.write("scheduler") as session:
        load = claim_load(session, list_loads(session)[0].id, "one")
        assert load is not None and load.token is not None
        note_load_progress(session, load.id, load.token, "Reading orders", 0.4)
    page.run()
    assert "is being loaded" in words(page)
    assert (page.get("progress")[0].value, page.get("progress")[0].text) == (40, "Reading orders")


def test_a_waiting_load_is_cancelled(app: OpenApp, home: Path, opened: OpenWorkspace) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    page.button(key="data:cancel").click().run()
    with opened.store.read() as session:
        assert list_loads(session)[0].state is LoadState.CANCELLED
    assert "Bring your data" in words(page)


def test_an_upload_that_was_never_read_is_read_in_the_zone_of_who_opens_it(
    app: OpenApp, home: Path, opened: OpenWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.timezone", "Asia/Tokyo")
    upload = new_upload(opened.settings)
    add_file(upload, "customers.csv", io.BytesIO(CUSTOMERS.encode()), 1_000)
    assert app("data", upload=upload.id).selectbox(key="data:zone").value == "Asia/Tokyo"


def test_corrections_are_found_again_from_another_page(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    upload = upload_in(page)
    edit_columns(page, {2: {"Type": "Text"}})
    page.selectbox(key="data:zone").set_value("Asia/Tokyo").run()
    page = app("data")
    assert "These files are not loaded yet: customers, orders" in words(page).replace("**", "")
    page.button(key=f"data:go_on:{upload}").click().run()
    assert page.selectbox(key="data:zone").value == "Asia/Tokyo"
    assert proposal(page, opened).manifest.table("customers").types["born"] == "text"


def test_files_that_wait_are_forgotten_from_the_page(app: OpenApp, home: Path) -> None:
    upload = upload_in(brought(app))
    page = app("data")
    page.button(key=f"data:forget:{upload}").click().run()
    assert "The files are forgotten" in words(page) and "not loaded yet" not in words(page)
    assert not list((home / "uploads").iterdir())


def test_a_load_that_was_cancelled_keeps_its_files_in_sight(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    assert "not loaded yet" not in words(page)
    page.button(key="data:cancel").click().run()
    assert "not loaded yet" in words(page)


def test_a_first_load_that_failed_and_was_left_keeps_its_files_in_sight(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    page.button(key="data:load").click().run()
    work_off(opened, FileRefused("orders.csv: no"))
    for click in ("data:correct", "data:cancel_proposal", "data:again", "data:cancel"):
        page = app("data") if click != "data:cancel_proposal" else page
        page.button(key=click).click().run()
    assert "not loaded yet: customers, orders" in words(app("data")).replace("**", "")


def test_every_upload_that_waits_can_be_reached(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    for name in ("one", "two", "three", "four", "five"):
        brought(app, **{name: "id\n1\n"})
    page = app("data")
    assert words(page).count("not loaded yet") == 5
    assert page.expander[0].label == "And 2 earlier uploads not loaded yet"


def test_files_of_two_tabs_wait_for_each_other(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    one = brought(app)
    other = brought(app, customers=f"{CUSTOMERS}04,Tom,\n", orders=ORDERS)
    one.button(key="data:load").click().run()
    other.button(key="data:load").click().run()
    assert "Other data waits to be loaded" in words(other)
    work_off(opened)
    other.button(key="data:load").click().run()
    work_off(opened)
    assert "4 people" in words(app("data"))


def test_a_column_is_made_yes_or_no_and_what_is_neither_is_named(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, people="id,news,vip\n1,OUI,no\n2,non,perhaps\n3,,\n")
    assert proposal(page, opened).manifest.table("people").types["news"] == "boolean"
    edit_columns(page, {2: {"Type": "Yes or no"}})
    page.button(key="data:check").click().run()
    assert "line 3, column 'vip': 'perhaps' is neither yes nor no" in words(page)
    assert "boolean" not in words(page)


def test_yes_and_no_are_loaded_and_told_as_such(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, people="id,news\n1,OUI\n2,non\n3,\n")
    page.button(key="data:load").click().run()
    work_off(opened)
    fields = app("data", view="Fields").dataframe[0].value.set_index("Field")
    assert fields.loc["news", ["Type", "Values"]].tolist() == ["Yes or no", "50 % yes"]


@pytest.mark.parametrize(
    "asked", ["../../etc", "..%2f..", "/etc/passwd", "nonsense", "20260101T000000Z-000000000000"]
)
def test_an_upload_that_is_none_is_refused_with_a_sentence(
    app: OpenApp, home: Path, asked: str
) -> None:
    page = app("data", upload=asked)
    assert "There is no such upload" in words(page) and not page.exception


def test_a_file_over_the_limit_is_refused_with_a_sentence(
    app: OpenApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_UPLOAD_MAX_BYTES", "20")
    page = brought(app)
    assert "customers is larger than" in words(page) and "Bring your data" in words(page)
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
    page.text_input(key="data:server:path").set_value("people.toml").run()
    page.button(key="data:load_path").click().run()
    assert "is no full path" in words(page)
    page.text_input(key="data:server:path").set_value(str(manifest)).run()
    page.button(key="data:load_path").click().run()
    with opened.store.read() as session:
        assert list_loads(session)[0].manifest_path == str(manifest)


def test_names_of_any_length_and_kind_are_drawn(app: OpenApp, home: Path) -> None:
    name, column = "*" * 10 + "n" * 245, "_<b>$x$" + "c" * 248
    page = bring(app("data"), {f"{name}.csv": f"id,{column}\n1,x\n", "b.csv": "id,at\n1,2\n"})
    assert not page.error and not page.exception
    assert os.listdir(home / "uploads") == [upload_in(page)]


def test_a_choice_that_the_cells_do_not_allow_is_told_at_the_column(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    widget(page, "selectbox", "Order of dates").set_value("month first")
    press(page, "Read again")
    said = words(page)
    assert "**born:** Month first was chosen, but '13/04/1990' (customers.csv, line 2)" in said
    assert "the whole column is read day first" in said
    edit_columns(page, {2: {"Type": "Text"}})
    assert "was chosen" not in words(page)


def test_why_a_column_stayed_text_is_told_until_it_is_another_type(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    rows = "".join(f"{at},{at}.5\n" for at in range(9))
    page = brought(app, people=f"id,spent\n{rows}9,n/a\n")
    assert "1 of 10 cells is no number: 'n/a' (people.csv, line 11). It stays text." in words(page)
    edit_columns(page, {1: {"Type": "Number"}})
    assert "The type chosen now is Number: press Check" in words(page)
    page.button(key="data:check").click().run()
    assert "'n/a' is no number" in words(page)


def test_another_table_with_something_to_look_at_is_named(app: OpenApp, home: Path) -> None:
    page = brought(app, customers="id,name\n1,Ann\n", orders="order,price\n1,5 €\n2,7 €\n")
    assert "There is something to look at in orders too" in words(page)
    page.radio(key="data:table").set_value("orders").run()
    page.text_input(key="data:name").set_value("sales").run()
    assert "is an amount with its currency" in words(page)


def test_many_odd_columns_are_folded(app: OpenApp, home: Path) -> None:
    names = [f"p{at}" for at in range(40)]
    cells = ",".join("5 %" for _ in names)
    page = brought(app, people=f"id,{','.join(names)}\n1,{cells}\n")
    assert [each.label for each in page.expander if "more to look at" in each.label] == [
        "And 32 more to look at"
    ]


def twice(people: int = 200) -> str:
    """Return a file of people, one of whom stands in it twice."""
    lines = [f"{at:05},Name {at}\n" for at in range(people)]
    return f"N° client,nom\n{''.join(lines)}{lines[7]}"


COMMANDES = "N° commande,N° client,date,montant\nC1,00001,2026-02-01,5\nC2,00007,2026-02-03,7\n"


def test_people_of_whom_one_stands_twice_are_found_and_not_loaded(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, commandes_2026=COMMANDES, clients=twice())
    assert page.selectbox(key="data:people").value == "clients"
    assert page.selectbox(key="data:people_key").value == "N° client"
    said = words(page)
    assert (
        "**Nothing can be loaded yet: “N° client” repeats in clients.** 1 value stands in" in said
    )
    assert "'00007' (clients.csv, line 9 and line 202): a load is refused until it stands o" in said
    assert "Take the repeated rows out of the file and bring it again" in said
    assert "200 people, such as 00000, 00001, 00002, in 201 rows" in said
    assert page.button(key="data:load").disabled and "linked to no other table" not in said
    assert proposal(page, opened).manifest.table("commandes_2026").time == "date"


def test_people_chosen_by_hand_bring_links_and_times(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    people = "nom,N° client\nAnn,00001\nAnn,00007\nBob,00007\n"
    page = brought(app, commandes=COMMANDES, clients=people)
    assert page.selectbox(key="data:people").value == "commandes"
    page.selectbox(key="data:people").set_value("clients").run()
    page.selectbox(key="data:people_key").set_value("N° client").run()
    manifest = proposal(page, opened).manifest
    assert [link.label for link in manifest.links] == ["commandes.N° client → clients.N° client"]
    assert (manifest.table("commandes").time, manifest.people) == ("date", "clients")
    assert "2 people, such as 00001, 00007, in 3 rows" in words(page)
    assert page.button(key="data:load").disabled
    page.selectbox(key="data:people_key").set_value("nom").run()
    assert "“nom” repeats in clients" in words(page)


def test_links_and_times_chosen_by_hand_stay_when_a_key_is_chosen(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    press(page, "Remove")
    page.radio(key="data:table").set_value("orders").run()
    page.selectbox(key="data:key").set_value("amount").run()
    manifest = proposal(page, opened).manifest
    assert manifest.links == () and manifest.table("orders").key == "amount"
    assert page.radio(key="data:table").value == "orders"
    assert manifest.table("customers").key == "customer_id"
    assert not page.button(key="data:load").disabled


def test_files_that_replace_others_are_not_loaded_and_the_others_are(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app)
    assert "· nothing is loaded yet" in words(page)
    page.button(key="data:load").click().run()
    work_off(opened)
    page = bring(app("data", replace="files"), {"customers.csv": f"{CUSTOMERS}04,Tom,\n"})
    assert "· nothing of these files is loaded yet" in words(page)


def test_keys_are_proposed_once_files_can_be_read(
    app: OpenApp, home: Path, opened: OpenWorkspace
) -> None:
    page = brought(app, people='id;name\n1;"Ann\n', customers=CUSTOMERS, orders=ORDERS)
    assert "never closed" in words(page)
    page.button(key="data:without:people").click().run()
    manifest = proposal(page, opened).manifest
    assert (manifest.people, manifest.table("customers").key) == ("customers", "customer_id")
    assert manifest.links


def test_keys_that_differ_in_capitals_alone_are_told_at_their_column(
    app: OpenApp, home: Path
) -> None:
    page = brought(app, people="id,name\nab,Ann\nAB,Bob\n")
    assert "differ in capitals or spaces alone" in words(page)
