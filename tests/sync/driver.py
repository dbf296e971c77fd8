"""One command in a process of its own, to be killed: `python -m tests.sync.driver FOLDER …`.

Runs the activation of the home in FOLDER against the stand-in, with the identifiers that stand in
FOLDER/ids, and prints what came of it. `--cut PLACE:N` kills the process there the N-th time,
`--cut-within PLACE:N` a little later.
"""

import argparse
import json
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from core.data.instance import Instance
from core.destinations import make_destination
from core.destinations.batch import Batch
from core.settings import Settings
from core.store.database import open_store
from core.store.destinations import DestinationView
from core.sync import points
from core.sync.calls import Patience
from core.sync.members import Membership
from core.sync.run import Runner

CUT_LATER_S = 0.15


class ListedInFile:
    """Members whose identifiers are the lines of a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def write_members(
        self, segment: str, snapshot: str, now: datetime, fields: Sequence[str], out: Path
    ) -> Membership:
        ids = self.file.read_text().split()
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT id AS key, id AS f0 FROM (SELECT unnest(?) AS id)) TO '{out}'"
                " (FORMAT parquet)",
                [ids],
            )
        return Membership(len(ids), {segment: 1})


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def cut(place: str, nth: int, later_s: float) -> None:
    seen = [0]

    def listen(point: str) -> None:
        seen[0] += point == place
        if point == place and seen[0] == nth:
            if later_s:
                threading.Timer(later_s, kill_self).start()
            else:
                kill_self()

    points.on_reach = listen


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("config", type=json.loads)
    parser.add_argument("--cut", default="")
    parser.add_argument("--cut-within", default="")
    given = parser.parse_args()
    if asked := given.cut or given.cut_within:
        place, nth = asked.split(":")
        cut(place, int(nth), CUT_LATER_S if given.cut_within else 0)
    Batch.limits = replace(Batch.limits, interval_s=0.02, pause_after_429_s=0.1)
    settings = Settings(home=given.folder / "home")
    store, instance = open_store(settings), Instance(settings, 0.05)

    def connect(saved: DestinationView) -> Batch:
        destination = make_destination("batch", given.config, settings)
        assert isinstance(destination, Batch)
        return destination

    members = ListedInFile(given.folder / "ids")
    quick = Patience(first_wait_s=0.1)
    with Runner(store, settings, instance, members, connect, patience=quick) as runner:
        outcome = runner.run_now("vip", "ana", patience_s=60)
    print(json.dumps({"run": outcome.run_id, "state": outcome.state, "error": outcome.error}))


if __name__ == "__main__":
    main()
