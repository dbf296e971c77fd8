"""Loads while other processes read: each answer is that of exactly one load."""

import time
from pathlib import Path
from typing import Any

from core.settings import Settings
from core.workspace.loading import load_data
from core.workspace.opened import open_workspace
from tests.data.conftest import write_dataset
from tests.forked import context

LOADS = 4
READERS = 2
SHARE = 0.1
PAUSE_S = 0.02
QUESTION = 'SELECT min(load), max(load), count(*), sum(load) FROM {alias}."people"'


def rows_of(load: int) -> int:
    """How many people that load brings, so that no two loads have the same answer."""
    return 1000 + 10 * load


def write_load(folder: Path, load: int) -> Path:
    rows = "".join(f"{n},{load}\n" for n in range(rows_of(load)))
    return write_dataset(folder, people=f"id,load\n{rows}")


def read_on(answers: Any, reads: Any, settings: Settings, stop: Path) -> None:
    """Ask the current snapshot until the file `stop` is there; tell every answer once."""
    seen: list[str] = []
    with open_workspace(settings, SHARE) as workspace:
        while True:
            last_round = stop.exists()
            with workspace.snapshot() as snapshot, workspace.instance.cursor() as cursor:
                question = QUESTION.format(alias=snapshot.alias)
                answer = str(cursor.execute(question).fetchone())
            if answer not in seen[-1:]:
                seen.append(answer)
                reads.release()
            if last_round:
                break
            time.sleep(PAUSE_S)
    answers.put(seen)


def test_readers_see_whole_loads_one_after_the_other(home: Settings, tmp_path: Path) -> None:
    answers, reads, stop = context().SimpleQueue(), context().Semaphore(0), tmp_path / "stop"
    told = (answers, reads, home, stop)
    readers = [context().Process(target=read_on, args=told) for _ in range(READERS)]
    with open_workspace(home, SHARE) as workspace:
        load_data(workspace, write_load(tmp_path, 0), "ann")
        for reader in readers:
            reader.start()
        for _ in readers:
            assert reads.acquire(timeout=60), "a reader did not begin"
        for load in range(1, LOADS):
            load_data(workspace, write_load(tmp_path, load), "ann")
    stop.touch()
    for reader in readers:
        reader.join(60)
        assert reader.exitcode == 0
    whole = [str((n, n, rows_of(n), n * rows_of(n))) for n in range(LOADS)]
    for _ in readers:
        seen = answers.get()
        assert seen == [answer for answer in whole if answer in seen]
        assert seen[-1] == whole[-1] and len(seen) > 2
