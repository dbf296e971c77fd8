"""`destinations list` and `destinations test`."""

from typing import Any

import pytest

from tests.cli.terminal import Terminal
from tests.stand_in import StandInServer


def shown(terminal: Terminal, key: str) -> dict[str, Any]:
    found = terminal.json("destinations", "list")["destinations"]
    return next(each for each in found if each["key"] == key)


def test_the_list_has_every_destination_and_no_secret(
    terminal: Terminal, keys: dict[str, str]
) -> None:
    answer = terminal.run("destinations", "list", "--json")
    platforms = {each["key"]: each["platform"] for each in answer.json["destinations"]}
    assert platforms == {"crm": "batch", "files": "csv_file"}
    assert not any(secret in answer.out for secret in keys.values())


def test_a_passing_test_is_noted_with_its_time(terminal: Terminal, hurried: StandInServer) -> None:
    assert shown(terminal, "crm")["tested_at"] is None
    done = terminal.json("destinations", "test", "crm")
    assert (done["key"], done["passed"]) == ("crm", True) and done["sentence"].endswith(".")
    assert shown(terminal, "crm")["tested_at"] is not None


def test_a_test_only_reads(terminal: Terminal, hurried: StandInServer) -> None:
    terminal.json("destinations", "test", "crm")
    assert {call.route for call in hurried.calls()} <= {"list", "view"}


def test_a_folder_passes_too(terminal: Terminal) -> None:
    assert terminal.json("destinations", "test", "files")["passed"]


@pytest.mark.parametrize(("status", "key"), [(401, "REST API key"), (403, "project key")])
def test_refused_keys_exit_1_and_say_which_key_to_look_at(
    terminal: Terminal, hurried: StandInServer, status: int, key: str
) -> None:
    hurried.faults(f"{status}:100%")
    said = terminal.refused("destinations", "test", "crm")
    assert str(status) in said and key in said
    assert key in shown(terminal, "crm")["test_failure"]


def test_a_run_with_refused_keys_pauses_the_destination_until_a_test_passes(
    terminal: Terminal, hurried: StandInServer
) -> None:
    hurried.faults("401:100%")
    assert terminal.run("activations", "run", "french_to_batch").exit == 1
    assert shown(terminal, "crm")["paused"] and "401" in shown(terminal, "crm")["paused_reason"]
    hurried.faults()
    assert "destinations test crm" in terminal.run("activations", "run", "french_to_batch").out
    terminal.json("destinations", "test", "crm")
    assert not shown(terminal, "crm")["paused"]
    assert terminal.json("activations", "run", "french_to_batch")["state"] == "succeeded"


def test_another_key_ends_the_pause_too(terminal: Terminal, hurried: StandInServer) -> None:
    hurried.faults("401:100%")
    terminal.run("activations", "run", "french_to_batch")
    other = Terminal(terminal.folder, {"EXAMPLE_REST_API_KEY": "another-key"})
    other.json("apply", other.path("workspace.toml"))
    assert not shown(terminal, "crm")["paused"]


def test_an_unreachable_platform_exits_1(terminal: Terminal) -> None:
    text = terminal.path("workspace.toml").read_text()
    start = text.index('origin = "') + len('origin = "')
    origin = text[start : text.index('"', start)]
    terminal.edit("workspace.toml", origin, "http://127.0.0.1:9")
    terminal.json("apply", terminal.path("workspace.toml"))
    terminal.refused("destinations", "test", "crm")


def test_an_unknown_destination_is_wrong_use(terminal: Terminal) -> None:
    said = terminal.refused("destinations", "test", "crn", exit=2)
    assert said == "There is no destination 'crn'. Did you mean 'crm'?"
