"""Runs the command line: `python -m core`."""

from core.cli.main import main

if __name__ == "__main__":
    main()
