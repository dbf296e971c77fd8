"""Random lives of an audience: whatever happens on the way, it ends equal to its segment."""

import random
from pathlib import Path

import pytest

from core.errors import CallRefused, NetworkFault, PlatformFault, RunRefused, TooManyCalls
from core.settings import Settings
from core.store.run_states import RunState
from core.sync import points
from core.sync.outcome import RunOutcome
from tests.sync.scripted import Answer
from tests.sync.test_takeover import FIRST_RUN, PowerCut, cut_at, die
from tests.sync.world import World, make_world

EVERYBODY = [f"id{n:02}" for n in range(40)]
FAULTS = [NetworkFault("cut"), PlatformFault("500"), TooManyCalls("429"), CallRefused("400")]


class Life:
    """Steps drawn at random: another segment, faults, power cuts, approvals, long pauses."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)

    def step(self) -> None:
        world, dice = self.world, self.dice
        world.members.set(dice.sample(EVERYBODY, dice.randint(0, len(EVERYBODY))))
        if dice.random() < 0.2:
            world.edit_segment()
        for _ in range(dice.choice([0, 0, 1, 3, 30])):
            answer = Answer(dice.choice(FAULTS), applied=dice.random() < 0.5)
            world.platform.tell(dice.choice(["apply", "apply", "view", "create"]), answer)
        world.clock.passed += dice.choice([0, 60, 4000, 90_000])
        if dice.random() < 0.05:
            world.platform.audiences.clear()
        self._run(cut=dice.random() < 0.4)
        if dice.random() < 0.7:
            world.platform.script.clear()

    def end(self) -> None:
        """Let one last run go through, whatever asks for a human on the way."""
        self.world.platform.script.clear()
        for _ in range(8):
            outcome = self._run(cut=False)
            if outcome and outcome.state in (RunState.SUCCEEDED, RunState.UNCHANGED):
                return
        raise AssertionError("no run came to an end")

    def _run(self, *, cut: bool) -> RunOutcome | None:
        runner = self.world.again()
        if cut:
            cut_at(self.dice.choice(FIRST_RUN), self.dice.randint(1, 3))
        try:
            outcome = runner.run_now("vip", "ana", patience_s=self.dice.choice([0, 50, 4000]))
            points.on_reach = lambda point: None
            self._decide(runner, outcome)
            return outcome
        except RunRefused as refusal:
            self._cancel_what_needs_attention(runner, str(refusal))
            return None
        except PowerCut:
            return None
        finally:
            die(self.world, runner)

    def _decide(self, runner, outcome: RunOutcome) -> None:
        if outcome.state is RunState.HELD and self.dice.random() < 0.7:
            runner.approve(outcome.run_id, outcome.plan_id, "bo")

    def _cancel_what_needs_attention(self, runner, refusal: str) -> None:
        points.on_reach = lambda point: None
        runner.cancel(int(refusal.split()[1]), "bo")


def live(settings: Settings, seed: int, steps: int) -> None:
    world = make_world(settings)
    try:
        life = Life(world, seed)
        for _ in range(steps):
            life.step()
        life.end()
        assert world.platform.ids("vip") == {id_ for id_ in world.members.ids.values() if id_}
        assert world.run().state is RunState.UNCHANGED
    finally:
        world.close()
        world.store.close()


@pytest.mark.parametrize("seed", range(3))
def test_an_audience_ends_equal_to_its_segment(store_settings: Settings, seed):
    live(store_settings, seed, steps=8)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 400))
def test_hundreds_of_audiences_end_equal_to_their_segments(tmp_path: Path, seed):
    live(Settings(home=tmp_path / "home"), seed, steps=15)
