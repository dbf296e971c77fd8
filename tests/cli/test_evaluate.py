"""`segments evaluate`: a file of worked segments, without a home."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.example import FRENCH, SEGMENTS
from tests.cli.terminal import Terminal
from tests.segments.case_files import CASE_FILES
from tests.segments.datasets import CASES as CASES_FOLDER


def write_cases(terminal: Terminal, **changed: Any) -> Path:
    cases = {
        "dataset": "dataset.toml",
        "now": "2026-02-01",
        "segments": SEGMENTS,
        "cases": {"french": {"segment": SEGMENTS["french"]}},
    }
    return terminal.file("cases.json", json.dumps(cases | changed))


def evaluated(terminal: Terminal, cases: Path) -> dict[str, Any]:
    out = terminal.path("result.json")
    assert terminal.run("segments", "evaluate", cases, "--out", out).exit == 0
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return result


@pytest.mark.parametrize("name", CASE_FILES)
def test_every_case_of_the_contract_comes_out_as_worked(empty: Terminal, name: str) -> None:
    result = evaluated(empty, CASES_FOLDER / name / "cases.json")
    expected = CASE_FILES[name].cases
    assert list(result) == [case.name for case in expected]
    for case in expected:
        if case.members is not None:
            members = list(case.members)
            assert result[case.name] == {"size": len(members), "members": members}, case.id
        else:
            assert list(result[case.name]) == ["error"], case.id
            assert str(case.error_at) in result[case.name]["error"], case.id


def test_it_runs_as_a_process_and_makes_no_home(empty: Terminal) -> None:
    out = empty.path("result.json")
    done = empty.process("segments", "evaluate", write_cases(empty), "--out", out, "--json")
    assert (done.exit, done.err) == (0, "")
    assert done.json == {"cases": 1, "errors": 0, "out": str(out)}
    assert json.loads(out.read_text()) == {"french": {"size": 3, "members": FRENCH}}
    assert not empty.home.exists()


def test_the_dataset_is_found_beside_the_file_from_anywhere(
    empty: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    assert evaluated(empty, write_cases(empty))["french"]["size"] == 3


def test_a_bad_case_does_not_stop_the_others(empty: Terminal) -> None:
    cases = {
        "no object": 3,
        "no segment": {},
        "unknown key": {"segment": {"wheer": {}}},
        "no instant": {"segment": {}, "now": "soon"},
        "far away": {"segment": SEGMENTS["active"], "now": "0001-01-01"},
        "number for now": {"segment": {}, "now": 5},
        "\ud800": {"segment": {"\ud800": 1}},
        "good": {"segment": {}},
    }
    result = evaluated(empty, write_cases(empty, cases=cases))
    assert result.pop("good")["size"] == 6
    assert all(list(one) == ["error"] for one in result.values())
    assert "wheer" in result["unknown key"]["error"]


def test_a_case_may_have_an_instant_of_its_own(empty: Terminal) -> None:
    cases = {
        "winter": {"segment": SEGMENTS["active"]},
        "summer": {"segment": SEGMENTS["active"], "now": "2026-08-01T00:00:00+02:00"},
    }
    result = evaluated(empty, write_cases(empty, cases=cases))
    assert [result[name]["size"] for name in cases] == [2, 0]


@pytest.mark.parametrize(
    "changed",
    [
        {"dataset": "gone.toml"},
        {"dataset": "."},
        {"dataset": "customers.csv"},
        {"dataset": None},
        {"now": "soon"},
        {"now": 5},
        {"segments": []},
        {"cases": None},
    ],
    ids=str,
)
def test_a_file_or_dataset_that_cannot_be_used_exits_1(
    empty: Terminal, changed: dict[str, Any]
) -> None:
    cases = write_cases(empty, **changed)
    empty.refused("segments", "evaluate", cases, "--out", empty.path("result.json"))
    assert not empty.path("result.json").exists()


@pytest.mark.parametrize("text", ["[]", "{", '{"cases": {"a": {}, "a": {}}}'])
def test_what_is_no_case_file_exits_1(empty: Terminal, text: str) -> None:
    cases = empty.file("cases.json", text)
    empty.refused("segments", "evaluate", cases, "--out", empty.path("result.json"))


def test_a_case_twice_is_refused_rather_than_dropped(empty: Terminal) -> None:
    text = write_cases(empty).read_text().replace('"cases": {', '"cases": {"french": {}, ')
    cases = empty.file("cases.json", text)
    said = empty.refused("segments", "evaluate", cases, "--out", empty.path("result.json"))
    assert "cases.french" in said and "twice" in said


def test_results_that_cannot_be_written_exit_1(empty: Terminal) -> None:
    cases = write_cases(empty)
    assert "cannot be written" in empty.refused("segments", "evaluate", cases, "--out", "/")


def test_an_unknown_engine_is_wrong_use(empty: Terminal) -> None:
    words = ("segments", "evaluate", write_cases(empty), "--out", empty.path("r.json"))
    assert "abacus" in empty.refused(*words, "--engine", "abacus", exit=2)


def test_data_is_left_as_it_was(empty: Terminal) -> None:
    before = os.listdir(empty.folder)
    evaluated(empty, write_cases(empty))
    after = set(os.listdir(empty.folder)) - {"cases.json", "result.json"}
    assert after == set(before)
