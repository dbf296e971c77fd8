"""The log is one line a thing, and a log that cannot be written is said in a sentence."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UsageError
from core.worker.logs import LOG_FILE, about, say_unforeseen, start_logging

log = logging.getLogger("tests.worker")


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / LOG_FILE).read_text().splitlines()]


def test_a_line_says_what_it_is_about(tmp_path: Path) -> None:
    start_logging(tmp_path)
    with about(run=12):
        log.info("run begun", extra={"state": "queued"})
    (line,) = lines(tmp_path)
    assert (line["message"], line["run"], line["state"]) == ("run begun", 12, "queued")


def test_an_error_that_nobody_foresaw_is_logged_without_its_text(tmp_path: Path) -> None:
    start_logging(tmp_path)
    try:
        raise ValueError("c0001 is a customer")
    except ValueError as error:
        say_unforeseen(log, "run interrupted", error)
    (line,) = lines(tmp_path)
    assert line["error"] == "ValueError" and str(line["place"]).startswith("test_logs.py:")
    assert "c0001" not in (tmp_path / LOG_FILE).read_text()


def test_a_log_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / LOG_FILE).mkdir()
    with pytest.raises(UsageError, match="ROLLCALL_HOME"):
        start_logging(tmp_path)
