"""A throw-away PostgreSQL for tests: one cluster a test session, one database a test.

A keeper process runs the server and waits for a lock that every process with tests shares, so the
server ends with the last of them, killed ones included.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

START_S = 60
SUPERUSER = "rollcall"


def server_binaries() -> Path | None:
    """Return the folder with initdb and postgres, the newest version's, or None."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def server_user() -> str | None:
    """Return whom to run the server as, None for oneself: initdb refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def keep(folder: Path) -> None:
    """Run a server in `folder` until no process shares the lock on `folder/users`."""
    binaries, user = server_binaries(), server_user()
    assert binaries is not None
    data, socket = folder / "data", folder / "s"
    for made in (data, socket):
        made.mkdir(mode=0o700)
        if user is not None:
            shutil.chown(made, user)
    initdb = [binaries / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust"]
    initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    with (folder / "log").open("wb") as log:
        subprocess.run(initdb, check=True, user=user, cwd=folder, stdout=log, stderr=log)
        serve = [binaries / "postgres", "-D", data, "-k", socket, "-c", "listen_addresses="]
        serve += ["-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB"]
        serve += ["-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        serve += ["-c", "checkpoint_timeout=1h"]
        server = subprocess.Popen(serve, user=user, cwd=folder, stdout=log, stderr=log)
        try:
            _wait_until_ready(socket, server)
            (folder / "url").write_text(f"postgresql://{SUPERUSER}@/postgres?host={socket}")
            _wait_for_the_last_user(folder)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def _wait_until_ready(socket: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(host=str(socket), user=SUPERUSER, dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _wait_for_the_last_user(folder: Path) -> None:
    with (folder / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        (folder / "url").unlink()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the URL of a server that all processes of this test session share."""
    if server_binaries() is None:
        reason = "No PostgreSQL server here: `python -m tests.prepare` says how to get one."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"rollcall-pg-{session[:12]}"
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "starting").open("a") as starting, (folder / "users").open("a") as users:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        if not (folder / "url").exists():
            _start_keeper(folder)
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield (folder / "url").read_text()


def _start_keeper(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.postgres", str(folder)]
    root = Path(__file__).parent.parent
    keeper = subprocess.Popen(
        command, cwd=root, start_new_session=True, stdin=subprocess.DEVNULL, stdout=sys.stderr
    )
    deadline = time.monotonic() + START_S
    while not (folder / "url").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            log = folder / "log"
            pytest.fail(f"PostgreSQL did not start: {log.read_text() if log.exists() else folder}")
        time.sleep(0.05)
    keeper.returncode = 0  # it outlives this process by design: no warning about that


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Give the URL of an empty database of this test's own."""
    with database_beside(postgres_server) as url:
        yield url


@contextmanager
def database_beside(server: str) -> Iterator[str]:
    """Make an empty database for a while and give its URL."""
    name = f"t{uuid4().hex}"
    database = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
        try:
            yield server.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


if __name__ == "__main__":
    kept = Path(sys.argv[1])
    keep(kept)
    shutil.rmtree(kept, ignore_errors=True)
