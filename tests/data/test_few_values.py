"""The values of a text field stand in the catalogue, where they are few."""

import json
from dataclasses import replace

from core.data.catalogue import Catalogue
from core.data.catalogue_json import dump_catalogue, parse_catalogue
from core.data.few_values import MOST_CHARACTERS, MOST_VALUES
from tests.data.conftest import Loader


def lines(*cells: str) -> str:
    return "id,x\n" + "".join(f'{number},"{cell}"\n' for number, cell in enumerate(cells))


def test_values_stand_in_code_point_order_and_blanks_are_none(load: Loader) -> None:
    loaded = load(lines("é", "b", "", "B", " ", "b ", "it's", "b", "😀", "\uffee"))
    assert loaded.field("x").values == ("B", "b", "b ", "it's", "é", "\uffee", "😀")


def test_more_values_than_the_limit_are_not_kept(load: Loader) -> None:
    most = [f"v{number:02}" for number in range(MOST_VALUES)]
    assert load(lines(*most, *most)).field("x").values == tuple(most)
    assert load(lines(*most, "one more")).field("x").values == ()


def test_values_far_down_the_table_count(load: Loader) -> None:
    manifest = '[tables.stores]\nfile = "stores.csv"\n'
    far = ["a"] * 30_000
    loaded = load("id\n1\n", manifest, stores=lines(*far, "b"))
    assert loaded.field("x", "stores").values == ("a", "b")
    loaded = load("id\n1\n", manifest, stores=lines(*far, *map(str, range(MOST_VALUES)), "c"))
    assert loaded.field("x", "stores").values == ()


def test_long_texts_are_not_kept(load: Loader) -> None:
    assert load(lines("a" * MOST_CHARACTERS)).field("x").values == ("a" * MOST_CHARACTERS,)
    assert load(lines("b", "a" * (MOST_CHARACTERS + 1))).field("x").values == ()


def test_only_texts_have_values(load: Loader) -> None:
    loaded = load("id,n,yes,day,nothing\n1,5,true,2026-01-01,\n")
    assert {field.name: field.values for field in loaded.catalogue.people_table.fields} == {
        "id": ("1",),
        "n": (),
        "yes": (),
        "day": (),
        "nothing": (),
    }


def test_values_are_written_down(load: Loader) -> None:
    catalogue = load(lines("a", "b")).catalogue
    assert parse_catalogue(dump_catalogue(catalogue)) == catalogue


def test_a_catalogue_from_before_there_were_values_is_read(load: Loader) -> None:
    catalogue = load(lines("a", "b")).catalogue
    stored = json.loads(dump_catalogue(catalogue))
    for table in stored["tables"]:
        for field in table["fields"]:
            del field["values"]
    assert parse_catalogue(json.dumps(stored)) == without_values(catalogue)


def without_values(catalogue: Catalogue) -> Catalogue:
    tables = [
        replace(table, fields=tuple(replace(field, values=()) for field in table.fields))
        for table in catalogue.tables
    ]
    return replace(catalogue, tables=tuple(tables))
