"""Audiences as CSV files."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.destinations import make_destination
from core.destinations._base import Action, AttributeValue, Change, Destination
from core.errors import AudienceMissing, CallRefused, KeysRefused, PlatformFault, UsageError
from core.settings import Settings


@pytest.fixture
def files(tmp_path: Path) -> Destination:
    destination = make_destination("csv_file", {"folder": str(tmp_path)}, Settings())
    destination.create("vip", "VIP")
    return destination


def add(id: str, **attributes: AttributeValue) -> Change:
    return Change(Action.ADD, id, attributes or None)


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


def test_members_stand_in_code_point_order(files: Destination, tmp_path: Path) -> None:
    files.apply("vip", [add("é"), add("b"), add("B"), add("10")], "1")
    files.apply("vip", [add("9"), add("a")], "2")
    assert text_of(tmp_path / "vip.csv").split("\r\n") == ["id", "10", "9", "B", "a", "b", "é", ""]


def test_columns_are_all_attributes_so_far(files: Destination, tmp_path: Path) -> None:
    files.apply("vip", [add("a", tier="gold")], "1")
    files.apply("vip", [add("b", city="Paris, 2e")], "2")
    lines = text_of(tmp_path / "vip.csv").splitlines()
    assert lines == ["id,tier,city", "a,gold,", 'b,,"Paris, 2e"']


def test_an_id_added_again_has_its_attributes_replaced_as_a_whole(
    files: Destination, tmp_path: Path
) -> None:
    files.apply("vip", [add("a", tier="gold", city="Paris")], "1")
    files.apply("vip", [add("a", tier="silver")], "2")
    assert text_of(tmp_path / "vip.csv").splitlines() == ["id,city,tier", "a,,silver"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (True, "true"),
        (12, "12"),
        (0.1, "0.1"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12.50"), "12.50"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00Z"),
    ],
)
def test_values_are_written_without_loss(
    files: Destination, tmp_path: Path, value: AttributeValue, cell: str
) -> None:
    files.apply("vip", [add("a", field=value)], "1")
    assert text_of(tmp_path / "vip.csv").splitlines() == ["id,field", f"a,{cell}"]


def test_the_changes_of_a_run_grow_call_by_call_and_not_by_sending_again(
    files: Destination, tmp_path: Path
) -> None:
    calls = [[add("a"), add("b")], [Change(Action.REMOVE, "c")]]
    for call in [*calls, calls[1], calls[0]]:
        files.apply("vip", call, "run-1")
    lines = text_of(tmp_path / "vip" / "changes" / "run-1.csv").splitlines()
    assert lines == ["action,id", "add,a", "add,b", "remove,c"]


def test_each_run_has_its_own_changes(files: Destination, tmp_path: Path) -> None:
    files.apply("vip", [add("a")], "1")
    files.apply("vip", [add("b")], "2")
    assert sorted(path.name for path in (tmp_path / "vip" / "changes").iterdir()) == [
        "1.csv",
        "2.csv",
    ]


def test_nothing_but_the_two_files_is_left_behind(files: Destination, tmp_path: Path) -> None:
    files.apply("vip", [add("a")], "1")
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert left == ["vip.csv", "vip/changes/1.csv"]


def test_a_failed_write_leaves_the_old_file(files: Destination, tmp_path: Path) -> None:
    files.apply("vip", [add("a")], "1")
    before = text_of(tmp_path / "vip.csv")
    with pytest.raises(CallRefused):
        files.apply("vip", [add("\ud800")], "2")
    assert text_of(tmp_path / "vip.csv") == before
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_somebody_sorted_otherwise_is_refused(
    files: Destination, tmp_path: Path
) -> None:
    (tmp_path / "vip.csv").write_text("id\r\nb\r\na\r\n")
    with pytest.raises(CallRefused, match="no longer in order after 'b'"):
        files.apply("vip", [add("c")], "1")


@pytest.mark.parametrize("content", [b'id\r\n"a', b"id\r\n\xff\r\n"])
def test_a_broken_file_is_refused(files: Destination, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vip.csv").write_bytes(content)
    with pytest.raises(CallRefused, match="no CSV of Rollcall's"):
        files.apply("vip", [add("c")], "1")


def test_a_deleted_file_is_a_missing_audience(files: Destination, tmp_path: Path) -> None:
    (tmp_path / "vip.csv").unlink()
    assert files.view("vip") is None
    with pytest.raises(AudienceMissing):
        files.apply("vip", [add("a")], "1")


@pytest.mark.parametrize("run", ["../x", "a/b", "", ".hidden", "x" * 300])
def test_a_run_cannot_leave_the_folder(files: Destination, tmp_path: Path, run: str) -> None:
    with pytest.raises(CallRefused, match="file of changes"):
        files.apply("vip", [add("a")], run)
    assert text_of(tmp_path / "vip.csv") == "id\r\n"


def test_a_folder_is_made_where_it_is_missing(tmp_path: Path) -> None:
    config = {"folder": str(tmp_path / "new" / "lists")}
    files = make_destination("csv_file", config, Settings())
    assert files.test().sentence.startswith("Files can be written to")
    files.create("vip", "VIP")
    assert (tmp_path / "new" / "lists" / "vip.csv").exists()


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("")
    files = make_destination("csv_file", {"folder": str(tmp_path / "lists")}, Settings())
    with pytest.raises(KeysRefused):
        files.test()
    with pytest.raises(PlatformFault):
        files.create("vip", "VIP")


def test_a_folder_that_may_not_be_written_needs_a_human() -> None:
    files = make_destination("csv_file", {"folder": "/sys/rollcall"}, Settings())
    with pytest.raises(KeysRefused, match="change its rights"):
        files.create("vip", "VIP")


def test_the_account_is_the_folder_by_its_real_path(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    linked = make_destination("csv_file", {"folder": str(tmp_path / "link")}, Settings())
    assert linked.account == str(tmp_path.resolve())


def test_a_relative_folder_is_refused() -> None:
    with pytest.raises(UsageError, match="no whole path"):
        make_destination("csv_file", {"folder": "lists"}, Settings())


@pytest.mark.parametrize("left", ["", "a,b\r\n1,2\r\n"])
def test_a_file_without_our_header_is_refused(
    files: Destination, tmp_path: Path, left: str
) -> None:
    (tmp_path / "vip.csv").write_text(left)
    with pytest.raises(CallRefused, match="is no list that Rollcall wrote"):
        files.view("vip")
    with pytest.raises(CallRefused, match="is no list that Rollcall wrote"):
        files.apply("vip", [add("a")], "1")


@pytest.mark.parametrize("id", ["=1+1", "+33612345678", "-1", "@a", "\t=1", "\r=1", "00017"])
def test_an_id_that_a_spreadsheet_would_change_stands_in_the_file_as_it_is(
    id: str, files: Destination, tmp_path: Path
) -> None:
    files.apply("vip", [add(id, name=id)], "1")
    with (tmp_path / "vip.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1] == [id, id]
