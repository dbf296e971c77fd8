"""Gets what the tests need and pip cannot give: PostgreSQL's server, on Debian as root."""

import os
import shutil
import subprocess
import sys

from tests.postgres import server_binaries

INSTALL = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "postgresql"]


def prepare() -> int:
    """Return an exit code: 1 only where the server is missing and nothing may be skipped."""
    if server_binaries() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
    if server_binaries() is not None:
        return 0
    print(
        "No PostgreSQL server found: the tests on PostgreSQL will be skipped. Install your "
        "system's PostgreSQL server package (Debian: apt-get install postgresql) to run them.",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") else 0


def _install() -> None:
    print("Installing PostgreSQL's server for the tests …", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (INSTALL, ["apt-get", "update", "--quiet"], INSTALL):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True)
        if server_binaries() is not None:
            return
    print(done.stderr, file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(prepare())
