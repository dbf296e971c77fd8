"""The manifest: what it may say, what it refuses, and that it survives being written."""

import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.data.catalogue import FieldType
from core.data.load import check
from core.data.manifest import (
    CsvOptions,
    LinkSource,
    Manifest,
    TableSource,
    find_problems,
    parse_manifest,
    read_manifest,
)
from core.data.manifest_toml import render_manifest
from core.errors import DataRefused, ManifestInvalid
from tests.data.conftest import Loader, write_dataset

HEAD = 'time_zone = "UTC"\npeople = "people"\n'
PEOPLE = '[tables.people]\nfile = "p.csv"\nkey = "id"\n'
ORDERS = '[tables.orders]\nfile = "o.csv"\n'
BILLED = '[[links]]\nfrom = "orders.billed"\nto = "people.id"\n'
SENT = '[[links]]\nfrom = "orders.sent"\nto = "people.id"\n'


def refused(text: str) -> str:
    with pytest.raises(ManifestInvalid) as error:
        parse_manifest(text, Path())
    said = str(error.value)
    assert "\n" not in said
    return said.removeprefix("dataset.toml: ")


UNKNOWN = [
    ('zone = "UTC"\n' + HEAD + PEOPLE, "zone: unknown key. Did you mean 'time_zone'?"),
    (HEAD + PEOPLE + 'fiel = "x"\n', "tables.people.fiel: unknown key. Did you mean 'file'?"),
    (HEAD + PEOPLE + "[tables.people.lables]\n", "unknown key. Did you mean 'labels'?"),
    (HEAD + PEOPLE + 'csv = { delimeter = ";" }\n', "unknown key. Did you mean 'delimiter'?"),
    (HEAD + PEOPLE + ORDERS + BILLED + 'nmae = "x"\n', "links.0.nmae: unknown key. Did you mean"),
    (HEAD + PEOPLE + '[tables.csv]\nfiel = "x"\n', "tables.csv.fiel: unknown key. Did you mean"),
    (HEAD + PEOPLE + '[tables.links]\nsheets = "x"\n', "Did you mean 'sheet'?"),
]


@pytest.mark.parametrize(("text", "said"), UNKNOWN)
def test_an_unknown_key_is_named_with_the_nearest_known_one(text: str, said: str) -> None:
    assert said in refused(text)


IMPOSSIBLE = [
    ("people = ", "dataset.toml is no TOML"),
    ('people = "people"\n' + PEOPLE, "time_zone: this key is missing"),
    (HEAD + PEOPLE + '[[links]]\nto = "people.id"\n', "links.0.from: this key is missing"),
    (HEAD.replace("UTC", "Paris") + PEOPLE, "time_zone: 'Paris' is no IANA zone; write it like"),
    (HEAD.replace("UTC", "../UTC") + PEOPLE, "time_zone: '../UTC' is no IANA zone"),
    (HEAD.replace("UTC", "") + PEOPLE, "time_zone: '' is no IANA zone"),
    (
        HEAD.replace('"people"', '"poeple"') + PEOPLE,
        "no table 'poeple' of people. Did you mean 'people'?",
    ),
    (HEAD + PEOPLE + "[tables.x]\n", "tables.x: give either a file or a query"),
    (HEAD + PEOPLE + 'query = "SELECT 1"\n', "tables.people: give either a file or a query"),
    (HEAD + PEOPLE + 'csv = { dates = "dmy" }\n', "tables.people.csv.dates: input should be"),
    (HEAD + PEOPLE + 'csv = { delimiter = ";;" }\n', "tables.people.csv.delimiter: "),
    (HEAD + PEOPLE + '[tables.people.types]\nx = "int"\n', "tables.people.types.x: input should"),
    (HEAD + PEOPLE + "sheet = 1\n", "tables.people.sheet: input should be a valid string, not 1"),
    (HEAD + PEOPLE + '[tables." "]\nfile = "x.csv"\n', "tables"),
    (HEAD + PEOPLE + BILLED, "links[0].from: no table 'orders': there are people"),
    (HEAD + PEOPLE + '[[links]]\nfrom = "x"\nto = "y.z"\n', "'x' must be written TABLE.COLUMN"),
    (HEAD + PEOPLE + '[[links]]\nfrom = "people."\nto = "y.z"\n', "links[0].from"),
    (HEAD + PEOPLE + ORDERS + BILLED + BILLED, "orders.billed → people.id stands there twice"),
    (HEAD + PEOPLE + ORDERS + BILLED + SENT, "orders.billed → people.id needs a name, as two"),
    (HEAD + PEOPLE + ORDERS + BILLED + 'name = "n"\n' + SENT, "orders.sent → people.id needs a"),
    (
        HEAD + PEOPLE + ORDERS + BILLED + 'name = "n"\n' + SENT + 'name = "n"\n',
        "The name 'n' stands at two links",
    ),
]


