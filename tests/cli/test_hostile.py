"""Inputs that are not what they should be: one sentence, never a traceback."""

import os
from pathlib import Path

import pytest

from core.cli.context import actor
from tests.cli.terminal import Terminal


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe",
        b"[",
        b"segments = 1",
        b"[segments]\nfrench = 1",
        b"[activations.a]",
        b"a = " + b"[" * 20_000,
        b"destinations = []",
        b'data = "x"',
    ],
)
def test_a_workspace_file_of_anything_else_is_wrong_use(terminal: Terminal, content: bytes) -> None:
    terminal.path("bad.toml").write_bytes(content)
    assert "bad.toml" in terminal.refused("apply", terminal.path("bad.toml"), exit=2)


def test_a_folder_as_workspace_file_is_wrong_use(terminal: Terminal, tmp_path: Path) -> None:
    assert "cannot be read" in terminal.refused("apply", tmp_path, exit=2)
    assert "cannot be read" in terminal.refused("apply", tmp_path / "no.toml", exit=2)


def test_a_segment_file_of_the_workspace_that_is_a_list_names_the_segment(
    terminal: Terminal,
) -> None:
    terminal.file("french.json", "[]")
    assert "segments.french" in terminal.refused("apply", terminal.path("workspace.toml"))


@pytest.mark.parametrize("content", [b"\x80", b"{", b""])
def test_a_segment_file_of_the_workspace_that_is_no_json_names_the_segment(
    terminal: Terminal, content: bytes
) -> None:
    terminal.path("french.json").write_bytes(content)
    said = terminal.refused("apply", terminal.path("workspace.toml"), exit=2)
    assert said.startswith("segments.french: ")


def test_a_manifest_that_cannot_be_used_is_refused_by_apply_too(terminal: Terminal) -> None:
    terminal.path("dataset.toml").write_bytes(b"\xff\xfe\x00")
    assert "dataset.toml" in terminal.refused("apply", terminal.path("workspace.toml"))


def test_a_traceback_never_reaches_the_user_of_a_process(terminal: Terminal) -> None:
    terminal.path("bytes.toml").write_bytes(b"\x00\xff")
    done = terminal.process("apply", terminal.path("bytes.toml"))
    assert (done.exit, done.out) == (2, "")
    assert done.err.count("\n") == 1 and "Traceback" not in done.err


def test_a_user_without_a_name_acts_under_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    assert actor() == "user 54321 (command line)"
