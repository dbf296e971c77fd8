"""A real app with its scheduler and stand-in, and a real browser.

Every module says `pytestmark = pytest.mark.xdist_group("browser")`: one worker has them all.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import chromium, started_browser
from tests.e2e.processes import RollcallProcesses, running_rollcall, wait_for_list


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RollcallProcesses]:
    """Run Rollcall on the sample shop, for tests that leave it as it is."""
    with running_rollcall(tmp_path_factory.mktemp("shop") / "home") as running:
        wait_for_list(running)
        yield running


# Not longer than a module: Playwright has a loop running, beside which no other may be started.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        message = "no chromium: apt-get install chromium"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with started_browser() as started:
        yield started
