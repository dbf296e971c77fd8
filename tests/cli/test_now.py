"""`--now`: the instant at which segments are evaluated."""

from datetime import datetime

import pytest

from tests.cli.example import ACTIVE_IN_WINTER, WINTER
from tests.cli.terminal import Terminal


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-02-01", "2026-01-31T23:00:00+00:00"),
        ("2026-02-01T09:15", "2026-02-01T08:15:00+00:00"),
        ("2026-08-01T09:15:30", "2026-08-01T07:15:30+00:00"),
        ("2026-02-01T09:15:00-05:00", "2026-02-01T14:15:00+00:00"),
        ("2026-02-01T09:15:00Z", "2026-02-01T09:15:00+00:00"),
    ],
)
def test_an_instant_without_an_offset_is_of_the_workspaces_zone(
    terminal: Terminal, written: str, instant: str
) -> None:
    found = terminal.json("segments", "size", terminal.path("active.json"), "--now", written)
    assert datetime.fromisoformat(found["now"]) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    "wrong",
    ["", "yesterday", "2026-02-30", "2026-13-01T00:00", "0001-01-01", "9999-12-31T23:59-23:00"],
)
def test_what_is_no_instant_is_wrong_use(terminal: Terminal, wrong: str) -> None:
    file = terminal.path("active.json")
    sentence = terminal.refused("segments", "size", file, "--now", wrong, exit=2)
    assert sentence.startswith(f"--now {wrong}: no instant.")


def test_a_run_is_evaluated_at_the_instant_that_was_asked(terminal: Terminal) -> None:
    run = terminal.json("activations", "run", "active_to_file", "--now", WINTER)
    assert run["now"] == "2026-01-31T23:00:00+00:00"
    assert run["counts"]["wanted"] == len(ACTIVE_IN_WINTER)


def test_without_data_there_is_no_zone_to_read_an_instant_in(empty: Terminal) -> None:
    said = empty.refused("segments", "size", empty.path("active.json"), "--now", WINTER)
    assert said == "No data is loaded yet: load some first (`load MANIFEST`)."
