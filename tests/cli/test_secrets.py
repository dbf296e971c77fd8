"""No secret stands in an answer, in an error, or in a file in plain."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.stand_in import StandInServer

READING = [
    ["destinations", "list"],
    ["activations", "list"],
    ["runs", "list"],
    ["runs", "show", "1"],
    ["doctor"],
    ["destinations", "test", "crm"],
]


def files_with(folder: Path, secret: str) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if secret.encode() in path.read_bytes()]


def test_no_file_of_the_home_holds_a_secret_in_plain(
    terminal: Terminal, keys: dict[str, str], hurried: StandInServer
) -> None:
    terminal.json("activations", "run", "french_to_batch")
    assert [files_with(terminal.home, secret) for secret in keys.values()] == [[], []]


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_no_answer_holds_a_secret(
    terminal: Terminal, keys: dict[str, str], hurried: StandInServer, flag: list[str]
) -> None:
    terminal.run("activations", "run", "french_to_batch")
    for words in READING:
        answer = terminal.run(*words, *flag)
        assert not any(secret in answer.out + answer.err for secret in keys.values()), words


def test_refused_keys_are_not_repeated(
    terminal: Terminal, keys: dict[str, str], hurried: StandInServer
) -> None:
    hurried.faults("401:100%")
    answers = [
        terminal.run("destinations", "test", "crm"),
        terminal.run("activations", "run", "french_to_batch"),
    ]
    said = "".join(answer.out + answer.err for answer in answers)
    assert not any(secret in said for secret in keys.values())


def test_a_key_that_cannot_be_one_is_not_repeated(terminal: Terminal) -> None:
    wrong = Terminal(terminal.folder, {"EXAMPLE_REST_API_KEY": "hush hush"})
    said = wrong.refused("apply", wrong.path("workspace.toml"), exit=2)
    assert said.startswith("destinations.crm: ") and "hush" not in said


def test_a_secret_key_of_another_home_is_a_sentence(terminal: Terminal) -> None:
    other = Terminal(terminal.folder, {"ROLLCALL_SECRET_KEY": "hush-hush-hush"})
    assert "hush" not in other.run("destinations", "test", "crm").err
