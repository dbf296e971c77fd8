"""`activations list`, `run`, `pause`, `resume`, and `pause --all`, `resume --all`."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cli.example import ACTIVE_IN_WINTER, FRENCH, SUMMER, WINTER
from tests.cli.terminal import Terminal
from tests.stand_in import StandInServer


def listed(terminal: Terminal, key: str) -> dict[str, Any]:
    found = terminal.json("activations", "list")["activations"]
    return next(each for each in found if each["key"] == key)


def in_file(terminal: Terminal) -> list[str]:
    lines = terminal.path("lists/active.csv").read_text().splitlines()
    return [line.split(",")[0] for line in lines[1:]]


def test_a_run_makes_the_list_equal_to_the_segment(terminal: Terminal) -> None:
    run = terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    assert (run["state"], run["sent_adds"], run["sent_removes"]) == ("succeeded", 2, 0)
    assert in_file(terminal) == ACTIVE_IN_WINTER


def test_a_second_run_has_nothing_to_do(terminal: Terminal) -> None:
    terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    again = terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    assert (again["state"], again["counts"]["held"]) == ("unchanged", 2)


def test_an_audience_in_batch_gets_its_attributes(
    terminal: Terminal, hurried: StandInServer
) -> None:
    assert terminal.json("activations", "run", "french_to_batch")["sent_adds"] == 3
    assert hurried.attributes("french") == {
        "00001": {"town": "Paris"},
        "c2": {"town": "Lyon"},
        "c3": None,
    }


def test_a_list_names_the_last_run_and_its_state(terminal: Terminal) -> None:
    assert listed(terminal, "active_to_file")["last_state"] == "never ran"
    run = terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    after = listed(terminal, "active_to_file")
    assert (after["last_run"], after["last_state"]) == (run["run_id"], "succeeded")


def test_a_dry_run_says_what_would_be_sent_and_moves_nothing(
    terminal: Terminal, hurried: StandInServer
) -> None:
    would = terminal.json("activations", "run", "french_to_batch", "--dry-run")
    assert (would["state"], would["run_id"], would["counts"]["adds"]) == (None, None, len(FRENCH))
    assert terminal.json("runs", "list") == {"runs": []}
    assert {call.route for call in hurried.calls()} <= {"view", "list"}
    assert list((terminal.home / "plans").iterdir()) == []


def test_a_dry_run_for_people_ends_with_what_it_was(terminal: Terminal) -> None:
    said = terminal.run("activations", "run", "active_to_file", "--dry-run", "--now", WINTER).out
    assert "2 enter" in said and said.endswith("Nothing was sent: this was a dry run.\n")
    assert not terminal.path("lists").exists()


def test_a_dry_run_that_would_be_held_exits_3_with_the_reason(terminal: Terminal) -> None:
    terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    words = ("activations", "run", "active_to_file", "--dry-run", "--now", SUMMER)
    answer = terminal.run(*words, "--json")
    assert answer.exit == 3 and "would become empty" in answer.json["reasons"][0]


def test_a_paused_activation_is_refused_until_it_is_resumed(terminal: Terminal) -> None:
    assert terminal.json("activations", "pause", "active_to_file") == {
        "paused": "active_to_file",
        "changed": True,
    }
    assert listed(terminal, "active_to_file")["paused"]
    for words in (["--dry-run"], []):
        said = terminal.refused("activations", "run", "active_to_file", *words)
        assert "`activations resume active_to_file`" in said
    terminal.json("activations", "resume", "active_to_file")
    assert terminal.run("activations", "run", "active_to_file").exit == 0


def test_pausing_and_resuming_twice_changes_nothing(terminal: Terminal) -> None:
    for command in ("pause", "resume"):
        first = terminal.json("activations", command, "active_to_file")
        again = terminal.json("activations", command, "active_to_file")
        assert (first["changed"], again["changed"]) == (True, False)


@pytest.mark.parametrize("words", [["pause"], ["activations", "pause"]])
def test_pause_all_refuses_every_run_until_resume_all(terminal: Terminal, words: list[str]) -> None:
    assert terminal.json(*words, "--all") == {"paused": "everything", "changed": True}
    said = terminal.refused("activations", "run", "active_to_file")
    assert said == "Everything is paused: nothing runs until that ends (`resume --all`)."
    resume = [*words[:-1], "resume"]
    assert terminal.json(*resume, "--all") == {"resumed": "everything", "changed": True}
    assert terminal.run("activations", "run", "active_to_file").exit == 0


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_everything_must_be_said(terminal: Terminal, command: str) -> None:
    assert terminal.run(command).exit == 2
    terminal.refused("activations", command, exit=2)
    terminal.refused("activations", command, "active_to_file", "--all", exit=2)


@pytest.mark.parametrize("command", ["run", "pause", "resume"])
def test_an_unknown_activation_is_wrong_use(terminal: Terminal, command: str) -> None:
    said = terminal.refused("activations", command, "actve_to_file", exit=2)
    assert "Did you mean 'active_to_file'?" in said


def test_a_paused_segment_is_refused_with_the_reason(terminal: Terminal) -> None:
    terminal.edit("customers.csv", "country", "land")
    terminal.json("load", terminal.path("dataset.toml"))
    assert "country" in terminal.refused("activations", "run", "french_to_batch")


def test_lists_stay_as_they_are_while_everything_is_paused(terminal: Terminal) -> None:
    terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    terminal.json("pause", "--all")
    assert in_file(terminal) == ACTIVE_IN_WINTER


def test_the_list_says_when_each_runs_next(terminal: Terminal) -> None:
    scheduled = listed(terminal, "french_to_batch")
    assert scheduled["schedule"] == "Mon and Thu at 07:00 and 18:00 from 2026-01-01"
    due = datetime.fromisoformat(scheduled["next_run_at"]).astimezone(ZoneInfo("Europe/Paris"))
    assert due.hour in (7, 18) and due.weekday() in (0, 3)
    assert "Mon and Thu at 07:00" in terminal.run("activations", "list").out
    assert listed(terminal, "active_to_file")["next_run_at"] is None


def test_a_paused_activation_has_no_next_run(terminal: Terminal) -> None:
    terminal.json("activations", "pause", "french_to_batch")
    assert listed(terminal, "french_to_batch")["next_run_at"] is None
