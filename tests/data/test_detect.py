"""Files without a word about them: what is proposed, and that the proposal loads."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core.data.catalogue import Catalogue, FieldType
from core.data.detect import Detection, complete, detect
from core.data.ends import Chosen
from core.data.load import load_into
from core.data.manifest import CsvOptions, parse_draft, parse_manifest, read_manifest
from core.errors import FileRefused, ManifestInvalid

SHOP = {
    "customers": "customer_id,name,joined\n01,Ann,2026-01-02\n02,Bob,2026-01-03\n",
    "orders": (
        "order_id,customer_id,product,ordered_at,amount\n"
        "1,01,A-1,2026-02-01 10:00,10.50\n2,01,A-1,2026-02-02 11:00,20\n"
        "3,02,B-2,2026-02-03 12:00,5\n4,99,B-2,2026-02-04 12:00,7\n"
    ),
    "products": "product_id,price\nA-1,3\nB-2,4\n",
}
CLIENTS = """\
id_client;prénom;né le;dépense
0012;Zoë;31/12/1990;1 234,50
0007;"L'été; 5 €";01/02/2000;0,5
"""
COMMANDES = """\
no;id_client;passée le;montant
1;0012;13/01/2026 18:30;12,50
2;0012;05/02/2026 09:00;7
3;0007;06/02/2026 09:00;1,25
"""
AMERICAN = {
    "users": 'user_id,spent,born\n1,"1,234.50",12/31/1990\n2,7.25,01/02/2000\n',
    "visits": "user_id,when\n1,12/31/2026 5:03 PM\n2,1/2/2026 9:00 AM\n2,1/3/2026 9:00 AM\n",
}


def detected(
    folder: Path, files: Mapping[str, str | bytes], zone: str = "Europe/Paris"
) -> Detection:
    paths = [folder / f"{name}.csv" for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return detect(paths, zone)


def loaded(folder: Path, detection: Detection) -> Catalogue:
    """Save the proposal and load it."""
    (folder / "dataset.toml").write_text(detection.toml, encoding="utf-8")
    return load_into(folder / "dataset.toml", folder / "snapshot.duckdb").catalogue


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "snapshot.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def test_people_keys_and_times_of_a_shop_are_proposed(tmp_path: Path) -> None:
    manifest = detected(tmp_path, SHOP).manifest
    assert (manifest.people, manifest.zone) == ("customers", "Europe/Paris")
    keys = {table.name: table.key for table in manifest.tables}
    assert keys == {"customers": "customer_id", "orders": "order_id", "products": "product_id"}
    assert {table.name: table.time for table in manifest.tables} == {
        "customers": None, "orders": "ordered_at", "products": None
    }  # fmt: skip


def test_links_are_proposed_with_how_well_they_match(tmp_path: Path) -> None:
    detection = detected(tmp_path, SHOP)
    matches = {match.link.label: match.percent for match in detection.links}
    assert matches["orders.customer_id → customers.customer_id"] == 75
    assert "# 3 of 4 filled rows have a match" in detection.toml


def test_a_column_that_matches_little_is_no_link(tmp_path: Path) -> None:
    orders = "order_id,customer_id\n1,01\n2,97\n3,98\n"
    detection = detected(tmp_path, {**SHOP, "orders": orders})
    assert detection.links == ()
    assert "No column points to another table's key: add the links by hand" in detection.lines


def test_types_are_proposed_and_keys_stay_text(tmp_path: Path) -> None:
    orders = detected(tmp_path, SHOP).manifest.table("orders")
    assert orders.types == {
        "order_id": FieldType.TEXT, "customer_id": FieldType.TEXT, "product": FieldType.TEXT,
        "ordered_at": FieldType.TIMESTAMP, "amount": FieldType.NUMBER,
    }  # fmt: skip


def test_two_links_between_the_same_tables_get_names(tmp_path: Path) -> None:
    gifts = "gift_id,customer_id,cust_no\n1,01,02\n2,02,01\n"
    detection = detected(tmp_path, {"customers": SHOP["customers"], "gifts": gifts})
    assert [link.name for link in detection.manifest.links] == ["customer_id", "cust_no"]
    assert len(loaded(tmp_path, detection).by_name["gifts"].person_paths) == 2


def test_the_proposal_of_a_shop_loads(tmp_path: Path) -> None:
    detection = detected(tmp_path, SHOP)
    catalogue = loaded(tmp_path, detection)
    assert {table.name: table.rows for table in catalogue.tables} == {
        "customers": 2, "orders": 4, "products": 2
    }  # fmt: skip
    assert {link.label: link.matched for link in catalogue.links} == {
        match.link.label: match.matched for match in detection.links
    }


def test_the_proposal_reads_back_as_it_was_made(tmp_path: Path) -> None:
    detection = detected(tmp_path, SHOP)
    (tmp_path / "dataset.toml").write_text(detection.toml, encoding="utf-8")
    read = read_manifest(tmp_path / "dataset.toml")
    assert replace(read, folder=detection.manifest.folder) == detection.manifest


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_a_french_export_is_understood_and_loads(tmp_path: Path, encoding: str) -> None:
    files = {"clients": CLIENTS.encode(encoding), "commandes": COMMANDES.encode(encoding)}
    detection = detected(tmp_path, files)
    assert (detection.manifest.people, detection.lines) == ("clients", ())
    catalogue = loaded(tmp_path, detection)
    assert [link.matched for link in catalogue.links] == [3]
    people = rows(tmp_path, 'SELECT id_client, "prénom", "dépense" FROM clients ORDER BY 1')
    assert people == [("0007", "L'été; 5 €", Decimal("0.5")), ("0012", "Zoë", Decimal("1234.5"))]
    sql = 'SELECT min("passée le")::VARCHAR, sum(montant) FROM commandes'
    assert rows(tmp_path, sql) == [("2026-01-13 17:30:00+00", Decimal("20.75"))]


def test_an_american_export_is_understood_and_loads(tmp_path: Path) -> None:
    detection = detected(tmp_path, AMERICAN, "America/New_York")
    assert detection.manifest.people == "users"
    assert [match.link.label for match in detection.links] == ["visits.user_id → users.user_id"]
    loaded(tmp_path, detection)
    assert rows(tmp_path, "SELECT spent, born::VARCHAR FROM users ORDER BY user_id") == [
        (Decimal("1234.50"), "1990-12-31"), (Decimal("7.25"), "2000-01-02")
    ]  # fmt: skip
    (last,) = rows(tmp_path, 'SELECT max("when")::VARCHAR FROM visits')
    assert last == ("2026-12-31 22:03:00+00",)


def test_dates_that_can_be_read_both_ways_are_noted_and_left_to_a_human(tmp_path: Path) -> None:
    detection = detected(tmp_path, {"people": "id,born,x\n1,03/04/2026,a\n2,05/06/2026,b\n"})
    (note,) = detection.lines
    assert "'03/04/2026' can be read as 2026-04-03 (day first) or as 2026-03-04" in note
    assert f"# {note}\n" in detection.toml
    assert detection.manifest.table("people").types.keys() == {"id", "x"}
    with pytest.raises(FileRefused, match="order of dates"):
        loaded(tmp_path, detection)


def test_people_without_a_key_are_noted(tmp_path: Path) -> None:
    detection = detected(tmp_path, {"people": "name,x\nAnn,1\nAnn,2\n"})
    assert detection.lines[0].startswith("No column of people names each person once")
    with pytest.raises(ManifestInvalid, match="the people need a key"):
        loaded(tmp_path, detection)


def test_people_are_found_by_links_where_no_name_tells(tmp_path: Path) -> None:
    files = {"b": "b_id,a_id\n1,1\n2,1\n", "a": "a_id\n1\n2\n"}
    assert detected(tmp_path, files).manifest.people == "a"


def test_files_in_two_folders_are_named_whole(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "people.csv").write_text("id\n1\n")
    (tmp_path / "in" / "orders.csv").write_text("n\n1\n")
    detection = detect([tmp_path / "people.csv", tmp_path / "in" / "orders.csv"])
    assert loaded(tmp_path, detection).by_name["orders"].rows == 1


def test_a_missing_file_and_one_of_no_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_text("x")
    for name, said in (("gone.csv", "there is no file"), ("x.pdf", "of no kind")):
        with pytest.raises(FileRefused, match=said):
            detect([tmp_path / name])


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="Two files are called people: rename one"):
        detect([tmp_path / "people.csv", tmp_path / "in" / "people.csv"])


def test_a_zone_of_no_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="time_zone"):
        detected(tmp_path, {"people": "id\n1\n"}, "Paris")


def test_files_below_the_present_folder_are_named_relative_to_it(tmp_path, monkeypatch) -> None:
    (tmp_path / "exports").mkdir()
    monkeypatch.chdir(tmp_path)
    detection = detected(tmp_path / "exports", {"customers": "customer_id\n1\n"})
    assert detection.manifest.tables[0].file == "exports/customers.csv"
    assert loaded(tmp_path, detection).by_name["customers"].rows == 1


def test_what_was_found_is_shown_with_its_first_rows(tmp_path: Path) -> None:
    customers, orders, _ = detected(tmp_path, SHOP).tables
    assert (customers.rows, orders.rows) == (2, 4)
    assert customers.sample[0] == ("01", "Ann", "2026-01-02")
    assert orders.types["ordered_at"] is FieldType.TIMESTAMP
    assert orders.sample[0][3] == "2026-02-01 10:00:00"


def test_a_draft_is_read_as_it_says_its_files_are_written(tmp_path: Path) -> None:
    draft = detected(tmp_path, {"people": "id;born\n1;03/04/2026\n"}).manifest
    (people,) = draft.tables
    named = replace(people, name="buyers", file="people.csv", csv=CsvOptions(dates="month first"))
    found = complete(replace(draft, folder=tmp_path, people="buyers", tables=(named,)))
    assert found.manifest.table("buyers").types["born"] is FieldType.DATE
    assert found.tables[0].sample == (("1", "2026-03-04"),)


def test_an_unfinished_draft_is_read_back_where_a_manifest_is_refused(tmp_path: Path) -> None:
    text = 'time_zone = "UTC"\npeople = "a"\n[tables.a]\nfile = "a.csv"\n'
    assert parse_draft(text, tmp_path).people == "a"
    with pytest.raises(ManifestInvalid, match="need a key"):
        parse_manifest(text, tmp_path)


def test_an_order_of_dates_does_not_blank_columns_written_in_the_other(tmp_path: Path) -> None:
    text = "id,joined,born\n1,03/04/2020,12/31/1990\n2,05/06/2020,01/15/1990\n"
    draft = detected(tmp_path, {"people": text}).manifest
    (people,) = draft.tables
    said = replace(draft, tables=(replace(people, csv=CsvOptions(dates="day first")),))
    found = complete(said)
    assert found.tables[0].sample[0] == ("1", "2020-04-03", "1990-12-31")
    assert loaded(tmp_path, found).field("people", "born").blank == 0


def test_a_doubt_of_one_table_is_none_of_a_column_of_that_name_elsewhere(tmp_path: Path) -> None:
    files = {"one": "id,at\n1,03/04/2026\n", "two": "id,at\n1,13/04/2026\n"}
    found = detected(tmp_path, files)
    assert [(doubt.table, doubt.column) for doubt in found.doubts] == [("one", "at")]
    assert "at" in found.manifest.table("two").types


def clients(people: int = 300, again: int = 3) -> str:
    """Return a file of people, the first `again` of whom stand in it twice."""
    lines = [f"{at:06},Name {at}\n" for at in range(people)]
    return f"N° client,nom\n{''.join(lines)}{''.join(lines[:again])}"


def bought(name: str, rows: int = 400) -> str:
    """Return a file of what people bought, with an id of its own."""
    lines = (f"C{at:04},{at % 300:06},2026-02-01 10:00\n" for at in range(rows))
    return f"{name},N° client,passée le\n{''.join(lines)}"


REPEATED = (
    "clients.N° client: 3 values stand in more than one row, such as '000000' (clients.csv, line 2"
    " and line 302): a load is refused until each stands once"
)


def test_people_of_whom_few_stand_twice_are_the_people_all_the_same(tmp_path: Path) -> None:
    files = {"commandes_2026": bought("commande"), "clients": clients(), "retours": bought("no")}
    found = detected(tmp_path, files)
    assert found.manifest.people == "clients"
    assert {table.name: table.key for table in found.manifest.tables} == {
        "commandes_2026": "commande", "clients": "N° client", "retours": "no"
    }  # fmt: skip
    assert [(match.link.label, match.matched) for match in found.links] == [
        ("commandes_2026.N° client → clients.N° client", 400),
        ("retours.N° client → clients.N° client", 400),
    ]
    assert [table.time for table in found.manifest.tables] == ["passée le", None, "passée le"]
    assert REPEATED in found.lines
    assert [remark.distinct for remark in found.remarks] == [300]
    with pytest.raises(FileRefused, match="must be unique"):
        loaded(tmp_path, found)


def test_people_alone_of_whom_one_stands_twice_have_a_key(tmp_path: Path) -> None:
    found = detected(tmp_path, {"clients": clients(again=1)})
    assert found.manifest.table("clients").key == "N° client"
    assert "1 value stands in more than one row, '000000'" in found.lines[0]
    assert found.lines[0].endswith("until it stands once") and len(found.lines) == 1


def test_a_column_in_which_much_repeats_is_no_key(tmp_path: Path) -> None:
    found = detected(tmp_path, {"clients": clients(again=4), "commandes": bought("commande")})
    assert (found.manifest.people, found.remarks) == ("commandes", ())


def test_a_column_that_points_to_people_is_no_key_though_few_buy_twice(tmp_path: Path) -> None:
    files = {"people": clients(again=0), "commandes": clients().replace("nom", "montant")}
    found = detected(tmp_path, files)
    assert {table.name: table.key for table in found.manifest.tables} == {
        "people": "N° client", "commandes": None
    }  # fmt: skip
    assert found.manifest.people == "people" and not found.remarks


def test_rows_that_nothing_points_to_need_no_key_that_repeats(tmp_path: Path) -> None:
    lines = clients().replace("N° client,nom", "line_id,text")
    found = detected(tmp_path, {"people": clients(again=0), "lines": lines})
    assert found.manifest.table("lines").key is None and not found.remarks


def test_a_list_with_few_repeats_does_not_take_the_people(tmp_path: Path) -> None:
    files = {"abo": clients(again=1), "clients": clients(), "commandes": bought("commande")}
    found = detected(tmp_path, files)
    assert found.manifest.people == "clients"
    assert found.manifest.table("abo").key is None
    assert {match.link.to_table for match in found.links} == {"clients"}


def test_keys_and_people_that_were_chosen_are_kept_and_linked_to(tmp_path: Path) -> None:
    files = {"clients": clients(again=9), "commandes": bought("commande")}
    draft = detected(tmp_path, files).manifest
    found = complete(draft, chosen=Chosen("clients", {"clients": "N° client"}))
    assert found.manifest.people == "clients" and found.manifest.table("clients").key == "N° client"
    assert [match.matched for match in found.links] == [400]
    assert "9 values stand" in found.remarks[0].sentence


def test_a_file_without_rows_has_no_key(tmp_path: Path) -> None:
    found = detected(tmp_path, {"people": "id,name\n"})
    assert found.manifest.table("people").key is None and not found.remarks
