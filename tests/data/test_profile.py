"""The values that stand most often in a column, as the builder offers them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.data.field_profiles import FieldProfile, profile_fields, sample_rows
from core.data.instance import Instance
from core.data.load import load_into
from core.data.profile import top_values
from core.errors import Cancelled
from core.settings import Settings
from tests.data.conftest import Loader, write_dataset

TOWNS = [f"town {number:03}" for number in range(300)]
QUERY = '[tables.made]\nquery = "SELECT * FROM (VALUES {rows}) AS t(name)"\n'


@pytest.fixture
def instance(home: Settings) -> Iterator[Instance]:
    for folder in (home.snapshots, home.plans, home.ledgers):
        folder.mkdir(parents=True)
    made = Instance(home, 0.1)
    yield made
    made.close()


Top = Callable[..., list[tuple[str, int]]]


@pytest.fixture
def path(home: Settings) -> Path:
    return home.snapshots / "one.duckdb"


@pytest.fixture
def top(instance: Instance, tmp_path: Path, path: Path) -> Top:
    """Load people, and return the values of a column with the rows that each stands in."""

    def ask(
        people: str, field: str = "city", count: int = 10, manifest: str = "", table: str = "people"
    ) -> list[tuple[str, int]]:
        path.unlink(missing_ok=True)
        load_into(write_dataset(tmp_path, manifest, people=people), path)
        with instance.snapshot(path) as snapshot:
            asked = snapshot.catalogue.by_name[table]
            found = top_values(instance, snapshot, asked, asked.by_name[field], count)
        return [(each.value, each.rows) for each in found]

    return ask


def people_in(*cities: str) -> str:
    rows = "".join(f'{number},"{city}"\n' for number, city in enumerate(cities))
    return f"id,city\n{rows}"


def test_the_most_frequent_value_comes_first_and_equals_by_name(top: Top) -> None:
    people = people_in("Rome", "Paris", "Bonn", "Paris", "Rome", "Paris")
    assert top(people) == [("Paris", 3), ("Rome", 2), ("Bonn", 1)]
    assert top(people_in("b", "a", "c")) == [("a", 1), ("b", 1), ("c", 1)]


@pytest.mark.parametrize("count", [0, 1, 200])
def test_there_are_no_more_than_asked(top: Top, count: int) -> None:
    assert [value for value, _ in top(people_in(*TOWNS), count=count)] == TOWNS[:count]


@pytest.mark.parametrize("blank", ["", "   ", "\t", "\u00a0", "\u3000 \u2003"])
def test_a_blank_is_no_value(top: Top, blank: str) -> None:
    assert top(people_in("Paris", blank, blank)) == [("Paris", 1)]
    assert top(people_in(blank), manifest=typed("city", "text")) == []


def typed(field: str, kind: str) -> str:
    return (
        '[tables.people]\nfile = "people.csv"\nkey = "id"\n'
        f'[tables.people.types]\n{field} = "{kind}"\n'
    )


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u3000\u2003"])
def test_a_blank_that_a_query_makes_is_no_value_either(top: Top, blank: str) -> None:
    made = QUERY.format(rows=f"('{blank}'), ('{blank}'), ('x')")
    assert top(people_in("Paris"), "name", manifest=made, table="made") == [("x", 1)]


def test_a_table_without_rows_has_no_values(top: Top) -> None:
    assert top("id,city\n", manifest=typed("city", "text")) == []


UNICODE = ["Köln", "köln", "İzmir", "😀", "a_b", "100%", "it's", "\\", "e\u0301", "\u00e9", " x "]


def test_values_come_as_they_stand_letter_by_letter(top: Top) -> None:
    assert top(people_in(*UNICODE), count=20) == [(value, 1) for value in sorted(UNICODE)]


def test_a_long_value_is_whole(top: Top) -> None:
    long = "x" * 10_000
    assert top(people_in(long)) == [(long, 1)]


def test_names_of_columns_and_tables_may_be_anything(top: Top) -> None:
    people = 'id,"na""me; DROP TABLE x --"\n1,a\n'
    assert top(people, 'na"me; DROP TABLE x --') == [("a", 1)]


def test_what_is_no_text_is_counted_as_text(top: Top) -> None:
    people = "id,n,vip,born\n1,7.50,true,1990-01-31\n2,7.50,true,1990-01-31\n3,,,\n"
    assert top(people, "n") == [("7.5", 2)]
    assert top(people, "vip") == [("true", 2)]
    assert top(people, "born") == [("1990-01-31", 2)]


def test_a_question_after_the_end_is_given_up(
    instance: Instance, tmp_path: Path, path: Path
) -> None:
    load_into(write_dataset(tmp_path, people=people_in("Paris")), path)
    with instance.snapshot(path) as snapshot:
        table = snapshot.catalogue.people_table
        instance.close()
        with pytest.raises(Cancelled):
            top_values(instance, snapshot, table, table.by_name["city"], 5)


Profile = Callable[[str, str], dict[str, FieldProfile]]


@pytest.fixture
def profile(instance: Instance, tmp_path: Path, path: Path) -> Profile:
    """Load people and return the profiles of all fields."""

    def ask(people: str, manifest: str = "") -> dict[str, FieldProfile]:
        load_into(write_dataset(tmp_path, manifest, people=people), path)
        with instance.snapshot(path) as snapshot, instance.cursor() as cursor:
            table = snapshot.catalogue.people_table
            return dict(profile_fields(cursor, snapshot, table, table.fields))

    return ask


KINDS = "id,city,n,vip,born,seen\n"
TYPES = (
    '[tables.people]\nfile = "people.csv"\nkey = "id"\n[tables.people.types]\ncity = "text"\n'
    'n = "number"\nvip = "boolean"\nborn = "date"\nseen = "timestamp"\n'
)


@pytest.mark.parametrize("rows", ["", "1,,,,,\n2, ,,,,\n"])
def test_fields_that_hold_nothing_have_empty_profiles(profile: Profile, rows: str) -> None:
    found = profile(KINDS + rows, TYPES)
    assert [name for name, each in found.items() if each != FieldProfile() and name != "id"] == []


def test_a_profile_shows_frequent_values_first_and_cuts_long_ones(profile: Profile) -> None:
    people = people_in("Köln", "Köln", "Köln", "😀" * 80, "😀" * 80, "İzmir")
    assert profile(people, "")["city"].top == ("Köln", "😀" * 60, "İzmir")


def test_bounds_are_exact(profile: Profile) -> None:
    found = profile(KINDS + "1,,-0.10,,0999-01-01,\n2,,99999999999999999999.5,,,\n", TYPES)
    assert (found["n"].least, found["n"].most) == ("-0.1", "99999999999999999999.5")


def test_first_rows_hold_blanks_and_long_texts(
    instance: Instance, tmp_path: Path, path: Path
) -> None:
    load_into(write_dataset(tmp_path, people=people_in("x" * 300, "")), path)
    with instance.snapshot(path) as snapshot, instance.cursor() as cursor:
        table = snapshot.catalogue.people_table
        rows = sample_rows(cursor, snapshot, table, [table.by_name["city"]], 5)
        assert sample_rows(cursor, snapshot, table, table.fields, 0) == ()
    assert set(rows) == {(None,), ("x" * 200,)}


def test_a_field_tells_in_how_many_rows_it_is_blank(load: Loader) -> None:
    loaded = load(people=people_in("Paris", "", " ", "\u00a0", "Köln"))
    assert (loaded.field("city").blank, loaded.field("id").blank) == (3, 0)
    assert load(people="id,city\n").field("city").blank == 0
