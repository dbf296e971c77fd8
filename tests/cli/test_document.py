"""docs/commands.md names every command, option and field."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.cli.command_table import DOCUMENT, all_commands, rewritten, takes_json
from tests.cli.example import SUMMER, WINTER
from tests.cli.terminal import Terminal
from tests.stand_in import StandInServer

PAGE = DOCUMENT.read_text(encoding="utf-8")
RUN = ("activations", "run", "active_to_file", "--now")


def held(terminal: Terminal) -> str:
    """Return the id of a run that waits for approval."""
    terminal.run(*RUN, WINTER)
    return str(terminal.run(*RUN, SUMMER, "--json").json["run_id"])


def runs_list(terminal: Terminal) -> list[Any]:
    """Return the words that list a run at least."""
    held(terminal)
    return ["runs", "list"]


def saved_and_lost(terminal: Terminal) -> list[Any]:
    """Return the words that put a backup back, its home being gone."""
    made = terminal.json("backup")["folder"]
    shutil.rmtree(terminal.home)
    return ["restore", made]


Words = Callable[[Terminal], list[Any]]
EVERY: dict[str, Words] = {
    "load": lambda t: ["load", t.path("dataset.toml")],
    "detect": lambda t: ["detect", t.path("customers.csv")],
    "apply": lambda t: ["apply", t.path("workspace.toml")],
    "export": lambda t: ["export", t.path("out.toml")],
    "segments size": lambda t: ["segments", "size", t.path("french.json")],
    "segments members": lambda t: ["segments", "members", t.path("french.json")],
    "segments sentence": lambda t: ["segments", "sentence", t.path("french.json")],
    "segments explain": lambda t: ["segments", "explain", t.path("french.json"), "c2"],
    "segments evaluate": lambda t: ["segments", "evaluate", cases(t), "--out", t.path("o.json")],
    "destinations list": lambda t: ["destinations", "list"],
    "destinations test": lambda t: ["destinations", "test", "files"],
    "activations list": lambda t: ["activations", "list"],
    "activations run": lambda t: ["activations", "run", "active_to_file"],
    "activations pause": lambda t: ["activations", "pause", "active_to_file"],
    "activations resume": lambda t: ["activations", "resume", "active_to_file"],
    "pause": lambda t: ["pause", "--all"],
    "resume": lambda t: ["resume", "--all"],
    "runs list": runs_list,
    "runs show": lambda t: ["runs", "show", held(t)],
    "runs approve": lambda t: ["runs", "approve", held(t)],
    "runs reject": lambda t: ["runs", "reject", held(t)],
    "runs cancel": lambda t: ["runs", "cancel", held(t)],
    "migrate": lambda t: ["migrate"],
    "backup": lambda t: ["backup", t.path("backups")],
    "restore": saved_and_lost,
    "doctor": lambda t: ["doctor"],
}


def cases(terminal: Terminal) -> Any:
    text = '{"dataset": "dataset.toml", "now": "2026-01-01", "cases": {"all": {"segment": {}}}}'
    return terminal.file("cases.json", text)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with the name of its field."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def test_the_table_is_what_the_commands_make() -> None:
    assert rewritten(PAGE) == PAGE, "run: python -m tests.cli.command_table"


def test_every_command_that_reads_or_runs_answers_with_json() -> None:
    answering = {words for words, command in all_commands() if takes_json(command)}
    assert answering == EVERY.keys()
    assert {words for words, _ in all_commands()} - answering == {"sandbox"}


@pytest.mark.parametrize("words", EVERY)
def test_json_is_one_object_of_fields_that_the_page_names(
    terminal: Terminal, stand_in: StandInServer, words: str
) -> None:
    answer = terminal.run(*EVERY[words](terminal), "--json")
    assert answer.exit == 0, answer
    fields = set(answer.json)
    for listed in ("runs", "destinations", "activations", "findings", "events"):
        fields |= {key for one in answer.json.get(listed, ()) for key in one}
    unnamed = {field for field in fields if f"`{field}`" not in PAGE}
    assert not unnamed, words
    for name, value in leaves(answer.json):
        if name == "now" or name.endswith("_at") or name == "at":
            assert value is None or datetime.fromisoformat(value).tzinfo, name
        if name.endswith("_id") or name in ("id", "last_run", "replaced_by", "snapshot"):
            assert value is None or isinstance(value, str), name


def test_json_of_a_process_is_alone_on_stdout(terminal: Terminal) -> None:
    done = terminal.process(*RUN, WINTER, "--json")
    assert (done.exit, done.err) == (0, "")
    assert done.out.count("\n") == 1 and done.json["state"] == "succeeded"


def test_every_exit_of_the_help_is_explained() -> None:
    assert re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE) == list("012345")


def test_the_readme_leads_to_the_page() -> None:
    readme = DOCUMENT.parents[1] / "README.md"
    assert "[docs/commands.md](docs/commands.md)" in readme.read_text(encoding="utf-8")
