"""`make run`: app, scheduler and stand-in for Batch together, until Ctrl-C."""

import sys

from core.errors import RollcallError
from core.settings import read_settings
from core.supervisor.supervise import supervise


def main() -> int:
    """Run until a signal says stop, and return the exit: 1 where it could not start or one died."""
    try:
        return supervise(read_settings())
    except RollcallError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
