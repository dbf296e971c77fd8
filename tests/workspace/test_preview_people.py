"""A few members of a draft, and one person explained."""

from decimal import Decimal
from pathlib import Path

import pytest

from core.engines._base import Verdict
from core.errors import UnknownName
from core.segments.draft import Draft, new_draft
from core.workspace.opened import OpenWorkspace
from core.workspace.preview import (
    Counting,
    explain_person,
    sample_members,
)
from tests.data.conftest import write_dataset
from tests.workspace.conftest import take
from tests.workspace.previewing import (
    BOUGHT,
    FRENCH,
    IN_PARIS,
    all_of,
    drafted,
    look_in,
    sizes_of,
    wait_for,
)

# A few members


def test_a_sample_shows_the_first_members_with_their_fields(example: OpenWorkspace) -> None:
    found = sample_members(example, look_in(example, drafted(FRENCH)), 20, 8)
    assert found.columns == ("customer_id", "country", "city", "points")
    assert found.rows == (
        ("00001", "FR", "Paris", Decimal("10.50")),
        ("c2", "FR", "Lyon", 7),
        ("c3", "FR", None, 3),
    )


@pytest.mark.parametrize(("count", "columns"), [(0, 3), (2, 0), (1, 1)])
def test_a_sample_is_no_longer_and_no_wider_than_asked(
    example: OpenWorkspace, count: int, columns: int
) -> None:
    found = sample_members(example, look_in(example, drafted(FRENCH)), count, columns)
    assert len(found.columns) == columns + 1
    assert [len(row) for row in found.rows] == [columns + 1] * count


def test_a_sample_keeps_to_the_limit(example: OpenWorkspace) -> None:
    best = {"count": 1, "by": "points", "order": "highest"}
    found = sample_members(example, look_in(example, drafted(limit=best)), 20, 1)
    assert found.rows == (("c4", "DE"),)


def test_a_sample_of_nobody_is_empty(example: OpenWorkspace) -> None:
    nobody = {"field": "city", "op": "is", "value": "Nowhere"}
    assert sample_members(example, look_in(example, drafted(nobody)), 20, 8).rows == ()


def test_a_sample_calls_fields_what_people_call_them(
    example: OpenWorkspace, tmp_path: Path
) -> None:
    labels = '[tables.people]\nfile = "people.csv"\nkey = "id"\n[tables.people.labels]\n'
    labels += 'id = "Number"\n"home.town" = "Where \'they\' live"\n'
    take(example, write_dataset(tmp_path, labels, people="id,home.town\n1,Köln\n"))
    found = sample_members(example, look_in(example, new_draft()), 20, 8)
    assert (found.columns, found.rows) == (("Number", "Where 'they' live"), (("1", "Köln"),))


def test_moments_in_a_sample_are_those_of_the_zone(example: OpenWorkspace, tmp_path: Path) -> None:
    people = "id,born,seen\n1,1990-01-31,2026-07-01T22:30:00Z\n2,,\n"
    take(example, write_dataset(tmp_path, zone="Europe/Paris", people=people))
    rows = sample_members(example, look_in(example, new_draft()), 20, 8).rows
    shown = [[None if cell is None else str(cell) for cell in row] for row in rows]
    assert shown == [["1", "1990-01-31", "2026-07-02 00:30:00+02:00"], ["2", None, None]]


def test_a_sample_of_a_table_without_rows_is_empty(example: OpenWorkspace, tmp_path: Path) -> None:
    take(example, write_dataset(tmp_path, people="id,city\n"))
    look = look_in(example, new_draft())
    assert sample_members(example, look, 20, 8).rows == ()
    sizes = wait_for(Counting(example), look)
    assert (sizes.members, sizes.people, sizes.error) == (0, 0, None)


# One person


def verdicts_of(workspace: OpenWorkspace, draft: Draft, key: str) -> dict[str, Verdict | None]:
    """Return the verdicts by place, and that on the whole as `member`."""
    found = explain_person(workspace, look_in(workspace, draft), key)
    by_place = {place: found.get(node_id) for place, node_id in draft.places.items()}
    return {**by_place, "member": found["member"]}


def test_a_person_is_told_condition_by_condition(example: OpenWorkspace) -> None:
    draft = drafted({}, FRENCH, all_of(IN_PARIS, BOUGHT, match="any"))
    found = verdicts_of(example, draft, "c2")
    assert found == {
        "where": Verdict(False),
        "where.conditions[0]": None,
        "where.conditions[1]": Verdict(True, "FR"),
        "where.conditions[2]": Verdict(False),
        "where.conditions[2].conditions[0]": Verdict(False, "Lyon"),
        "where.conditions[2].conditions[1]": Verdict(False, "0"),
        "member": Verdict(False),
    }


def test_a_blank_is_no_value(example: OpenWorkspace) -> None:
    draft = drafted(IN_PARIS, {"field": "city", "op": "is_not", "value": "Paris"}, match="any")
    found = verdicts_of(example, draft, "c3")
    assert found["where.conditions[0]"] == Verdict(False)
    assert found["where.conditions[1]"] == Verdict(True)
    assert found["member"] == Verdict(True)


def test_a_person_who_meets_everything_may_be_beyond_the_limit(example: OpenWorkspace) -> None:
    draft = drafted(FRENCH, limit={"count": 1, "by": "points", "order": "highest"})
    assert verdicts_of(example, draft, "00001")["member"] == Verdict(True)
    beyond = verdicts_of(example, draft, "c2")
    assert (beyond["where"], beyond["member"]) == (Verdict(True), Verdict(False))


def test_everybody_is_in_an_empty_draft(example: OpenWorkspace) -> None:
    assert verdicts_of(example, drafted(match="none"), "c5")["member"] == Verdict(True)


@pytest.mark.parametrize("key", ["1", "C2", "", "c2 ", "' OR 1=1 --", "x" * 5000, "\0", "Köln😀"])
def test_who_is_not_there_is_said(example: OpenWorkspace, key: str) -> None:
    with pytest.raises(UnknownName, match="Nobody in customers has the key"):
        explain_person(example, look_in(example, drafted(FRENCH)), key)


@pytest.mark.parametrize("key", ["00001", "c2", "c3", "c4", "c5", "c6"])
def test_verdicts_and_sizes_agree(example: OpenWorkspace, key: str) -> None:
    often = {**BOUGHT, "value": 2}
    draft = drafted(FRENCH, often, {"segment": "active", "op": "not_in"}, match="any")
    found = verdicts_of(example, draft, key)
    members = sample_members(example, look_in(example, draft), 100, 0).rows
    assert found["member"].passes == ((key,) in members)
    assert sizes_of(example, draft).members == len(members) == 5
