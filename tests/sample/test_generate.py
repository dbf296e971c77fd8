"""The generated shop: the same from the same seed, sound, and ready to be loaded."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from core.data.catalogue import Catalogue
from core.data.load import load_into
from core.errors import UsageError
from core.sample.generate import generate
from core.sample.shop import FileFormat, Shop

SHOP = Shop(people=2_000, until=date(2026, 3, 1), seed=7)
TABLES = ("customers", "orders", "order_lines", "products", "stores", "visits")


def rows_of(folder: Path, table: str, ending: str = "parquet") -> list[tuple[object, ...]]:
    return answers(f"FROM '{folder}/{table}/*.{ending}' ORDER BY ALL")


def answers(query: str) -> list[tuple[object, ...]]:
    # A connection of its own: the module's shared one may be in the middle of another answer.
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def one_of(query: str) -> object:
    return answers(query)[0][0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("shop"), SHOP).parent


@pytest.fixture(scope="module")
def catalogue(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    target = tmp_path_factory.mktemp("snapshot") / "shop.duckdb"
    return load_into(folder / "dataset.toml", target).catalogue


def test_the_same_seed_makes_the_same_rows(folder: Path, tmp_path: Path) -> None:
    again = generate(tmp_path, SHOP, memory="400MB").parent
    for table in TABLES:
        assert rows_of(again, table) == rows_of(folder, table), table


def test_another_seed_makes_other_orders(folder: Path, tmp_path: Path) -> None:
    other = generate(tmp_path, Shop(people=2_000, until=date(2026, 3, 1), seed=8)).parent
    assert rows_of(other, "orders") != rows_of(folder, "orders")


def test_it_loads_with_as_many_rows_as_were_asked_for(catalogue: Catalogue) -> None:
    rows = {table.name: table.rows for table in catalogue.tables}
    assert (rows["customers"], rows["orders"], rows["visits"]) == (2_000, 10_000, 8_000)
    assert catalogue.by_name["order_lines"].person_paths


def test_every_filled_link_finds_its_row(catalogue: Catalogue) -> None:
    for link in catalogue.links:
        table = catalogue.by_name[link.table]
        assert link.matched == table.rows - table.by_name[link.field].blank, link.label


def test_an_order_costs_what_its_lines_cost(folder: Path) -> None:
    wrong = one_of(
        f"SELECT count(*) FROM (SELECT order_id, sum(quantity * unit_price) AS lines FROM"
        f" '{folder}/order_lines/*.parquet' GROUP BY order_id) JOIN '{folder}/orders/*.parquet'"
        " USING (order_id) WHERE lines <> total"
    )
    assert wrong == 0


def test_nobody_orders_before_signing_up_or_after_the_last_day(folder: Path) -> None:
    wrong = one_of(
        f"SELECT count(*) FROM '{folder}/orders/*.parquet' JOIN '{folder}/customers/*.parquet'"
        " USING (customer_id) WHERE ordered_at < signed_up OR ordered_at >= DATE '2026-03-02'"
    )
    assert wrong == 0


def test_few_people_order_much_and_some_never(folder: Path) -> None:
    orders = f"SELECT count(*) AS n FROM '{folder}/orders/*.parquet' GROUP BY customer_id"
    assert 1_200 < one_of(f"SELECT count(*) FROM ({orders})") < 1_700
    best = f"SELECT n FROM ({orders}) ORDER BY n DESC LIMIT 200"
    assert one_of(f"SELECT sum(n) FROM ({best})") > 3_000


def test_real_data_has_blanks(catalogue: Catalogue) -> None:
    people = catalogue.people_table.by_name
    for field in ("email", "city", "birthday", "loyalty_tier", "email_consent"):
        assert 0 < people[field].blank < 1_000


def test_a_small_shop_can_be_csv_without_lines_or_visits(tmp_path: Path) -> None:
    shop = Shop(people=20, lines=False, visits_per_person=0, format=FileFormat.CSV)
    manifest = generate(tmp_path / "shop", shop)
    report = load_into(manifest, tmp_path / "shop.duckdb")
    names = [table.name for table in report.catalogue.tables]
    assert names == ["customers", "stores", "products", "orders"]


def test_csv_and_parquet_hold_the_same_orders(folder: Path, tmp_path: Path) -> None:
    shop = Shop(people=2_000, until=date(2026, 3, 1), seed=7, format=FileFormat.CSV)
    written = generate(tmp_path, shop).parent
    texts = f"FROM read_csv('{written}/orders/*.csv', all_varchar = true) ORDER BY ALL"
    typed = [
        tuple(None if cell is None else str(cell) for cell in row)
        for row in rows_of(folder, "orders")
    ]
    assert answers(texts) == typed


def test_a_shop_without_people_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one person"):
        Shop(people=0)
