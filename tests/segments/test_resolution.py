"""What a saved segment means stays what it meant when it was saved."""

import json
from dataclasses import replace

import pytest

from core.data.catalogue import Catalogue, FieldType, Link, Table
from core.errors import SegmentInvalid
from core.segments.checking import Checked, check_segment
from core.segments.resolution import Resolution, resolution_from_json, resolution_to_json
from tests.segments.case_files import VALID, Case
from tests.segments.datasets import Dataset, all_of

SAVED = all_of(
    {
        "table": "products",
        "measure": "count",
        "op": "at_least",
        "value": 1,
    },
    {"field": "stores.store_name", "op": "is", "value": "Nord"},
)
SHORTCUT = Link("products", "category", "customers", "customer_id")


def saved_with(dataset: Dataset, raw: object) -> Resolution:
    return check_segment(raw, dataset.catalogue, dataset.today).resolution


def check(dataset: Dataset, catalogue: Catalogue, saved: Resolution | None) -> Checked:
    return check_segment(SAVED, catalogue, dataset.today, saved=saved)


def with_table(catalogue: Catalogue, name: str, changed: Table) -> Catalogue:
    tables = tuple(changed if table.name == name else table for table in catalogue.tables)
    return replace(catalogue, tables=tables)


@pytest.mark.parametrize("case", VALID[::7], ids=[case.id for case in VALID[::7]])
def test_a_resolution_survives_json(case: Case, shop: Dataset, mail: Dataset) -> None:
    dataset = shop if case.file == "shop" else mail
    today = dataset.at(case.now)
    first = check_segment(case.segment, dataset.catalogue, today, dataset.named)
    kept = resolution_from_json(json.loads(json.dumps(resolution_to_json(first.resolution))))
    assert kept == first.resolution
    again = check_segment(case.segment, dataset.catalogue, today, dataset.named, kept)
    assert again.segment == first.segment


def test_a_new_link_does_not_change_a_saved_segment(shop: Dataset) -> None:
    saved = saved_with(shop, SAVED)
    nearer = replace(shop.catalogue, links=(SHORTCUT, *shop.catalogue.links))
    fresh = check(shop, nearer, None).resolution
    assert fresh["where.conditions[0].table"] != saved["where.conditions[0].table"]
    assert check(shop, nearer, saved).resolution == saved


def test_a_link_that_is_gone_is_said(shop: Dataset) -> None:
    fewer = tuple(link for link in shop.catalogue.links if link.to_table != "stores")
    with pytest.raises(SegmentInvalid, match="is gone") as said:
        check(shop, replace(shop.catalogue, links=fewer), saved_with(shop, SAVED))
    assert said.value.place == "where.conditions[1].field"


def test_a_field_that_is_gone_is_said(shop: Dataset) -> None:
    stores = shop.catalogue.by_name["stores"]
    left = tuple(field for field in stores.fields if field.name != "store_name")
    fewer = with_table(shop.catalogue, "stores", replace(stores, fields=left))
    with pytest.raises(SegmentInvalid, match=r"'store_name' of stores .* is gone"):
        check(shop, fewer, saved_with(shop, SAVED))


def test_a_field_of_another_type_is_said(shop: Dataset) -> None:
    stores = shop.catalogue.by_name["stores"]
    fields = tuple(replace(field, type=FieldType.NUMBER) for field in stores.fields)
    other = with_table(shop.catalogue, "stores", replace(stores, fields=fields))
    with pytest.raises(SegmentInvalid, match="was a text when this was saved and is a number"):
        check(shop, other, saved_with(shop, SAVED))
