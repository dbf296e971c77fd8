"""How rows lie in a snapshot: what makes questions fast must not depend on the files."""

from datetime import UTC, datetime

import pytest

from tests.data.conftest import Loaded, Loader

PEOPLE = "id\n" + "".join(f"p{number:04}\n" for number in range(1000))
ORDERS = '[tables.orders]\nfile = "orders.csv"\ntime = "at"\nkey = "id"\n'
LINK = '[[links]]\nfrom = "orders.person"\nto = "people.id"\n'


def stored(loaded: Loaded, table: str, *columns: str) -> list[tuple[object, ...]]:
    """The columns of a table in the order in which its rows lie."""
    return loaded.rows(f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY rowid')


def test_people_are_numbered_from_zero_without_gaps_as_they_lie(load: Loader) -> None:
    loaded = load(PEOPLE)
    row_number = loaded.catalogue.people_table.row_number
    assert row_number is not None
    assert [row for (row,) in stored(loaded, "people", row_number)] == list(range(1000))


def test_the_first_people_are_a_fair_sample_of_all(load: Loader) -> None:
    first = [key for (key,) in stored(load(PEOPLE), "people", "id")][:200]
    low = sum(1 for key in first if str(key) < "p0500")
    assert 70 < low < 130


def test_people_lie_alike_however_their_file_is_ordered(load: Loader) -> None:
    lines = PEOPLE.split()
    one, other = load(PEOPLE), load("\n".join([lines[0], *reversed(lines[1:])]))
    assert stored(one, "people", "id", "_row") == stored(other, "people", "id", "_row")


def test_rows_lie_by_person_and_time(load: Loader) -> None:
    days = ["2026-03-01", "2026-01-01", "", "2026-02-01"]
    rows = [f"{n},p{n % 50:04},{days[n % 4]}" for n in range(400)]
    loaded = load(PEOPLE, ORDERS + LINK, orders="id,person,at\n" + "\n".join(rows) + "\n")
    table = loaded.catalogue.by_name["orders"]
    (path,) = table.person_paths
    lying = stored(loaded, "orders", path.column, "coalesce(\"at\", DATE '9999-01-01')")
    assert lying == sorted(lying)
    linked = f"SELECT count(*) FROM orders o JOIN people p ON o.{path.column} = p._row"
    assert loaded.rows(f"{linked} AND o.person = p.id") == [(400,)]


def test_a_row_of_nobody_has_no_person_and_is_kept(load: Loader) -> None:
    orders = "id,person,at\n1,p0001,2026-01-01\n2,stranger,2026-01-01\n3,,2026-01-01\n"
    loaded = load(PEOPLE, ORDERS + LINK, orders=orders)
    assert [row is None for row in loaded.values("_person", "orders")] == [False, True, True]


def test_a_table_on_the_way_leads_to_the_person(load: Loader) -> None:
    lines = '[tables.lines]\nfile = "lines.csv"\n'
    link = '[[links]]\nfrom = "lines.order"\nto = "orders.id"\n'
    orders = "id,person,at\n1,p0001,2026-01-01\n2,nobody,2026-01-01\n"
    loaded = load(PEOPLE, ORDERS + lines + LINK + link, orders=orders, lines="order\n1\n1\n2\n9\n")
    joined = "lines l LEFT JOIN people p ON l._person = p._row"
    found = loaded.rows(f'SELECT l."order", p.id FROM {joined} ORDER BY ALL')
    assert found == [("1", "p0001"), ("1", "p0001"), ("2", None), ("9", None)]


def test_two_ways_to_a_person_are_two_columns(load: Loader) -> None:
    gifts = '[tables.gifts]\nfile = "gifts.csv"\n'
    links = "".join(
        f'[[links]]\nname = "{end}"\nfrom = "gifts.{end}"\nto = "people.id"\n'
        for end in ("giver", "taker")
    )
    loaded = load(PEOPLE, gifts + links, gifts="giver,taker\np0001,p0002\n")
    giver, taker = loaded.catalogue.by_name["gifts"].person_paths
    people = "people g, people t"
    sql = f"SELECT g.id, t.id FROM gifts, {people} WHERE g._row = {giver.column}"
    assert loaded.rows(f"{sql} AND t._row = {taker.column}") == [("p0001", "p0002")]


def test_a_table_without_a_way_to_people_lies_as_its_file(load: Loader) -> None:
    stores = '[tables.stores]\nfile = "stores.csv"\n'
    loaded = load(PEOPLE, stores, stores="name\nc\na\nb\n")
    assert stored(loaded, "stores", "name") == [("c",), ("a",), ("b",)]
    assert loaded.catalogue.by_name["stores"].person_paths == ()


# Source: IANA tz: Santiago skips midnight on 2026-09-06, Havana has it twice on 2026-11-01,
# Samoa skipped all of 2011-12-30.
FIRST_INSTANTS = [
    ("UTC", "2026-09-06", datetime(2026, 9, 6, tzinfo=UTC)),
    ("Europe/Paris", "2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
    ("America/Santiago", "2026-09-06", datetime(2026, 9, 6, 4, tzinfo=UTC)),
    ("America/Santiago", "2026-09-05", datetime(2026, 9, 5, 4, tzinfo=UTC)),
    ("America/Havana", "2026-11-01", datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ("Pacific/Apia", "2011-12-30", datetime(2011, 12, 30, 10, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "day", "instant"), FIRST_INSTANTS)
def test_the_moment_of_a_date_is_the_first_instant_of_its_day(
    load: Loader, zone: str, day: str, instant: datetime
) -> None:
    loaded = load("id\n1\n", ORDERS, zone, orders=f"id,at\n1,{day}\n2,\n")
    moment = loaded.catalogue.by_name["orders"].moment
    assert moment is not None
    assert loaded.values(moment, "orders") == [instant, None]


def test_the_moment_of_a_timestamp_is_itself(load: Loader) -> None:
    loaded = load("id\n1\n", ORDERS, "Europe/Paris", orders="id,at\n1,2026-07-01 12:00\n")
    moment = loaded.catalogue.by_name["orders"].moment
    assert moment is not None
    assert loaded.values(moment, "orders") == [datetime(2026, 7, 1, 10, tzinfo=UTC)]


def test_columns_may_be_called_like_ours_or_differ_only_in_case(load: Loader) -> None:
    loaded = load("id,_row,_person,City,city,rowid\n1,a,b,Paris,Rome,c\n")
    fields = [loaded.field(name) for name in ("_row", "_person", "City", "city", "rowid")]
    values = [loaded.values(field.column)[0] for field in fields]
    assert values == ["a", "b", "Paris", "Rome", "c"]


def test_tables_may_be_called_like_ours_or_differ_only_in_case(load: Loader) -> None:
    names = ["_catalogue", "City", "city", "select", "a b"]
    manifest = "".join(f'[tables."{name}"]\nfile = "{name}.csv"\n' for name in names)
    loaded = load("id\n1\n", manifest, **{name: f"id\n{name}\n" for name in names})
    physical = [loaded.catalogue.by_name[name].physical for name in names]
    assert [loaded.values("id", table) for table in physical] == [[name] for name in names]


def test_blanks_are_counted_and_labels_kept(load: Loader) -> None:
    labels = '[tables.people.labels]\nx = "An X"\n'
    loaded = load('id,x,y\n1,a,1\n2," ",\n3,,\n', labels)
    assert (loaded.field("x").blank, loaded.field("x").label) == (2, "An X")
    assert (loaded.field("y").blank, loaded.field("y").label) == (2, "")


def test_fields_that_are_called_the_same_are_told_apart_on_screen(load: Loader) -> None:
    labels = '[tables.people.labels]\nx = "Y"\nz = "\u202eAn\u200b X"\n'
    called = load("id,x,y,z\n1,a,b,c\n", labels).catalogue.people_table.screen_names
    assert called == {"id": "id", "x": "Y (x)", "y": "y", "z": "An X"}
