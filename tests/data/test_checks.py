"""What must hold of data before it is loaded, and how a refusal says so."""

import re
from pathlib import Path

import pytest

from core.data.checks import check_rows, find_fewer_rows
from core.data.load import check
from core.data.manifest import read_manifest
from core.errors import DataRefused, FewerRows, FileRefused, ManifestInvalid
from tests.data.conftest import Loader, write_dataset

ORDERS = '[tables.orders]\nfile = "orders.csv"\n'
LINK = '[[links]]\nfrom = "orders.person"\nto = "people.id"\n'
TYPES = "[tables.people.types]\n"
PEOPLE = '[tables.people]\nfile = "people.csv"\n'


def refused(load: Loader, people: str, manifest: str = "", **files: str) -> str:
    """What the refusal says, which is one line without the engine's own words."""
    with pytest.raises(DataRefused) as error:
        load(people, manifest, **files)
    said = str(error.value)
    assert "\n" not in said and " Error" not in said and "main." not in said
    return said


def test_a_blank_key_is_named_by_file_line_and_column(load: Loader) -> None:
    assert refused(load, 'id,x\n1,"a\nb"\n \t,c\n') == (
        "people.csv, line 4, column 'id': the key is blank. Fill it in, or leave the row out"
    )


def test_blank_keys_are_counted_and_three_of_them_named(load: Loader) -> None:
    said = refused(load, "id,x\n1,a\n,b\n,c\n2,d\n,e\n,f\n,g\n")
    assert said.startswith("people.csv, line 3, column 'id': the key is blank; 5 in all")
    assert re.findall(r"line (\d)", said) == ["3", "4", "6"]


def test_a_repeated_key_is_named_with_both_lines(load: Loader) -> None:
    assert refused(load, "id,x\n7,a\n8,b\n7,c\n") == (
        "Column 'id', the key, must be unique, and is not: '7' at people.csv, line 2 and"
        " people.csv, line 4. Take the repeated rows out of the file, bring it again, or choose"
        " another column"
    )


def test_repeated_keys_are_counted_and_three_of_them_named(load: Loader) -> None:
    keys = ["e", "d", "c", "b", "a"] * 3
    said = refused(load, "id,x\n" + "".join(f"{key},1\n" for key in keys))
    assert re.findall(r"'(\w)' at people\.csv, line (\d+)", said) == [
        ("e", "2"), ("d", "3"), ("c", "4")
    ]  # fmt: skip
    assert "5 such values in all" in said


def test_keys_that_differ_in_case_zeros_or_space_are_different_keys(load: Loader) -> None:
    loaded = load('id,x\nab,1\nAB,2\n07,3\n7,4\n7.0,5\n" 7",6\n')
    assert loaded.catalogue.people_table.rows == 6


def test_keys_that_are_one_number_are_one_key(load: Loader) -> None:
    said = refused(load, "id,x\n07,1\n7.0,2\n", TYPES + 'id = "number"\n')
    assert "'7' at people.csv, line 2 and people.csv, line 3" in said


def test_a_key_of_another_table_is_checked_too(load: Loader) -> None:
    said = refused(load, "id\n1\n", ORDERS + 'key = "nr"\n', orders="nr,x\n5,a\n5,b\n")
    assert "Column 'nr', the key" in said and "orders.csv, line 3" in said


@pytest.mark.parametrize(
    ("kind", "cell"), [("boolean", "true"), ("date", "2026-01-02"), ("number", "1.5")]
)
def test_people_are_not_named_by_dates_booleans_or_fractions(
    load: Loader, kind: str, cell: str
) -> None:
    said = refused(load, f"id,x\n{cell},a\n", TYPES + f'id = "{kind}"\n')
    assert said.startswith(f"The key 'id' of people is a {kind}")


def test_people_may_be_named_by_long_whole_numbers(load: Loader) -> None:
    long = "1234567890123456789012345678"
    loaded = load(f"id\n{long}\n", TYPES + 'id = "number"\n')
    assert loaded.values("id") == [int(long)]


def test_the_people_need_a_key(load: Loader) -> None:
    assert "people: the people need a key" in refused(load, "id\n1\n", PEOPLE)


@pytest.mark.parametrize(("cell", "kind"), [("5", "number"), ("noon", "text"), ("true", "boolean")])
def test_a_time_is_a_date_or_a_timestamp(load: Loader, cell: str, kind: str) -> None:
    said = refused(load, "id\n1\n", ORDERS + 'time = "at"\n', orders=f"at\n{cell}\n")
    assert said.startswith(f"The time 'at' of orders was read as {kind}")


def test_what_a_link_points_to_stands_once(load: Loader) -> None:
    link = LINK.replace("people.id", "people.mail")
    said = refused(load, "id,mail\n1,a\n2,\n3,a\n4,\n", ORDERS + link, orders="person\na\n")
    assert said.startswith("Column 'mail', what orders.person → people.mail points to")
    assert "'a' at people.csv, line 2 and people.csv, line 4" in said


