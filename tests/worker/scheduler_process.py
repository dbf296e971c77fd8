"""A scheduler whose calls are as quick and as small as a test wants them.

`python -m tests.worker.scheduler_process INTERVAL_S IDS_PER_CALL FILE`, the file to note sends in.
"""

import sys
from dataclasses import replace
from pathlib import Path

import scheduler
from core.destinations.batch import Batch
from tests.worker.sends import note_sends


def main() -> int:
    interval_s, ids_per_call = float(sys.argv[1]), int(sys.argv[2])
    Batch.limits = replace(
        Batch.limits, interval_s=interval_s, ids_per_call=ids_per_call, pause_after_429_s=0.2
    )
    note_sends(Path(sys.argv[3]))
    return scheduler.main()


if __name__ == "__main__":
    sys.exit(main())
