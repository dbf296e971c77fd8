"""The process behind the `stand_in` fixture; it imports no more than it needs to start fast."""

import os
import sys
import threading
from pathlib import Path
from typing import Any

from core.sandbox.options import SandboxOptions
from core.sandbox.serve import serve


def main(arguments: list[str]) -> None:
    """Serve with the options until stdin is closed; the first line printed is the origin."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    words = iter(arguments)
    given = {flag.removeprefix("--").replace("-", "_"): next(words) for flag in words}
    typed: dict[str, Any] = {
        name: Path(text) if name == "state_file" else float(text) if name.endswith("_s") else text
        for name, text in given.items()
    }
    if "project_keys" in typed:
        typed["project_keys"] = tuple(typed["project_keys"].split(","))
    options = SandboxOptions(**({"port": 0} | typed))
    serve(options, lambda origin: print(origin, flush=True))


def _end_with_parent() -> None:
    """End when the tests do, however they end."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