def test_blanks_in_what_a_link_points_to_are_no_one(load: Loader) -> None:
    link = LINK.replace("people.id", "people.mail")
    loaded = load("id,mail\n1,a\n2,\n3,\n", ORDERS + link, orders="id,person\n1,a\n2,\n3,b\n")
    assert loaded.catalogue.links[0].matched == 1
    assert [row is None for row in loaded.values("_person", "orders")] == [False, True, True]


def test_a_link_joins_columns_of_one_type(load: Loader) -> None:
    manifest = TYPES + 'id = "number"\n' + ORDERS + LINK
    assert refused(load, "id\n1\n", manifest, orders="person\n1\n") == (
        "orders.person → people.id joins text with number: give both columns one type"
    )


def test_the_two_ends_of_a_link_keep_their_digits(load: Loader) -> None:
    loaded = load("id\n007\n7\n", ORDERS + LINK, orders="id,person\n1,7\n2,007\n3,07\n")
    link = loaded.catalogue.links[0]
    assert (link.label, link.matched) == ("orders.person → people.id", 2)


def test_a_link_that_hardly_matches_is_noted(load: Loader) -> None:
    loaded = load("id\n1\n", ORDERS + LINK, orders="person\n1\n5\n6\n")
    assert loaded.report.notes == (
        "orders.person → people.id: only 1 of 3 filled rows have a match",
    )


def test_a_table_is_not_linked_to_itself(load: Loader) -> None:
    said = refused(load, "id,boss\n1,\n", LINK.replace("orders.person", "people.boss"))
    assert "people.boss → people.id links a table to itself" in said


MISSING = [
    (PEOPLE + 'key = "idd"\n', "people has no column 'idd'. Did you mean 'id'?"),
    (PEOPLE + 'key = "id"\ntime = "bron"\n', "people has no column 'bron'. Did you"),
    (TYPES + 'bron = "date"\n', "people has no column 'bron'. Did you mean 'born'?"),
    ('[tables.people.labels]\nx = "X"\n', "people has no column 'x'"),
    (ORDERS + LINK, "orders has no column 'person': there are buyer, n"),
    (ORDERS + LINK.replace("person", "buyer").replace(".id", ".Id"), "people has no column 'Id'"),
]


@pytest.mark.parametrize(("manifest", "said"), MISSING)
def test_a_column_that_is_missing_is_named_with_the_nearest(
    load: Loader, manifest: str, said: str
) -> None:
    people = "id,born\n1,2000-01-01\n"
    assert said in refused(load, people, manifest, orders="buyer,n\n1,1\n")


def test_a_check_gathers_every_refusal(tmp_path: Path) -> None:
    files = {"people": "id\n1\n1\n", "orders": "person,at\n1,noon\n"}
    manifest = write_dataset(tmp_path, ORDERS + 'time = "at"\n' + LINK, **files)
    problems = check(read_manifest(manifest)).problems
    assert [problem.partition(",")[0] for problem in problems] == [
        "Column 'id'", "The time 'at' of orders was read as text"
    ]  # fmt: skip


def test_a_check_without_problems_says_what_would_be_loaded(tmp_path: Path) -> None:
    found = check(read_manifest(write_dataset(tmp_path, people="id\n1\n2\n")))
    assert found.problems == () and found.loaded is not None
    assert found.loaded.catalogue.people_table.rows == 2
    assert {path.name for path in tmp_path.iterdir()} == {"people.csv", "dataset.toml"}


def test_a_table_that_lost_over_half_its_rows_is_refused(load: Loader) -> None:
    last = load("id\n1\n2\n3\n4\n5\n").catalogue
    assert find_fewer_rows({"people": 3}, last) == []
    with pytest.raises(FewerRows, match=r"people has 2 rows, and had 5\."):
        check_rows({"people": 2}, last)


def test_a_table_that_is_gone_is_refused(load: Loader) -> None:
    last = load("id\n1\n", ORDERS, orders="n\n1\n").catalogue
    with pytest.raises(FewerRows, match="orders is gone, and had 1 rows"):
        check_rows({"people": 1}, last)


def test_an_empty_key_column_in_a_table_without_rows_is_fine(load: Loader) -> None:
    loaded = load("id\n1\n", ORDERS + 'key = "nr"\n' + LINK, orders="nr,person\n")
    assert loaded.catalogue.by_name["orders"].rows == 0


@pytest.mark.parametrize(
    ("error", "manifest"), [(FileRefused, LINK.replace("person", "nr")), (ManifestInvalid, LINK)]
)
def test_a_fault_of_the_file_and_one_of_the_manifest_are_told_apart(
    load: Loader, error: type[DataRefused], manifest: str
) -> None:
    with pytest.raises(error):
        load("id\n1\n1\n", ORDERS + manifest, orders="nr\n1\n")
