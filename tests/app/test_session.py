"""The workspace of the app's process: it ends with the process, whatever is being asked."""

import os
import subprocess
import sys
from pathlib import Path

from tests.stand_in import ROOT

ASK_AND_END = """
import threading, time
from core.ui.session import workspace

instance = workspace().instance
begun = threading.Event()

def ask():
    while True:
        with instance.cursor() as cursor:
            cursor.execute("SELECT sum(sqrt(range)) FROM range(10_000)")
        begun.set()

threading.Thread(target=ask, daemon=True).start()
begun.wait(10)
time.sleep(0.3)
"""


def test_a_process_that_is_still_asking_ends_quietly(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK_AND_END],
        cwd=ROOT,
        env={**os.environ, "ROLLCALL_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0 and "terminate" not in done.stderr
