"""Tables that a manifest makes by a query."""

import json
from pathlib import Path

import pytest

from core.errors import DataTooLarge, FileRefused, ManifestInvalid
from tests.data.conftest import Loaded, Loader

PEOPLE = "id,city,spent\n1,Paris,10\n2,Rome,20\n3,Paris,\n"


def queries(**named: str) -> str:
    return "".join(
        f"[tables.{name}]\nquery = {json.dumps(query)}\n" for name, query in named.items()
    )


def ask(load: Loader, query: str) -> Loaded:
    return load(PEOPLE, queries(made=query))


def test_a_query_sees_the_files_with_their_types_and_the_queries_above(load: Loader) -> None:
    cities = "SELECT city AS id, sum(spent) AS spent FROM people GROUP BY ALL"
    loaded = load(PEOPLE, queries(cities=cities, top="SELECT max(spent) AS id FROM cities"))
    assert loaded.values("spent", "cities") == [10, 20]
    assert loaded.values("id", "top") == [20]


def test_a_query_does_not_see_the_queries_below(load: Loader) -> None:
    with pytest.raises(ManifestInvalid, match=r"tables\.one\.query: .*two does not exist"):
        load(PEOPLE, queries(one="SELECT * FROM two", two="SELECT 1 AS id"))


def test_people_can_come_from_a_query(load: Loader) -> None:
    people = '[tables.people]\nkey = "id"\nquery = "SELECT DISTINCT who AS id FROM visits"\n'
    visits = '[tables.visits]\nfile = "visits.csv"\n'
    link = '[[links]]\nfrom = "visits.who"\nto = "people.id"\n'
    loaded = load(None, people + visits + link, visits="who\nb\na\nb\n")
    assert loaded.values("id") == ["a", "b"]
    assert loaded.catalogue.links[0].matched == 3


def test_a_repeated_key_of_a_query_is_named_by_its_row(load: Loader) -> None:
    with pytest.raises(FileRefused, match="'1' at Table made, row 1 and Table made, row 2"):
        load(PEOPLE, queries(made="SELECT '1' AS id FROM people") + 'key = "id"\n')


@pytest.mark.parametrize("query", ["SELECT id FROM people;", "SELECT id FROM people -- all ;\n"])
def test_a_query_may_end_as_people_end_queries(load: Loader, query: str) -> None:
    assert ask(load, query).values("id", "made") == ["1", "2", "3"]


NOT_ONE_SELECT = [
    "",
    "SELECT 1 AS id; SELECT 2 AS id",
    "SELECT 1 AS id; DROP TABLE people",
    "DROP TABLE people",
    "DELETE FROM people",
    "UPDATE people SET city = 'x'",
    "WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone",
    "CREATE TABLE other AS SELECT 1 AS id",
    "COPY people TO 'out.csv'",
    "ATTACH 'other.duckdb'",
    "SET memory_limit = '64GB'",
    "INSTALL httpfs",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "SELECT 1) UNION ALL (SELECT 2",
    "SELECT 1 AS id) AS one; DROP TABLE people; --",
]


@pytest.mark.parametrize("query", NOT_ONE_SELECT)
def test_anything_but_one_select_is_refused(load: Loader, query: str) -> None:
    with pytest.raises(ManifestInvalid, match=r"tables\.made\.query: "):
        ask(load, query)


@pytest.mark.parametrize(
    "source",
    [
        "'{file}'",
        "read_csv('{file}')",
        "read_text('{file}')",
        "read_blob('{file}')",
        "glob('{folder}/*')",
        "read_parquet('https://example.org/x.parquet')",
        "sniff_csv('{file}')",
    ],
)
def test_a_query_reads_no_file(load: Loader, tmp_path: Path, source: str) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    place = source.format(file=tmp_path / "secret.csv", folder=tmp_path)
    with pytest.raises(ManifestInvalid, match="a query may read tables only"):
        ask(load, f"SELECT * FROM {place}")


def test_a_fault_in_a_query_is_one_line_with_its_place(load: Loader) -> None:
    with pytest.raises(ManifestInvalid) as error:
        ask(load, "SELECT town\nFROM people")
    said = str(error.value)
    assert said.startswith('tables.made.query: Referenced column "town" not found')
    assert "\n" not in said


def test_a_cell_that_a_query_cannot_convert_is_refused(load: Loader) -> None:
    with pytest.raises(ManifestInvalid, match=r"tables\.made\.query: .*Paris"):
        ask(load, "SELECT CAST(city AS INTEGER) AS id FROM people")


@pytest.mark.parametrize("name", [" ", "a\nb"])
def test_a_column_of_a_query_needs_a_name_like_any_other(load: Loader, name: str) -> None:
    with pytest.raises(FileRefused, match="column 2"):
        ask(load, f'SELECT 1 AS id, 2 AS "{name}"')


def test_nested_values_of_a_query_are_refused_by_name(load: Loader) -> None:
    with pytest.raises(FileRefused, match=r"Table made: column 'many' holds .* values"):
        ask(load, "SELECT [1, 2] AS many")


def test_a_query_of_more_rows_than_a_table_may_have_is_refused(
    load: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_LOAD_MAX_ROWS", "1000")
    with pytest.raises(DataTooLarge, match=r"Table made has more than 1,000 rows"):
        ask(load, "SELECT range AS id FROM range(1000000000000)")


def test_a_query_joins_no_csv_with_it(load: Loader) -> None:
    with pytest.raises(ManifestInvalid, match="go with a file, not with a query"):
        load(PEOPLE, queries(made="SELECT 1 AS id") + 'csv = { delimiter = ";" }\n')
