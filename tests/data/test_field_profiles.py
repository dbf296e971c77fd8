"""What the fields of a loaded table hold, as people see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.data.field_profiles import FieldProfile, profile_fields, sample_rows
from core.data.instance import Instance
from core.data.load import load_into
from core.settings import Settings
from tests.data.conftest import write_dataset

PEOPLE = """\
id,city,born,seen,spent,vip
1,Paris,1990-01-31,2026-01-01 10:00,5,true
2,Paris,2000-12-31,2026-07-01 10:00,7.5,false
3,,,,,true
"""


@pytest.fixture
def home_with_people(tmp_path: Path, home: Settings) -> Iterator[Instance]:
    for folder in (home.snapshots, home.plans, home.ledgers):
        folder.mkdir(parents=True)
    manifest = write_dataset(tmp_path, zone="Europe/Paris", people=PEOPLE)
    load_into(manifest, home.snapshots / "one.duckdb")
    instance = Instance(home, 0.1)
    yield instance
    instance.close()


def test_a_profile_tells_what_each_kind_of_field_holds(
    home_with_people: Instance, home: Settings
) -> None:
    path = home.snapshots / "one.duckdb"
    with home_with_people.snapshot(path) as snapshot, home_with_people.cursor() as cursor:
        table = snapshot.catalogue.people_table
        found = profile_fields(cursor, snapshot, table, table.fields)
    assert found["city"] == FieldProfile(top=("Paris",))
    assert found["born"] == FieldProfile(least="1990-01-31", most="2000-12-31")
    assert (found["seen"].least, found["spent"].most) == ("2026-01-01 10:00", "7.5")
    assert found["vip"].true_share == pytest.approx(2 / 3)


def test_sample_rows_are_text_in_the_zone_of_the_data(
    home_with_people: Instance, home: Settings
) -> None:
    path = home.snapshots / "one.duckdb"
    with home_with_people.snapshot(path) as snapshot, home_with_people.cursor() as cursor:
        table = snapshot.catalogue.people_table
        seen = [table.by_name["id"], table.by_name["seen"]]
        rows = sample_rows(cursor, snapshot, table, seen, 5)
    assert sorted(rows) == [("1", "2026-01-01 10:00"), ("2", "2026-07-01 10:00"), ("3", None)]


def test_a_table_without_chosen_fields_has_nothing_to_show(
    home_with_people: Instance, home: Settings
) -> None:
    path = home.snapshots / "one.duckdb"
    with home_with_people.snapshot(path) as snapshot, home_with_people.cursor() as cursor:
        table = snapshot.catalogue.people_table
        assert profile_fields(cursor, snapshot, table, ()) == {}
        assert sample_rows(cursor, snapshot, table, (), 5) == ()
