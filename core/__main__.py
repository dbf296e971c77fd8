"""Runs the command line: `python -m core`."""

import sys

try:
    from core.cli.main import main
except ModuleNotFoundError as missing:
    sys.exit(
        f"The package '{missing.name}' is not in this Python. Run `make install` once, then "
        "`.venv/bin/python -m core`."
    )

if __name__ == "__main__":
    main()