@pytest.mark.parametrize(("text", "said"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_with_its_place(text: str, said: str) -> None:
    assert said in refused(text)


def test_links_that_share_their_tables_are_told_apart_by_name() -> None:
    text = HEAD + PEOPLE + ORDERS + BILLED + 'name = "b"\n' + SENT + 'name = "s"\n'
    assert [link.name for link in parse_manifest(text, Path()).links] == ["b", "s"]


def test_a_link_to_there_and_one_back_share_their_tables() -> None:
    back = '[[links]]\nfrom = "people.last"\nto = "orders.id"\n'
    assert "needs a name" in refused(HEAD + PEOPLE + ORDERS + BILLED + back)


def test_a_dot_may_stand_in_a_table_and_in_a_column(load: Loader) -> None:
    manifest = '[tables."a.b"]\nfile = "x.csv"\n[[links]]\nfrom = "a.b.c.d"\nto = "people.id"\n'
    link = load("id\n1\n", manifest, x="c.d\n1\n").catalogue.links[0]
    assert (link.table, link.field, link.matched) == ("a.b", "c.d", 1)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match=r"There is no manifest at .*nowhere\.toml"):
        read_manifest(tmp_path / "nowhere.toml")


def test_a_manifest_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dataset.toml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ManifestInvalid, match="cannot be read as UTF-8 text"):
        read_manifest(tmp_path / "dataset.toml")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "dataset.toml").write_text(HEAD + PEOPLE, encoding="utf-8-sig")
    assert read_manifest(tmp_path / "dataset.toml").people == "people"


def problems(tmp_path: Path, file: str) -> tuple[str, ...]:
    manifest = write_dataset(tmp_path, f'[tables.people]\nfile = "{file}"\nkey = "id"\n')
    return check(read_manifest(manifest)).problems


def test_a_variable_stands_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "p.csv").write_text("id\n1\n")
    monkeypatch.setenv("EXPORTS", str(tmp_path / "exports"))
    assert problems(tmp_path, "${EXPORTS}/p.csv") == ()


def test_a_variable_that_is_not_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXPORTS", raising=False)
    assert problems(tmp_path, "${EXPORTS}/p.csv") == (
        "The variable EXPORTS is not set: '${EXPORTS}/p.csv' needs it",
    )


def test_a_pattern_reaches_into_folders(tmp_path: Path) -> None:
    for month in ("01", "02"):
        (tmp_path / month).mkdir()
        (tmp_path / month / "p.csv").write_text(f"id\n{month}\n")
    assert problems(tmp_path, "**/p.csv") == ()


NO_FILES = [
    ("x.csv", "Table people: there is no file "),
    ("x-*.csv", "Table people: no file is called like "),
    (".", " is a folder: name a file, or the files in it as ./*.csv"),
]


@pytest.mark.parametrize(("file", "said"), NO_FILES)
def test_where_no_file_is_the_table_or_the_folder_is_named(
    tmp_path: Path, file: str, said: str
) -> None:
    (problem,) = problems(tmp_path, file)
    assert said in problem


def test_a_zone_that_the_engine_lacks_is_refused(load: Loader) -> None:
    with pytest.raises(DataRefused, match="time_zone"):
        load("id\n1\n", zone="localtime")


NAMES = st.text(min_size=1, max_size=8).filter(
    lambda name: name.strip() != "" and not any(letter < " " for letter in name)
)
TEXTS = st.text(max_size=12)
KINDS = st.sampled_from(list(FieldType))
CSV = st.builds(
    CsvOptions,
    delimiter=st.none() | st.sampled_from([*",;|\t'\\", "é", "\x7f"]),
    encoding=st.none() | NAMES,
    decimal=st.none() | st.sampled_from([".", ","]),
    dates=st.none() | st.sampled_from(["day first", "month first"]),
    quote=st.none() | st.sampled_from(['"', "'"]),
)
FILES = st.builds(
    TableSource,
    name=st.just(""),
    file=NAMES,
    csv=CSV,
    sheet=st.none() | TEXTS,
    key=NAMES,
    time=st.none() | NAMES,
    types=st.dictionaries(NAMES, KINDS, max_size=3),
    labels=st.dictionaries(NAMES, TEXTS, max_size=3),
)
QUERIES = st.builds(TableSource, name=st.just(""), query=TEXTS, key=NAMES)
# A name without dots: where tables are called "a" and "a.b", "a.b.c" means the longer one.
TABLE_NAMES = st.text(string.ascii_letters + 'é 😀"\\#[]=', min_size=1, max_size=6).filter(
    str.strip
)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    names = draw(st.lists(TABLE_NAMES, min_size=1, max_size=4, unique=True))
    tables = tuple(_named(draw(FILES | QUERIES), name) for name in names)
    ends = st.sampled_from(names)
    link = st.builds(LinkSource, ends, NAMES, ends, NAMES, st.none() | NAMES)
    links = tuple(draw(st.lists(link, max_size=3)))
    zone = draw(st.sampled_from(["UTC", "Europe/Paris"]))
    return Manifest(Path("/data"), zone, draw(ends), tables, links)


def _named(table: TableSource, name: str) -> TableSource:
    fields = {field: getattr(table, field) for field in TableSource.__slots__}
    return TableSource(**{**fields, "name": name})


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(manifests())
def test_a_manifest_that_is_written_reads_back_equal(manifest: Manifest) -> None:
    assume(not list(find_problems(manifest)))
    assert parse_manifest(render_manifest(manifest), manifest.folder) == manifest
