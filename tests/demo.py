"""`make demo`: real shop data, one segment, one audience in the stand-in, a month of change."""

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.journey.commands import Commands
from tests.journey.dataset import write_manifest, write_workspace
from tests.stand_in import StandInServer, running_stand_in

_SEGMENT = "grocery"
_FIRST, _SECOND = "2017-11-01", "2017-12-01"


def main() -> int:
    """Show the main job step by step, and return the exit."""
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="rollcall-demo-") as name,
        running_stand_in("--rate-per-s", "0", "--indexing-s", "0") as stand_in,
    ):
        _show(Path(name), stand_in)
    print(f"\nDone in {time.monotonic() - started:.0f} s; nothing is left behind.")
    return 0


def _show(folder: Path, stand_in: StandInServer) -> None:
    commands = Commands(
        folder / "home",
        {
            "JOURNEY_REST_API_KEY": stand_in.rest_api_key,
            "JOURNEY_PROJECT_KEY": stand_in.project_key,
        },
    )
    _say("1. Load the Complete Journey study: a year of shopping of real households")
    loaded = commands.json("load", write_manifest(folder))
    for table, rows in loaded["rows"].items():
        print(f"   {table:<14} {rows:>9,} rows")
    print(f"   one snapshot, in {loaded['seconds']:.1f} s")

    _say("2. Describe a group of them")
    commands.json("apply", write_workspace(folder, stand_in.origin))
    file = folder / f"{_SEGMENT}.json"
    print(f"   {commands.json('segments', 'sentence', file, '--now', _FIRST)['sentence']}")
    size = commands.json("segments", "size", file, "--now", _FIRST)["size"]
    print(f"   {size:,} households on {_FIRST}")

    _say("3. Keep an audience equal to it, in the stand-in for Batch (nothing reaches Batch)")
    _run(commands, stand_in, _FIRST)
    _say("4. A month later")
    _run(commands, stand_in, _SECOND)
    _say("5. And again, with nothing changed")
    _run(commands, stand_in, _SECOND)


def _run(commands: Commands, stand_in: StandInServer, day: str) -> None:
    run = commands.json("activations", "run", _SEGMENT, "--now", day)
    held = len(stand_in.members(_SEGMENT))
    print(f"   {day}: {run['sent_adds']:,} entered, {run['sent_removes']:,} left: {run['state']}")
    print(f"   the audience holds {held:,}, the segment {run['counts']['wanted']:,}")
    if held != run["counts"]["wanted"]:
        raise SystemExit(f"The audience is not equal to the segment: {json.dumps(run['counts'])}")


def _say(sentence: str) -> None:
    print(f"\n{sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
