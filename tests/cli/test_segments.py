"""`segments size`, `members`, `sentence` and `explain`."""

import pytest

from tests.cli.example import ACTIVE_IN_WINTER, FRENCH, WINTER
from tests.cli.terminal import Terminal


def test_size_prints_a_number_alone(terminal: Terminal) -> None:
    assert terminal.run("segments", "size", terminal.path("french.json")).out == "3\n"


def test_size_as_json_has_the_size_of_every_node(terminal: Terminal) -> None:
    found = terminal.json("segments", "size", terminal.path("active.json"), "--now", WINTER)
    assert found["size"] == 2
    assert found["nodes"] == {"where": 2, "where.conditions[0]": 2}


def test_members_are_one_key_a_line_with_their_digits(terminal: Terminal) -> None:
    answer = terminal.run("segments", "members", terminal.path("french.json"))
    assert answer.out.splitlines() == FRENCH


def test_a_segment_of_nobody_prints_nothing(terminal: Terminal) -> None:
    nobody = terminal.file(
        "nobody.json", terminal.path("french.json").read_text().replace("FR", "X")
    )
    assert terminal.run("segments", "members", nobody).out == ""
    assert terminal.json("segments", "members", nobody)["members"] == []


def test_members_follow_now(terminal: Terminal) -> None:
    active = terminal.path("active.json")
    found = terminal.json("segments", "members", active, "--now", WINTER)
    assert (found["size"], found["members"]) == (2, ACTIVE_IN_WINTER)
    assert terminal.json("segments", "members", active, "--now", "2026-02-20")["members"] == ["c4"]


def test_a_file_may_speak_of_saved_segments_by_their_key(terminal: Terminal) -> None:
    both = terminal.path("french_and_active.json")
    found = terminal.json("segments", "members", both, "--now", WINTER)
    assert found["members"] == ["00001"]


def test_a_sentence_says_the_segment_in_words(terminal: Terminal) -> None:
    said = terminal.json("segments", "sentence", terminal.path("french.json"))["sentence"]
    assert "country" in said and "FR" in said
    assert terminal.run("segments", "sentence", terminal.path("french.json")).out == f"{said}\n"


def test_explain_gives_the_verdict_of_each_condition_with_its_value(terminal: Terminal) -> None:
    found = terminal.json("segments", "explain", terminal.path("french.json"), "c4")
    assert found["key"] == "c4"
    assert found["nodes"]["where.conditions[0]"] == {"passes": False, "value": "DE"}
    assert found["nodes"]["member"]["passes"] is False


def test_explain_for_people_says_yes_or_no_a_line(terminal: Terminal) -> None:
    lines = terminal.run("segments", "explain", terminal.path("french.json"), "c2").out.splitlines()
    assert "yes  where.conditions[0]  (value: FR)" in lines


def test_nobody_of_that_key_is_an_unknown_name(terminal: Terminal) -> None:
    said = terminal.refused("segments", "explain", terminal.path("french.json"), "c77", exit=2)
    assert "c77" in said


@pytest.mark.parametrize("command", ["size", "members", "sentence"])
def test_without_data_every_command_says_what_to_do(empty: Terminal, command: str) -> None:
    said = empty.refused("segments", command, empty.path("french.json"))
    assert said == "No data is loaded yet: load some first (`load MANIFEST`)."


def test_a_fault_is_named_with_its_place(terminal: Terminal) -> None:
    terminal.edit("french.json", "country", "contry")
    said = terminal.refused("segments", "size", terminal.path("french.json"))
    assert said.startswith("where.conditions[0].field: ") and "'country'" in said


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[]", "not a list"),
        ("7", "not a number"),
        ('{"where": {"match": "all", "conditions": [NaN]}}', "where.conditions[0]"),
        (
            '{"where": {"match": "all", "conditions":'
            ' [{"field": "points", "op": "equals", "value": NaN}]}}',
            "where.conditions[0].value",
        ),
        ('{"where": {"match": "all", "match": "any", "conditions": []}}', "where.match"),
        ('{"\\ud800": 1}', "\\ud800"),
        ("{", "line 1"),
        ("[" * 100_000, "nested too deeply"),
        ("", "line 1"),
    ],
    ids=["list", "number", "NaN", "NaN value", "key twice", "surrogate", "torn", "deep", "empty"],
)
def test_a_hostile_file_is_one_sentence(terminal: Terminal, text: str, place: str) -> None:
    answer = terminal.run("segments", "size", terminal.file("hostile.json", text))
    assert answer.exit in (1, 2) and answer.out == ""
    assert answer.err.count("\n") == 1 and place in answer.err


def test_a_folder_or_bytes_in_place_of_a_file_are_one_sentence(terminal: Terminal) -> None:
    assert "cannot be read" in terminal.refused("segments", "size", terminal.folder, exit=2)
    terminal.path("bytes.json").write_bytes(b"\x80\x81")
    assert "not UTF-8" in terminal.refused("segments", "size", terminal.path("bytes.json"), exit=2)
    assert "cannot be read" in terminal.refused(
        "segments", "size", terminal.path("gone.json"), exit=2
    )
