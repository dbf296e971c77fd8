"""`load` and `detect`."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


def test_a_load_says_rows_and_snapshot_and_makes_it_current(empty: Terminal) -> None:
    made = empty.json("load", empty.path("dataset.toml"))
    assert made["rows"] == {"customers": 6, "orders": 3}
    assert (empty.home / "snapshots" / f"{made['snapshot']}.duckdb").is_file()
    assert empty.json("segments", "size", empty.path("french.json"))["size"] == 3


def test_progress_of_a_load_stands_on_stderr(empty: Terminal) -> None:
    done = empty.run("load", empty.path("dataset.toml"))
    assert "customers: 6 rows" in done.out
    assert "%" in done.err and "is current" not in done.err


def test_a_table_that_lost_half_its_rows_is_taken_only_when_told(terminal: Terminal) -> None:
    terminal.file("customers.csv", "customer_id,country,city,points\n00001,FR,Paris,1\n")
    done = terminal.run("load", terminal.path("dataset.toml"))
    assert done.exit == 1 and "--accept-fewer" in done.err
    assert terminal.json("segments", "size", terminal.path("french.json"))["size"] == 3
    made = terminal.json("load", terminal.path("dataset.toml"), "--accept-fewer")
    assert made["rows"]["customers"] == 1


def test_a_load_pauses_what_its_data_no_longer_fits_and_the_next_one_resumes_it(
    terminal: Terminal,
) -> None:
    terminal.edit("customers.csv", "country", "land")
    made = terminal.json("load", terminal.path("dataset.toml"))
    assert "country" in made["paused"]["segment french"]
    terminal.edit("customers.csv", "land", "country")
    assert "segment french" in terminal.json("load", terminal.path("dataset.toml"))["resumed"]


@pytest.mark.parametrize("fault", ["missing", "folder", "binary", "not toml", "unknown key"])
def test_a_manifest_that_cannot_be_used_is_one_sentence(
    empty: Terminal, tmp_path: Path, fault: str
) -> None:
    manifest = empty.file("bad.toml", {"not toml": "[", "unknown key": "nope = 1"}.get(fault, ""))
    if fault == "binary":
        manifest.write_bytes(b"\xff\xfe\x00\x01")
    manifest = {"missing": tmp_path / "no.toml", "folder": tmp_path}.get(fault, manifest)
    assert manifest.name in empty.refused("load", manifest)


def test_detect_prints_a_manifest_that_loads(empty: Terminal) -> None:
    files = [empty.path("customers.csv"), empty.path("orders.csv")]
    found = empty.run("detect", *files, "--zone", "Europe/Paris")
    assert 'time_zone = "Europe/Paris"' in found.out
    manifest = empty.file("found.toml", found.out)
    assert empty.json("load", manifest)["rows"] == {"customers": 6, "orders": 3}


def test_detect_as_json_holds_the_same_manifest(empty: Terminal) -> None:
    text = empty.run("detect", empty.path("customers.csv")).out
    assert empty.json("detect", empty.path("customers.csv")) == {"manifest": text}


def test_detect_needs_no_home(empty: Terminal) -> None:
    empty.run("detect", empty.path("customers.csv"))
    assert not empty.home.exists()


def test_detect_refuses_what_is_no_table(empty: Terminal, tmp_path: Path) -> None:
    assert "no.csv" in empty.refused("detect", tmp_path / "no.csv")
    assert "Nowhere" in empty.refused(
        "detect", empty.path("customers.csv"), "--zone", "Mars/Nowhere"
    )
