"""A load in a process of its own: a new snapshot, or nothing at all."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.data.child import _request, load_snapshot
from core.data.report import LoadedSnapshot, Progress
from core.errors import Cancelled, DataRefused, FewerRows, FileRefused
from core.settings import PROJECT_ROOT, Settings
from tests.data.conftest import write_dataset

ENDLESS = """
[tables.slow]
query = "SELECT count(*) AS n FROM range(9000000000000000) WHERE range % 7 = 3"
"""
PARENT = """
import sys
from pathlib import Path
from core.data.child import load_snapshot
from core.settings import Settings
home, manifest = map(Path, sys.argv[1:])
say = lambda progress: print(progress.sentence, flush=True)
load_snapshot(manifest, Settings(home=home, memory="256MiB"), on_progress=say)
"""


def left_behind(home: Settings) -> list[str]:
    """What stands in the folders of the home, but for the lock of the load."""
    found = [*home.snapshots.iterdir(), *home.scratch.iterdir()]
    return [path.name for path in found if path.name != ".load.lock"]


def people(folder: Path, rows: int = 3, more: str = "") -> Path:
    return write_dataset(folder, more, people="id\n" + "".join(f"{n}\n" for n in range(rows)))


def test_a_load_makes_one_new_file_and_says_what_is_in_it(home: Settings, tmp_path: Path) -> None:
    said: list[Progress] = []
    loaded = load_snapshot(people(tmp_path), home, on_progress=said.append)
    assert left_behind(home) == [loaded.path.name] == [f"{loaded.id}.duckdb"]
    assert loaded.report.tables[0].rows == 3
    assert [each.sentence for each in said][:2] == ["Reading people", "Checking keys and links"]
    assert [each.share for each in said] == sorted(each.share for each in said)


REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("id\n1\n1\n", "", {}, "must be unique"),
    ("id\n1\n2\n3\n", "", {"load_max_rows": 2}, "ROLLCALL_LOAD_MAX_ROWS"),
    ("id,a,b\n1,2,3\n", "", {"load_max_columns": 2}, "ROLLCALL_LOAD_MAX_COLUMNS"),
    ("id\n" + "x" * 101, "", {"load_max_cell_bytes": 100}, "ROLLCALL_LOAD_MAX_CELL_BYTES"),
    ("id\n1\n", ENDLESS, {"load_max_minutes": 0.02}, "ROLLCALL_LOAD_MAX_MINUTES"),
]


@pytest.mark.parametrize(("text", "more", "limits", "said"), REFUSED)
def test_a_refused_load_names_what_to_do_and_leaves_nothing(
    home: Settings, tmp_path: Path, text: str, more: str, limits: dict[str, Any], said: str
) -> None:
    settings = home.model_copy(update=limits)
    with pytest.raises(DataRefused, match=said):
        load_snapshot(write_dataset(tmp_path, more, people=text), settings)
    assert left_behind(home) == []


def test_a_manifest_that_is_wrong_starts_no_process(home: Settings, tmp_path: Path) -> None:
    said: list[Progress] = []
    with pytest.raises(DataRefused, match="time_zone"):
        load_snapshot(write_dataset(tmp_path, zone="Paris"), home, on_progress=said.append)
    assert said == [] and left_behind(home) == []


def test_the_errors_of_the_child_are_those_of_a_load_here(home: Settings, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as error:
        load_snapshot(write_dataset(tmp_path, people="id\n1\n\n2,3\n"), home)
    assert str(error.value).startswith("people.csv, line 4: 2 cells")


def test_an_error_that_nobody_foresaw_is_told_by_kind_and_place_alone(
    home: Settings, tmp_path: Path
) -> None:
    request = _request(people(tmp_path), home, tmp_path / "one.duckdb", tmp_path, None, False)
    broken = request.model_copy(update={"previous": '["c0001"]'}).model_dump_json()
    with subprocess.Popen(
        [sys.executable, "-m", "core.data.child"],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin and child.stdout and child.stderr
        child.stdin.write(f"{broken}\n")
        child.stdin.flush()
        said, shown = child.stdout.read(), child.stderr.read()
    assert "ValidationError in" in said and "c0001" not in said
    assert shown == ""


def test_fewer_than_half_of_the_last_rows_are_refused_unless_accepted(
    home: Settings, tmp_path: Path
) -> None:
    last = load_snapshot(people(tmp_path, 5), home)
    before = last.path.read_bytes()
    with pytest.raises(FewerRows, match="people has 2 rows, and had 5"):
        load_snapshot(people(tmp_path, 2), home, last.catalogue)
    assert left_behind(home) == [last.path.name] and last.path.read_bytes() == before
    accepted = load_snapshot(people(tmp_path, 2), home, last.catalogue, accept_fewer=True)
    assert accepted.report.tables[0].rows == 2


def test_a_load_that_is_cancelled_stops_at_once_and_leaves_nothing(
    home: Settings, tmp_path: Path
) -> None:
    cancel = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.sentence == "Reading slow":
            cancel.set()

    started = time.monotonic()
    with pytest.raises(Cancelled, match="nothing has changed"):
        load_snapshot(people(tmp_path, more=ENDLESS), home, on_progress=stop, cancel=cancel)
    assert time.monotonic() - started < 10
    assert left_behind(home) == []


def test_a_load_that_is_cancelled_in_its_last_moment_leaves_nothing(
    home: Settings, tmp_path: Path
) -> None:
    cancel = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.sentence.startswith("Writing"):
            while not list(home.snapshots.glob("*.duckdb")):
                time.sleep(0.01)
            cancel.set()

    with pytest.raises(Cancelled):
        load_snapshot(people(tmp_path), home, on_progress=stop, cancel=cancel)
    assert left_behind(home) == []


def test_a_second_load_waits_and_says_so(home: Settings, tmp_path: Path) -> None:
    manifest = people(tmp_path)
    waiting, said = threading.Event(), list[str]()
    done: list[LoadedSnapshot] = []

    def hear(progress: Progress) -> None:
        said.append(progress.sentence)
        waiting.set()

    def load_second() -> None:
        done.append(load_snapshot(manifest, home, on_progress=hear))

    second = threading.Thread(target=load_second)

    def hold(progress: Progress) -> None:
        if progress.sentence.startswith("Writing"):
            second.start()
            assert waiting.wait(20)

    first = load_snapshot(manifest, home, on_progress=hold)
    second.join()
    assert said[:2] == ["Waiting for another load to end", "Reading people"]
    assert done[0].id > first.id


def test_a_load_that_waits_can_be_cancelled(home: Settings, tmp_path: Path) -> None:
    manifest, cancel = people(tmp_path), threading.Event()
    refused: list[str] = []

    def hold(progress: Progress) -> None:
        if progress.sentence.startswith("Writing"):
            with pytest.raises(Cancelled) as error:
                load_snapshot(manifest, home, on_progress=lambda _: cancel.set(), cancel=cancel)
            refused.append(str(error.value))

    load_snapshot(manifest, home, on_progress=hold)
    assert refused == ["The load was stopped: nothing has changed"]


@pytest.fixture
def parent(home: Settings, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process, whose child is in the middle of a load that has no end."""
    manifest = people(tmp_path, more=ENDLESS)
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(home.home), str(manifest)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while process.stdout.readline() != "Reading slow\n":
        pass
    yield process
    process.kill()
    process.communicate()


def children(process_id: int) -> list[int]:
    tasks = Path(f"/proc/{process_id}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def ended(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_the_child_ends_with_its_parent_and_the_next_load_tidies_up(
    home: Settings, tmp_path: Path, parent: "subprocess.Popen[str]"
) -> None:
    (child,) = children(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while not ended(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    loaded = load_snapshot(people(tmp_path), home)
    assert left_behind(home) == [loaded.path.name]


def test_a_child_that_is_killed_is_told_and_leaves_nothing(
    home: Settings, tmp_path: Path, parent: "subprocess.Popen[str]"
) -> None:
    (child,) = children(parent.pid)
    os.kill(child, signal.SIGKILL)
    assert parent.wait(20) != 0
    assert left_behind(home) == []


def test_the_child_knows_no_secret(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_SECRET_KEY", "s3cret")
    folder = '[tables.people]\nfile = "${ROLLCALL_SECRET_KEY}.csv"\nkey = "id"\n'
    with pytest.raises(DataRefused, match="The variable ROLLCALL_SECRET_KEY is not set"):
        load_snapshot(write_dataset(tmp_path, folder), home)
