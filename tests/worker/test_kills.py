"""Whatever dies, lists end equal to their segments: short on every change, long by `make soak`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stand_in import StandInServer, running_stand_in
from tests.worker.home import Home
from tests.worker.kills import STAND_IN_OPTIONS, KillTest


@pytest.fixture
def slow_stand_in() -> Iterator[StandInServer]:
    with running_stand_in(*STAND_IN_OPTIONS) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def attacked(request: pytest.FixtureRequest, tmp_path: Path, slow_stand_in: StandInServer) -> Home:
    home = Home(tmp_path, slow_stand_in)
    if request.param == "postgres":
        home.on_postgres(request.getfixturevalue("postgres_url"))
    return home


@pytest.mark.xdist_group("long")
def test_lists_end_equal_after_a_few_kills(attacked: Home) -> None:
    KillTest(attacked, kills=5, seed=7, seconds=6, everybody=300).attack()


@pytest.mark.soak
def test_lists_end_equal_after_two_hundred_kills(attacked: Home, capsys) -> None:
    attack = KillTest(attacked, kills=200, seed=11, seconds=600, everybody=900)
    attack.attack()
    with capsys.disabled():
        store = "PostgreSQL" if attacked.settings.database_url else "SQLite"
        print(f"\n{store}: {dict(attack.sent)}")
