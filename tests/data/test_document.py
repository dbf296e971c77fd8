"""docs/data.md says what the code takes, limits and refuses."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from core.data.catalogue import FieldType
from core.data.checks import check_rows
from core.data.load import check
from core.data.manifest import CsvOptions, TableSource, parse_manifest, read_manifest
from core.data.manifest_toml import render_manifest
from core.data.sources import sources
from core.errors import DataRefused
from core.settings import PROJECT_ROOT, Settings
from tests.data.conftest import Loader, write_dataset

TEXT = (PROJECT_ROOT / "docs" / "data.md").read_text(encoding="utf-8")
LIMITS = [name for name in Settings.model_fields if re.match("load_|upload_|memory", name)]
NUMBER = '[tables.people.types]\nspent = "number"\n'
LINKED = (
    '[tables.orders]\nfile = "orders.csv"\n[tables.people.types]\nid = "number"\n'
    '[[links]]\nfrom = "orders.customer_id"\nto = "people.id"\n'
)


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_stands_in_the_document_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    default = "none" if field.default is None else f"{field.default:,}"
    assert f"| `ROLLCALL_{name.upper()}` | {default} | {field.description} |" in TEXT


def test_the_document_names_no_other_variable() -> None:
    known = {f"ROLLCALL_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"ROLLCALL_\w+", TEXT)) <= known


def test_every_key_of_the_manifest_stands_in_the_document() -> None:
    tables = [f"`tables.NAME.{field.name}`" for field in fields(TableSource)[1:]]
    csv = [f"`{field.name}`" for field in fields(CsvOptions)]
    links = ["`links.from`", "`links.to`", "`links.name`"]
    for key in ("`time_zone`", "`people`", *tables, *csv, *links):
        assert key in TEXT


def test_types_and_kinds_of_files_stand_in_the_document() -> None:
    assert all(f"| `{kind}` |" in TEXT for kind in FieldType)
    assert all(source.label in TEXT for source in sources())


def test_the_example_is_a_manifest_with_every_key() -> None:
    example = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert example is not None
    manifest = parse_manifest(example[1], Path())
    assert parse_manifest(render_manifest(manifest), Path()) == manifest
    assert manifest.links[0].name == "buyer"


SENTENCES = [
    (NUMBER, {"people": "id,spent\n1,12\n2,n/a\n3,-\n4,?\n5,none\n"}),
    ("", {"people": "id,born\n1,03/04/2026\n2,05/06/2026\n"}),
    (NUMBER, {"people": 'id,spent\n1,"1,234"\n'}),
    ("", {"people": "id\n1\n2\n1\n"}),
    ("", {"people": "id,x\n1,a\n,b\n"}),
    ("", {"people": "id,x\n1,a,b\n"}),
    ("", {"people": 'id,x\n1,"a\n'}),
    ('[tables.people.labels]\ncontry = "Country"\n', {"people": "id,country\n1,a\n"}),
    ('[tables.people]\nfiel = "people.csv"\n', {"people": "id\n1\n"}),
    (LINKED, {"people": "id\n1\n", "orders": "customer_id\n1\n"}),
]


@pytest.mark.parametrize(("manifest", "files"), SENTENCES)
def test_refusals_read_as_in_the_document(
    tmp_path: Path, manifest: str, files: dict[str, str]
) -> None:
    path = write_dataset(tmp_path, manifest, **files)
    try:
        (said,) = check(read_manifest(path)).problems
    except DataRefused as refusal:
        said = str(refusal)
    assert re.search(rf"\| `{re.escape(said)}( \(.*\))?` \|", TEXT)


def test_fewer_rows_are_refused_as_in_the_document(load: Loader) -> None:
    last = load("id\n1\n2\n3\n4\n5\n").catalogue
    with pytest.raises(DataRefused) as refused:
        check_rows({"people": 2}, last)
    assert f"| `{refused.value} ({refused.value.terminal_hint})` |" in TEXT
