"""Columns of yes and no, in the words in which files say so."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.catalogue import FieldType
from core.data.detect import detect
from core.errors import FileRefused
from tests.data.conftest import Loader

DECLARED = '[tables.people.types]\nx = "boolean"\n'
PAIRS = [
    ("true", "false"),
    ("yes", "no"),
    ("y", "n"),
    ("oui", "non"),
    ("ja", "nein"),
    ("si", "no"),
    ("sí", "no"),
    ("1", "0"),
]
CASES = (str.lower, str.upper, str.title)


def column(*cells: str) -> str:
    return "id,x\n" + "".join(f'{number},"{cell}"\n' for number, cell in enumerate(cells))


def found(folder: Path, *cells: str) -> FieldType:
    """Return the type that is proposed for a column of these cells."""
    file = folder / "people.csv"
    file.write_text(column(*cells), encoding="utf-8")
    return detect([file]).tables[0].types["x"]


@pytest.mark.parametrize(("yes", "no"), PAIRS)
def test_a_column_that_is_said_to_be_yes_or_no_is_read_in_all_its_words(
    load: Loader, yes: str, no: str
) -> None:
    cells = [word for case in CASES for word in (case(yes), f" {case(no)} ", "")]
    assert load(column(*cells), DECLARED).values("x") == [True, False, None] * len(CASES)


@pytest.mark.parametrize(("yes", "no"), PAIRS[:-1])
def test_a_column_in_both_words_of_a_pair_is_found(tmp_path: Path, yes: str, no: str) -> None:
    assert found(tmp_path, yes.upper(), "", no.title(), yes) is FieldType.BOOLEAN


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["no", "NO", ""], FieldType.TEXT),
        (["yes"], FieldType.TEXT),
        (["yes", "non"], FieldType.TEXT),
        (["si", "yes", "no"], FieldType.TEXT),
        (["yes", "no", "maybe"], FieldType.TEXT),
        (["yes", "0"], FieldType.TEXT),
        (["1", "0", ""], FieldType.NUMBER),
        (["true"], FieldType.BOOLEAN),
        (["si", "sí", "no"], FieldType.BOOLEAN),
        (["NO", "SI", "NO"], FieldType.TEXT),
        (["NO", "SÍ", "SI"], FieldType.BOOLEAN),
    ],
)
def test_what_could_mean_something_else_is_not_taken_for_yes_or_no(
    tmp_path: Path, cells: list[str], kind: FieldType
) -> None:
    assert found(tmp_path, *cells) is kind


def test_the_last_of_many_rows_counts_as_the_first(tmp_path: Path) -> None:
    many = ["yes"] * 25_000
    assert found(tmp_path, *many, "no") is FieldType.BOOLEAN
    assert found(tmp_path, *many) is FieldType.TEXT
    assert found(tmp_path, *many, "no", "maybe") is FieldType.TEXT


def test_many_rows_are_read_as_few_are(load: Loader) -> None:
    values = load(column(*["Yes", "No", ""] * 10_000), DECLARED).values("x")
    assert values == [True, False, None] * 10_000


def test_a_column_nobody_spoke_of_stays_as_it_is_written(load: Loader) -> None:
    assert load(column("yes", "no")).values("x") == ["yes", "no"]


@pytest.mark.parametrize("before", [0, 25_000])
def test_what_says_neither_is_counted_and_named(load: Loader, before: int) -> None:
    cells = ["yes"] * before + ["no", "maybe", "", "perhaps"]
    with pytest.raises(FileRefused) as refused:
        load(column(*cells), DECLARED)
    said = str(refused.value)
    assert f"line {before + 3}, column 'x': 'maybe' is neither yes nor no; 2 cells in all" in said
    assert f"line {before + 5} ('perhaps')" in said and "boolean" not in said


@pytest.mark.parametrize("cells", ['"Yes"\n"no"', "1\n0", "true\nfalse"])
def test_other_kinds_of_files_are_read_so_too(tmp_path: Path, load: Loader, cells: str) -> None:
    lines = [f'{{"id": {at}, "x": {cell}}}' for at, cell in enumerate(cells.split("\n"))]
    (tmp_path / "people.jsonl").write_text("\n".join(lines), encoding="utf-8")
    manifest = f'[tables.people]\nfile = "people.jsonl"\nkey = "id"\n{DECLARED}'
    assert load(manifest=manifest).values("x") == [True, False]


def test_words_of_a_workbook_or_of_json_are_found(tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text('{"id": 1, "x": "Yes"}\n{"id": 2, "x": "No"}\n', encoding="utf-8")
    assert detect([file]).tables[0].types["x"] is FieldType.BOOLEAN


def test_first_rows_are_shown_as_yes_and_no(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(column("OUI", "", "non"), encoding="utf-8")
    assert [row[1] for row in detect([file]).tables[0].sample] == ["yes", None, "no"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(("y", "n", "Y", "N", " ")), min_size=1, max_size=6))
def test_what_is_found_loads_and_is_as_blank_as_before(load: Loader, cells: list[str]) -> None:
    values = load(column(*cells), DECLARED).values("x")
    assert values == [{"y": True, "n": False}.get(cell.lower()) for cell in cells]
