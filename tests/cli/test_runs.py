"""`runs list`, `show`, `approve`, `reject`, `cancel`."""

from typing import Any

import pytest

from tests.cli.example import SUMMER, WINTER
from tests.cli.terminal import Terminal
from tests.stand_in import StandInServer


@pytest.fixture
def held(terminal: Terminal) -> dict[str, Any]:
    """Return a run that is held: everybody would leave."""
    terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    answer = terminal.run("activations", "run", "active_to_file", "--now", SUMMER, "--json")
    assert (answer.exit, answer.json["state"]) == (3, "held")
    return answer.json


def state(terminal: Terminal, run: dict[str, Any]) -> str:
    return str(terminal.json("runs", "show", run["run_id"])["state"])


def test_a_held_run_says_why_and_how_it_is_approved(
    terminal: Terminal, held: dict[str, Any]
) -> None:
    lines = terminal.run("activations", "run", "active_to_file", "--now", SUMMER).out
    assert "because the list would become empty" in lines
    assert f"`runs approve {held['run_id']}`" in lines


def test_an_approved_run_sends_its_plan(terminal: Terminal, held: dict[str, Any]) -> None:
    done = terminal.json("runs", "approve", held["run_id"], "--plan", held["plan_id"])
    assert (done["state"], done["sent_removes"]) == ("succeeded", 2)
    assert terminal.path("lists/active.csv").read_text().count("\n") == 1


def test_another_plan_is_refused(terminal: Terminal, held: dict[str, Any]) -> None:
    terminal.refused("runs", "approve", held["run_id"], "--plan", "another")
    assert state(terminal, held) == "held"


def test_a_run_without_a_plan_to_approve_is_refused(terminal: Terminal) -> None:
    run = terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    terminal.refused("runs", "approve", run["run_id"])


def test_nothing_is_approved_while_everything_is_paused(
    terminal: Terminal, held: dict[str, Any]
) -> None:
    terminal.json("pause", "--all")
    assert "`resume --all`" in terminal.refused("runs", "approve", held["run_id"])


def test_a_rejected_run_sends_nothing(terminal: Terminal, held: dict[str, Any]) -> None:
    assert terminal.json("runs", "reject", held["run_id"])["state"] == "rejected"
    assert terminal.path("lists/active.csv").read_text().count("\n") == 3
    terminal.refused("runs", "approve", held["run_id"])


def test_a_held_run_can_be_cancelled_once(terminal: Terminal, held: dict[str, Any]) -> None:
    assert terminal.json("runs", "cancel", held["run_id"])["state"] == "cancelled"
    assert "nothing left to cancel" in terminal.refused("runs", "cancel", held["run_id"])


def test_a_waiting_run_is_cancelled_and_booked(terminal: Terminal, hurried: StandInServer) -> None:
    hurried.faults("503@update:100%")
    words = ("activations", "run", "french_to_batch", "--patience", "0.5", "--json")
    run = terminal.run(*words).json
    hurried.faults()
    assert terminal.json("runs", "cancel", run["run_id"])["state"] == "cancelled"


def test_runs_are_listed_newest_first(terminal: Terminal, held: dict[str, Any]) -> None:
    runs = terminal.json("runs", "list")["runs"]
    assert [each["state"] for each in runs] == ["held", "succeeded"]
    assert runs[0]["run_id"] == held["run_id"]
    assert len(terminal.json("runs", "list", "--limit", "1")["runs"]) == 1


def test_runs_of_one_activation_can_be_asked_for(terminal: Terminal, held: dict[str, Any]) -> None:
    one = terminal.json("runs", "list", "--activation", "active_to_file")["runs"]
    assert {each["activation"] for each in one} == {"active_to_file"}
    assert terminal.json("runs", "list", "--activation", "french_to_batch") == {"runs": []}
    terminal.refused("runs", "list", "--activation", "nope", exit=2)


def test_a_run_tells_its_story(terminal: Terminal, held: dict[str, Any]) -> None:
    story = terminal.json("runs", "show", held["run_id"])
    assert story["reasons"] == held["reasons"] and story["counts"] == held["counts"]
    kinds = [event["kind"] for event in story["events"]]
    assert kinds and "held" in kinds
    assert "because the list would become empty" in terminal.run("runs", "show", held["run_id"]).out


@pytest.mark.parametrize("command", ["show", "approve", "reject", "cancel"])
def test_an_unknown_run_is_wrong_use(terminal: Terminal, command: str) -> None:
    assert "77" in terminal.refused("runs", command, 77, exit=2)


@pytest.mark.parametrize("wrong", ["abc", "0", "1.5", "9" * 30])
def test_what_is_no_run_id_is_wrong_use(terminal: Terminal, wrong: str) -> None:
    assert terminal.run("runs", "show", wrong).exit == 2


def test_a_limit_of_none_is_wrong_use(terminal: Terminal) -> None:
    assert terminal.run("runs", "list", "--limit", "0").exit == 2
