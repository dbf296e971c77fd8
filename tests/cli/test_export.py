"""`export`: a workspace file that makes the same workspace elsewhere, without a secret."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

SCHEDULES = [
    '"manual"',
    '"after_refresh"',
    '{ every = "15 minutes" }',
    '{ cron = "0 7 * * *", zone = "Europe/Paris", ends = 2026-12-31 }',
    '{ days = ["mon", "thu"], at = ["07:00", "18:00"], starts = 2026-01-01, ends = 2026-12-31 }',
]


def exported(terminal: Terminal, name: str) -> dict[str, str]:
    """Export to a new folder, and return the text of each file by its path in there."""
    folder = terminal.path(name)
    written = terminal.json("export", folder / "workspace.toml")["files"]
    return {str(Path(path).relative_to(folder)): Path(path).read_text() for path in written}


def test_the_files_are_the_workspace_file_and_one_a_segment(terminal: Terminal) -> None:
    segments = {f"segments/{key}.json" for key in ("french", "active", "french_and_active")}
    assert exported(terminal, "out").keys() == {"workspace.toml"} | segments


def test_what_is_exported_and_applied_to_an_empty_home_is_exported_the_same(
    terminal: Terminal, keys: dict[str, str], tmp_path: Path
) -> None:
    first = exported(terminal, "out")
    (tmp_path / "elsewhere").mkdir()
    other = Terminal(tmp_path / "elsewhere", keys)
    other.json("apply", terminal.path("out") / "workspace.toml")
    assert exported(other, "again") == first


def test_what_is_exported_changes_nothing_where_it_comes_from(terminal: Terminal) -> None:
    exported(terminal, "out")
    said = terminal.run("apply", terminal.path("out") / "workspace.toml").out
    assert said == "Nothing to change.\n"


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_survives_the_round_trip(terminal: Terminal, schedule: str) -> None:
    terminal.edit("workspace.toml", 'audience_name = "active"', f"schedule = {schedule}")
    terminal.json("apply", terminal.path("workspace.toml"))
    exported(terminal, "out")
    again = terminal.json("apply", terminal.path("out") / "workspace.toml")
    assert set(again["changes"].values()) == {"unchanged"}


def test_guards_left_out_and_guards_of_none_stay_apart(terminal: Terminal) -> None:
    whole = tomllib.loads(exported(terminal, "out")["workspace.toml"])
    assert whole["activations"]["french_to_batch"]["guards"] == {}
    assert "guards" not in whole["activations"]["active_to_file"]


def test_a_secret_is_exported_as_the_name_of_its_variable(
    terminal: Terminal, keys: dict[str, str]
) -> None:
    files = exported(terminal, "out")
    whole = tomllib.loads(files["workspace.toml"])
    assert whole["destinations"]["crm"]["rest_api_key"] == {"env": "EXAMPLE_REST_API_KEY"}
    assert not any(secret in text for secret in keys.values() for text in files.values())


def test_an_empty_workspace_is_exported_as_an_empty_file(empty: Terminal) -> None:
    assert exported(empty, "out") == {"workspace.toml": ""}


@pytest.mark.parametrize("target", [".", "customers.csv/workspace.toml"])
def test_a_file_that_cannot_be_written_is_refused(terminal: Terminal, target: str) -> None:
    assert "cannot be written" in terminal.refused("export", terminal.path(target), exit=2)


def test_a_home_that_is_a_file_is_refused(terminal: Terminal) -> None:
    variables = {"ROLLCALL_HOME": str(terminal.path("customers.csv"))}
    astray = replace(terminal, variables=variables)
    assert "ROLLCALL_HOME" in astray.refused("export", terminal.path("out.toml"), exit=2)
