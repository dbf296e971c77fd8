"""The scheduler: `python scheduler.py` keeps lists and data up to date until it is stopped.

Any number of them may run over one home. SIGTERM and Ctrl-C end it in good order: the call in
hand is finished, everything else is left for whichever scheduler runs next.
"""

import logging
import signal
import sys
from datetime import date

from core.errors import RollcallError
from core.sample.workspace import run_sample, start_sample
from core.settings import make_folders, read_settings
from core.store.database import migrate
from core.store.processes import SCHEDULER
from core.worker.logs import start_logging
from core.worker.loop import Scheduler
from core.workspace.opened import open_workspace

MEMORY_SHARE = 0.25

log = logging.getLogger("scheduler")


def main() -> int:
    """Run until a signal says stop, and return the exit: 1 where it could not start."""
    try:
        settings = read_settings()
        make_folders(settings)
        start_logging(settings.logs)
        log.info(migrate(settings).sentence)
        with open_workspace(settings, MEMORY_SHARE) as workspace:
            if settings.sample and start_sample(workspace, date.today(), SCHEDULER):
                run_sample(workspace, SCHEDULER)
                log.info("the sample shop was made")
            scheduler = Scheduler(workspace)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: scheduler.stop())
            log.info("started")
            scheduler.run()
    except RollcallError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
