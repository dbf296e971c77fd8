"""The main job on real data: load, evaluate, keep audiences equal, a month later too."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.journey.commands import Commands
from tests.journey.dataset import SEGMENTS, ZONE, write_manifest, write_workspace
from tests.journey.expected import EXPECTED
from tests.stand_in import StandInServer

FIRST, SECOND = "2017-11-01", "2017-12-01"


def instant(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(ZONE))


@pytest.fixture
def commands(tmp_path: Path, stand_in: StandInServer) -> Commands:
    keys = {
        "JOURNEY_REST_API_KEY": stand_in.rest_api_key,
        "JOURNEY_PROJECT_KEY": stand_in.project_key,
    }
    made = Commands(tmp_path / "home", keys)
    loaded = made.json("load", write_manifest(tmp_path))
    assert loaded["rows"]["households"] == 2_469
    assert loaded["rows"]["transactions"] == 1_469_307
    made.json("apply", write_workspace(tmp_path, stand_in.origin))
    return made


@pytest.mark.xdist_group("long")
def test_three_real_segments_become_audiences_and_follow_a_month_later(
    commands: Commands, stand_in: StandInServer, tmp_path: Path
) -> None:
    stand_in.settings(rate_per_s=0)
    for key in SEGMENTS:
        first, second = EXPECTED[key](instant(FIRST)), EXPECTED[key](instant(SECOND))
        assert first, "a segment of nobody proves nothing"
        found = commands.json("segments", "members", tmp_path / f"{key}.json", "--now", FIRST)
        assert set(found["members"]) == first
        run = commands.json("activations", "run", key, "--now", FIRST)
        assert (run["counts"]["adds"], run["counts"]["removes"]) == (len(first), 0)
        assert stand_in.members(key) == first
        run = commands.json("activations", "run", key, "--now", SECOND)
        assert run["sent_adds"] == len(second - first)
        assert run["sent_removes"] == len(first - second)
        assert stand_in.members(key) == second
        before = [call for call in stand_in.calls() if call.route not in ("view", "list")]
        run = commands.json("activations", "run", key, "--now", SECOND)
        assert run["state"] == "unchanged"
        after = [call for call in stand_in.calls() if call.route not in ("view", "list")]
        assert after == before
