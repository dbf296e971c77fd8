import json
from decimal import Decimal
from pathlib import Path

import pytest

from core.sync.attributes import parse_attributes
from core.sync.identifiers import ControlGroup, IdentifierRules, WantedCounts, select_wanted
from tests.sync.parquet import Cursor, read_rows, write_members, write_sql

RULES = IdentifierRules(max_characters=10)


class Selection:
    def __init__(self, cursor: Cursor, folder: Path, members: Path, rules: IdentifierRules) -> None:
        wanted, not_sent = folder / "wanted.parquet", folder / "not_sent.parquet"
        self.counts: WantedCounts = select_wanted(cursor, members, rules, wanted, not_sent)
        self.attributes = dict(read_rows(cursor, wanted, "id, attributes"))
        self.digests = dict(read_rows(cursor, wanted, "id, digest"))
        self.not_sent = set(read_rows(cursor, not_sent, "key, reason"))
        self.ids = set(self.attributes)


def select(cursor: Cursor, folder: Path, rows: list[tuple[str, str | None]], rules=RULES):
    members = write_members(cursor, rows, folder / "members.parquet")
    return Selection(cursor, folder, members, rules)


def select_from(cursor: Cursor, folder: Path, query: str, rules=RULES):
    members = write_sql(cursor, query, folder / "members.parquet")
    return Selection(cursor, folder, members, rules)


@pytest.mark.parametrize("blank", [None, "", " ", "\t", "\u00a0", "\u3000 \u2003"])
def test_a_blank_identifier_is_not_sent(cursor, folder, blank):
    chosen = select(cursor, folder, [("1", "a"), ("2", blank)])
    assert chosen.ids == {"a"}
    assert chosen.not_sent == {("2", "blank")}


def test_an_identifier_longer_than_the_platform_takes_is_not_sent(cursor, folder):
    chosen = select(cursor, folder, [("1", "é" * 10), ("2", "é" * 11)])
    assert chosen.ids == {"é" * 10}
    assert chosen.counts.too_long == 1


def test_an_identifier_is_sent_exactly_as_it_is(cursor, folder):
    ids = {" a", "A", "a", "a ", "'", '"', "00077"}
    assert select(cursor, folder, [(str(n), id_) for n, id_ in enumerate(ids)]).ids == ids


def test_of_members_that_share_an_identifier_the_lowest_key_is_sent(cursor, folder):
    rows = "SELECT * FROM (VALUES ('10', 'x', 'ten'), ('9', 'x', 'nine')) t(key, f0, f1)"
    chosen = select_from(cursor, folder, rows, IdentifierRules(10, ("a",)))
    assert parse_attributes(chosen.attributes["x"]) == {"a": "ten"}
    assert chosen.not_sent == {("9", "duplicate")}


def test_everybody_is_counted_once(cursor, folder):
    rows = [("1", "a"), ("2", "a"), ("3", None), ("4", "x" * 11), ("5", "b")]
    assert select(cursor, folder, rows).counts == WantedCounts(5, 1, 1, 1, 0, 2)


def test_nobody_in_the_segment_is_nobody_wanted(cursor, folder):
    assert select(cursor, folder, []).counts == WantedCounts(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12::BIGINT", "12"),
        ("12.00::DECIMAL(18,2)", "12"),
        ("12.50::DECIMAL(18,2)", "12.5"),
        ("100::DECIMAL(38,0)", "100"),
        ("0.00::DECIMAL(18,2)", "0"),
        ("12.0::DOUBLE", "12"),
        ("0.1::DOUBLE", "0.1"),
        ("-7.0::DOUBLE", "-7"),
        ("DATE '2024-02-01'", "2024-02-01"),
    ],
)
def test_a_number_as_identifier_is_sent_in_its_shortest_form(cursor, folder, value, text):
    rules = IdentifierRules(max_characters=50)
    assert select_from(cursor, folder, f"SELECT '1' AS key, {value} AS f0", rules).ids == {text}


def test_attributes_keep_their_types(cursor, folder):
    query = """SELECT '1' AS key, 'x' AS f0, 'say "hi"' AS f1, 12.50::DECIMAL(18,2) AS f2,
        TRUE AS f3, DATE '2024-02-01' AS f4, TIMESTAMPTZ '2024-02-01 10:00:00+01' AS f5"""
    rules = IdentifierRules(10, ("text", "number", "yes", "date(d)", "t"))
    values = parse_attributes(select_from(cursor, folder, query, rules).attributes["x"])
    assert values is not None
    assert values["text"] == 'say "hi"'
    assert values["number"] == Decimal("12.5")
    assert values["yes"] is True
    assert values["date(d)"].isoformat() == "2024-02-01"
    assert values["t"].isoformat() == "2024-02-01T09:00:00+00:00"


def test_an_attribute_without_a_value_is_left_out(cursor, folder):
    query = "SELECT '1' AS key, 'x' AS f0, NULL::VARCHAR AS f1, 1 AS f2"
    chosen = select_from(cursor, folder, query, IdentifierRules(10, ("a", "b")))
    assert json.loads(chosen.attributes["x"]) == {"b": {"number": "1"}}


def test_the_order_of_the_mapping_does_not_change_the_digest(cursor, folder):
    there = select_from(
        cursor,
        folder,
        "SELECT '1' AS key, 'x' AS f0, 1 AS f1, 2 AS f2",
        IdentifierRules(9, ("a", "b")),
    )
    back = select_from(
        cursor,
        folder,
        "SELECT '1' AS key, 'x' AS f0, 2 AS f1, 1 AS f2",
        IdentifierRules(9, ("b", "a")),
    )
    assert there.digests == back.digests


def test_a_number_and_its_text_have_different_digests(cursor, folder):
    rules = IdentifierRules(9, ("a",))
    number = select_from(cursor, folder, "SELECT '1' AS key, 'x' AS f0, 1 AS f1", rules)
    text = select_from(cursor, folder, "SELECT '1' AS key, 'x' AS f0, '1' AS f1", rules)
    assert number.digests != text.digests


def test_an_attribute_named_to_break_out_of_json_stays_a_name(cursor, folder):
    rules = IdentifierRules(9, ("\"'}; DROP",))
    chosen = select_from(cursor, folder, "SELECT '1' AS key, 'x' AS f0, 1 AS f1", rules)
    assert parse_attributes(chosen.attributes["x"]) == {"\"'}; DROP": 1}


def test_the_control_group_is_a_stable_share(cursor, folder):
    rows = [(str(n), f"id{n}") for n in range(4000)]
    rules = IdentifierRules(10, control=ControlGroup(percent=10, salt="s"))
    first = select(cursor, folder, rows, rules)
    smaller = select(cursor, folder, rows[:2000], rules)
    assert 300 < first.counts.control < 500
    assert smaller.ids == first.ids & {id_ for _, id_ in rows[:2000]}


def test_a_millionfold_list_fits_in_a_small_memory(cursor, folder):
    cursor.execute(f"SET memory_limit = '150MB'; SET temp_directory = '{folder}/spill'")
    query = "SELECT i::VARCHAR AS key, 'cust-' || i AS f0, i AS f1 FROM range(500000) t(i)"
    chosen = select_from(cursor, folder, query, IdentifierRules(20, ("n",)))
    assert chosen.counts.wanted == 500_000
