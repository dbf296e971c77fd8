"""Starting the stand-in."""

import socket
from pathlib import Path

import pytest

from core.errors import UsageError
from core.sandbox.options import DEFAULT_PROJECT_KEY, SandboxOptions
from core.sandbox.serve import describe_start, serve


def announce(origin: str) -> None:
    raise AssertionError(f"it serves at {origin}")


def test_a_port_in_use_is_refused_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{port}.*--port"):
            serve(SandboxOptions(port=port), announce)


@pytest.mark.parametrize("name", ["missing/state.sqlite", "text.txt"])
def test_a_state_file_that_cannot_be_kept_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.txt").write_text("no database, but a text of some length")
    with pytest.raises(UsageError, match="--state-file"):
        serve(SandboxOptions(port=0, state_file=tmp_path / name), announce)


def test_the_start_says_that_it_is_practice_and_names_the_keys() -> None:
    said = describe_start(SandboxOptions(), "http://127.0.0.1:8100")
    assert "Stand-in" in said and "nothing reaches Batch" in said
    assert DEFAULT_PROJECT_KEY in said and SandboxOptions().rest_api_key in said


def test_the_project_key_looks_like_one_of_batch() -> None:
    assert len(DEFAULT_PROJECT_KEY.removeprefix("project_")) == 32
