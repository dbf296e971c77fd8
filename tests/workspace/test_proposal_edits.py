"""What may be changed in a proposed manifest, without its files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.data.catalogue import FieldType
from core.data.manifest import LinkSource, Manifest, TableSource, find_problems
from core.errors import EditConflict, NameTaken, UsageError
from core.workspace.proposal_edits import (
    add_link,
    change_columns,
    choose_key,
    choose_people,
    choose_time,
    choose_zone,
    leave_out_table,
    remove_link,
    rename_table,
)

PEOPLE = TableSource("people", file="people.csv", key="id", types={"id": FieldType.TEXT})
ORDERS = TableSource("orders", file="orders.csv", types={"who": FieldType.NUMBER})
LINK = LinkSource("orders", "who", "people", "id")
COLUMNS = ("id", "mail", "age")
DRAFT = Manifest(Path("/data"), "UTC", "people", (PEOPLE, ORDERS))


def test_another_table_may_be_that_of_the_people_in_another_zone() -> None:
    chosen = choose_zone(choose_people(DRAFT, "orders"), "Asia/Tokyo")
    assert (chosen.people, chosen.zone, chosen.tables) == ("orders", "Asia/Tokyo", DRAFT.tables)


def test_the_digits_of_a_key_are_kept() -> None:
    assert choose_key(DRAFT, "orders", "who").table("orders").types["who"] is FieldType.TEXT


def test_a_table_may_have_no_time() -> None:
    timed = choose_time(DRAFT, "orders", "at")
    assert timed.table("orders").time == "at"
    assert choose_time(timed, "orders", None) == DRAFT


def test_a_blank_label_takes_one_away() -> None:
    named = change_columns(DRAFT, "people", {}, {"id": "  Number "}, COLUMNS)
    assert named.table("people").labels == {"id": "Number"}
    assert change_columns(named, "people", {}, {"id": " "}, COLUMNS) == DRAFT


@pytest.mark.parametrize("label", ["Id", " NUMBER ", "nu\u200bmber", "Fide\u0300le"])
def test_two_columns_of_a_table_are_not_called_the_same(label: str) -> None:
    named = change_columns(DRAFT, "people", {}, {"id": "Number", "mail": "Fid\u00e8le"}, COLUMNS)
    renamed = change_columns(named, "people", {}, {"id": ""}, COLUMNS)
    with pytest.raises(NameTaken, match="on screen already: choose another name"):
        change_columns(renamed if label == "Id" else named, "people", {}, {"age": label}, COLUMNS)


def test_two_columns_may_change_their_labels_at_once() -> None:
    named = change_columns(DRAFT, "people", {}, {"id": "A", "mail": "B"}, COLUMNS)
    swapped = change_columns(named, "people", {}, {"id": "B", "mail": "A"}, COLUMNS)
    assert swapped.table("people").labels == {"id": "B", "mail": "A"}
    again = change_columns(swapped, "people", {}, {"id": "ID"}, COLUMNS)
    assert again.table("people").labels["id"] == "ID"


def test_a_link_is_added_once_with_its_digits_kept() -> None:
    linked = add_link(DRAFT, "orders", "who", "people", "id")
    assert linked.links == (LINK,)
    assert linked.table("orders").types["who"] is FieldType.TEXT
    with pytest.raises(UsageError, match="there already"):
        add_link(linked, "orders", "who", "people", "id")
    unlinked = remove_link(linked, "orders", "who", "people", "id")
    assert unlinked.links == ()
    with pytest.raises(EditConflict, match="changed or removed meanwhile"):
        remove_link(unlinked, "orders", "who", "people", "id")


def test_a_table_is_not_linked_to_itself() -> None:
    with pytest.raises(UsageError, match="two different tables"):
        add_link(DRAFT, "orders", "who", "orders", "no")


def test_links_between_the_same_tables_get_names_that_differ() -> None:
    linked = add_link(DRAFT, "orders", "who", "people", "id")
    for field, to_field in (("payer", "id"), ("who", "mail"), ("payer", "mail")):
        linked = add_link(linked, "orders", field, "people", to_field)
    assert len({link.name for link in linked.links}) == 4
    assert not list(find_problems(linked))


def test_a_table_is_renamed_wherever_it_is_named() -> None:
    linked = add_link(DRAFT, "orders", "who", "people", "id")
    renamed = rename_table(linked, "people", "customers")
    assert (renamed.people, renamed.links[0].to_table) == ("customers", "customers")
    assert renamed.table("customers").file == "people.csv"
    assert rename_table(renamed, "customers", "customers") == renamed


@pytest.mark.parametrize(
    ("name", "error"), [("ORDERS", NameTaken), ("  ", UsageError), ("\u200b", UsageError)]
)
def test_a_name_that_is_taken_or_blank_is_refused(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        rename_table(DRAFT, "people", name)


@pytest.mark.parametrize(
    "edit",
    [
        lambda draft: choose_people(draft, "visits"),
        lambda draft: choose_key(draft, "visits", None),
        lambda draft: change_columns(draft, "visits", {}, {}, ()),
        lambda draft: rename_table(draft, "visits", "orders"),
        lambda draft: leave_out_table(draft, "visits"),
        lambda draft: add_link(draft, "visits", "who", "people", "id"),
    ],
)
def test_a_table_that_is_not_there_any_more_is_told(edit: Callable[[Manifest], object]) -> None:
    with pytest.raises(EditConflict, match="“visits” was renamed or removed meanwhile"):
        edit(DRAFT)


def test_a_table_left_out_takes_its_links_along_and_one_stays() -> None:
    linked = add_link(DRAFT, "orders", "who", "people", "id")
    left = leave_out_table(linked, "people")
    assert (left.people, left.links) == ("orders", ())
    with pytest.raises(UsageError, match="must stay"):
        leave_out_table(left, "orders")
