"""Gets what tests need and pip cannot give, on Debian as root: PostgreSQL's server, chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.browser import chromium
from tests.postgres import server_binaries


@dataclass(frozen=True, slots=True)
class Need:
    """Something to install as a package, and what happens without it."""

    name: str
    package: str
    find: Callable[[], object]
    without: str


NEEDS = (
    Need("PostgreSQL's server", "postgresql", server_binaries, "the tests on PostgreSQL"),
    Need("chromium", "chromium", chromium, "the tests in a browser"),
)


def prepare() -> int:
    """Return an exit code: 1 only where something is missing and nothing may be skipped."""
    missing = [need for need in NEEDS if need.find() is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(missing)
        missing = [need for need in missing if need.find() is None]
    for need in missing:
        print(
            f"No {need.name} found: {need.without} will be skipped. Install your system's "
            f"package (Debian: apt-get install {need.package}) to run them.",
            file=sys.stderr,
        )
    return 1 if missing and os.environ.get("CI") else 0


def _install(missing: list[Need]) -> None:
    print(f"Installing {' and '.join(need.name for need in missing)} …", file=sys.stderr)
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends"]
    install += [need.package for need in missing]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (install, ["apt-get", "update", "--quiet"], install):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True)
        if all(need.find() is not None for need in missing):
            return
    print(done.stderr, file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(prepare())
