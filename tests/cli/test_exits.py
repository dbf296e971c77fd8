"""Exits of commands that send: done, failed, held, partly, not finished."""

import subprocess
import sys
import time

import pytest

from tests.cli.terminal import Terminal
from tests.stand_in import ROOT, StandInServer

RUN = ("activations", "run", "french_to_batch", "--json")


def test_all_sent_and_applied_is_0(terminal: Terminal, hurried: StandInServer) -> None:
    answer = terminal.run(*RUN)
    assert (answer.exit, answer.json["state"]) == (0, "succeeded")


def test_unchanged_is_0(terminal: Terminal, hurried: StandInServer) -> None:
    terminal.run(*RUN)
    answer = terminal.run(*RUN)
    assert (answer.exit, answer.json["state"]) == (0, "unchanged")


def test_still_indexed_is_0_and_the_next_command_looks_it_up(
    terminal: Terminal, hurried: StandInServer
) -> None:
    terminal.run(*RUN)
    terminal.edit("french.json", "FR", "DE")
    terminal.json("apply", terminal.path("workspace.toml"))
    hurried.settings(indexing_s=2)
    answer = terminal.run(*RUN, "--patience", "0.3")
    assert (answer.exit, answer.json["state"]) == (0, "confirming")
    time.sleep(2)
    terminal.json("activations", "run", "active_to_file")
    assert terminal.json("runs", "show", answer.json["run_id"])["state"] == "succeeded"


def test_every_call_refused_is_1(terminal: Terminal, hurried: StandInServer) -> None:
    hurried.faults("400@update:100%")
    answer = terminal.run(*RUN)
    assert (answer.exit, answer.json["state"]) == (1, "failed")
    assert answer.json["error"] and answer.json["refused"] == 3


def test_one_call_refused_for_good_is_4(terminal: Terminal, hurried: StandInServer) -> None:
    hurried.faults("400@update:2")
    answer = terminal.run(*RUN)
    assert (answer.exit, answer.json["state"]) == (4, "partly")
    assert (answer.json["sent_adds"], answer.json["refused"]) == (2, 1)


def test_a_platform_that_is_down_beyond_patience_is_5_and_goes_on_later(
    terminal: Terminal, hurried: StandInServer
) -> None:
    hurried.faults("503:100%")
    answer = terminal.run(*RUN, "--patience", "1")
    assert answer.exit == 5 and answer.json["next_try_at"] is not None
    hurried.faults()


@pytest.mark.parametrize(
    "words",
    [
        ["nope"],
        ["load"],
        ["runs", "shwo"],
        ["load", "a", "b"],
        ["runs", "list", "--limit", "many"],
        ["activations", "run", "x", "--patience", "-1"],
        ["activations", "run", "x", "--patience", "nan"],
        ["segments", "evaluate", "x"],
        ["segments", "evaluate", "x", "--out", "y", "--way", "guess"],
    ],
)
def test_wrong_use_is_2(terminal: Terminal, words: list[str]) -> None:
    assert terminal.run(*words).exit == 2


def test_what_nobody_foresaw_is_one_sentence_and_1() -> None:
    script = (
        "import core.cli.main as m\n"
        "def fail(): raise ZeroDivisionError('a secret stood here')\n"
        "m.cli.commands['doctor'].callback = fail\n"
        "m.cli.commands['doctor'].params = []\n"
        "import sys; sys.argv = ['core', 'doctor']\n"
        "m.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1 and "ZeroDivisionError" in done.stderr
    assert "secret" not in done.stderr and "Traceback" not in done.stderr


def test_a_list_that_is_not_made_within_patience_is_5_and_can_be_cancelled(
    terminal: Terminal, hurried: StandInServer
) -> None:
    hurried.settings(indexing_s=600)
    answer = terminal.run(*RUN, "--patience", "1")
    assert (answer.exit, answer.json["state"]) == (5, "waiting")
    assert "still indexing" in answer.json["error"]
    assert terminal.json("runs", "cancel", answer.json["run_id"])["state"] == "cancelled"
