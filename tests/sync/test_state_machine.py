"""Any history of an audience, drawn by hypothesis, ends with the list equal to its segment."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import CallRefused, NetworkFault, PlatformFault, RunRefused, TooManyCalls
from core.settings import Settings
from core.store.activations import get_activation, save_activation
from core.store.run_states import RunState
from core.sync import points
from core.sync.outcome import RunOutcome
from tests.sync.scripted import Answer
from tests.sync.test_takeover import FIRST_RUN, PowerCut, cut_at, die
from tests.sync.world import make_world

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
EVERYBODY = [f"id{n:02}" for n in range(30)]
FAULTS = [NetworkFault("cut"), PlatformFault("500"), TooManyCalls("429"), CallRefused("400")]

answers = st.builds(Answer, st.sampled_from(FAULTS), st.booleans())
people = st.sets(st.sampled_from(EVERYBODY))


class Audience(RuleBasedStateMachine):
    """The platform in memory is the model: it holds exactly what its calls said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = make_world(Settings(home=Path(self.folder.name) / "home"), guards="{}")
        self.wanted: set[str] = set()
        self.wanted_once: set[str] = set()
        self.mapped_to = "customer_id"

    def teardown(self) -> None:
        self.world.platform.script.clear()
        self.end_with_nothing_left_to_do()
        self.world.close()
        self.world.store.close()
        self.folder.cleanup()

    @rule(entering=people, leaving=people)
    def people_come_and_go(self, entering: set[str], leaving: set[str]) -> None:
        self.wanted = (self.wanted | entering) - leaving
        self.wanted_once |= self.wanted
        self._list_members()

    @rule()
    def the_mapping_changes(self) -> None:
        self.mapped_to = "other_id" if self.mapped_to == "customer_id" else "customer_id"
        with self.world.store.write("ana") as session:
            given = get_activation(session, "vip").settings
            save_activation(session, "vip", replace(given, external_id=self.mapped_to))
        self._list_members()

    @rule()
    def somebody_edits_the_segment(self) -> None:
        self.world.edit_segment()

    @rule(kind=st.sampled_from(["apply", "view", "create"]), told=st.lists(answers, max_size=8))
    def the_platform_will_fail(self, kind: str, told: list[Answer]) -> None:
        self.world.platform.tell(kind, *told)

    @rule()
    def the_platform_is_well_again(self) -> None:
        self.world.platform.script.clear()

    @rule(seconds=st.sampled_from([1, 60, 4_000, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.passed += seconds

    @precondition(lambda self: self.world.platform.audiences)
    @rule()
    def somebody_deletes_the_list(self) -> None:
        self.world.platform.audiences.clear()

    @rule(patience_s=st.sampled_from([0, 50, 4_000]))
    def a_run(self, patience_s: int) -> None:
        self._run(patience_s)

    @rule(place=st.sampled_from(FIRST_RUN), nth=st.integers(1, 3))
    def a_run_into_a_power_cut(self, place: str, nth: int) -> None:
        cut_at(place, nth)
        self._run(50)

    @invariant()
    def what_is_in_the_list_was_wanted_once(self) -> None:
        for held in self.world.platform.audiences.values():
            assert {id_.removeprefix("x-") for id_ in held} <= self.wanted_once

    def end_with_nothing_left_to_do(self) -> None:
        for _ in range(10):
            outcome = self._run(4_000)
            if outcome and outcome.state in (RunState.SUCCEEDED, RunState.UNCHANGED):
                break
        assert self.world.platform.ids("vip") == self._ids()
        calls = self.world.platform.count("apply")
        assert self.world.run().state is RunState.UNCHANGED
        assert self.world.platform.count("apply") == calls

    def _ids(self) -> set[str]:
        prefix = "" if self.mapped_to == "customer_id" else "x-"
        return {prefix + id_ for id_ in self.wanted}

    def _list_members(self) -> None:
        self.world.members.set(sorted(self._ids()))

    def _run(self, patience_s: float) -> RunOutcome | None:
        runner = self.world.again()
        try:
            outcome = runner.run_now("vip", "ana", patience_s=patience_s)
            points.on_reach = lambda point: None
            if outcome.state is RunState.HELD:
                outcome = runner.approve(outcome.run_id or 0, outcome.plan_id or "", "bo")
            return outcome
        except RunRefused as refusal:
            points.on_reach = lambda point: None
            runner.cancel(int(str(refusal).split()[1]), "bo")
            return None
        except PowerCut:
            return None
        finally:
            die(self.world, runner)


Audience.TestCase.settings = settings(
    max_examples=400 if THOROUGH else 6,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestAudience(Audience.TestCase):  # type: ignore[misc]
    """Fifty steps a history; `HYPOTHESIS_PROFILE=thorough` draws hundreds."""


@pytest.mark.soak
def test_hundreds_of_histories() -> None:
    run_state_machine_as_test(
        Audience,
        settings=settings(Audience.TestCase.settings, max_examples=300),
    )
