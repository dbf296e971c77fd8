"""What the stand-in does wrong when told to, the rate it keeps, and how it is inspected."""

import time
from pathlib import Path

import httpx
import pytest

from core.sandbox.bucket import Bucket
from core.sandbox.faults import Fault, FaultPlan, parse_fault
from tests.sandbox.calling import Caller
from tests.stand_in import StandInServer, running_stand_in


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "429", "500", "502", "503", "504"])
def test_a_request_told_to_fail_is_not_applied(
    caller: Caller, stand_in: StandInServer, status: str
) -> None:
    caller.create("vip")
    stand_in.faults(f"{status}:1")
    answer = caller.post("update", {"name": "vip", "ids": [{"action": "add", "id": "a"}]})
    assert answer.status_code == int(status)
    assert answer.json().keys() == {"error_code", "error_message"}
    assert stand_in.members("vip") == set()


@pytest.mark.parametrize(
    ("kind", "applied"), [("reset_before", False), ("reset_after", True), ("truncated", True)]
)
def test_a_broken_connection_happens_before_or_after_the_write(
    caller: Caller, stand_in: StandInServer, kind: str, applied: bool
) -> None:
    caller.create("vip")
    stand_in.faults(f"{kind}@update:1")
    with pytest.raises(httpx.TransportError):
        caller.add("vip", "a")
    assert stand_in.members("vip") == ({"a"} if applied else set())
    (call,) = stand_in.calls("update")
    assert (call.fault, call.applied) == (kind, applied)


def test_a_reset_is_a_real_one(caller: Caller, stand_in: StandInServer) -> None:
    stand_in.faults("reset_before:1")
    with pytest.raises(httpx.ReadError, match="reset"):
        caller.view("vip")


def test_a_slow_answer_comes_after_the_write(caller: Caller, stand_in: StandInServer) -> None:
    caller.create("vip")
    stand_in.faults("slow@update:1:0.3s")
    started = time.monotonic()
    caller.add("vip", "a")
    assert time.monotonic() - started >= 0.3


def test_slow_calls_do_not_hold_up_others(caller: Caller, stand_in: StandInServer) -> None:
    caller.create("vip")
    stand_in.faults("slow@update:100%:5s")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{stand_in.origin}/2.11/audiences/update", json={}, timeout=0.1, trust_env=False
        )
    started = time.monotonic()
    caller.view("vip")
    assert time.monotonic() - started < 2


def test_numbers_count_the_requests_to_the_route_since_the_fault_was_set(
    caller: Caller, stand_in: StandInServer
) -> None:
    caller.create("vip")
    caller.view("vip")
    stand_in.faults("500@view:2")
    statuses = [caller.view("vip").status_code for _ in range(3)]
    assert statuses == [200, 500, 200]


def test_a_fault_told_again_counts_anew(caller: Caller, stand_in: StandInServer) -> None:
    for _ in range(2):
        stand_in.faults("500@list:1")
        assert caller.get("/2.11/audiences/list").status_code == 500


def test_the_same_seed_meets_the_same_requests() -> None:
    def draws(seed: int) -> list[bool]:
        plan = FaultPlan([Fault(kind="500", share=0.3)], seed)
        return [plan.draw("view").failure is not None for _ in range(200)]

    assert draws(1) == draws(1) != draws(2)
    assert 30 < sum(draws(1)) < 90


def test_slowness_comes_on_top_of_another_fault() -> None:
    plan = FaultPlan([parse_fault("slow:100%:2s"), parse_fault("500:1")], 0)
    drawn = plan.draw("view")
    assert drawn.wait_s == 2
    assert drawn.failure is not None and drawn.failure.kind == "500"


@pytest.mark.parametrize(
    "text",
    ["", "500", "500:", "500:x", "600:1", "500@nowhere:1", "500:200%", "slow:1:xs", "500:0%"],
)
def test_a_fault_that_says_nothing_clear_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_fault(text)


def test_a_bucket_of_one_token_lets_one_request_pass_a_second() -> None:
    made_at, *asked_at = (100.0, 100.0, 100.5, 100.99, 101.0, 101.5, 105.0, 105.1)
    times = iter((made_at, *asked_at))
    bucket = Bucket(1.0, lambda: next(times))
    passed = [bucket.take() for _ in asked_at]
    assert passed == [True, False, False, True, False, True, False]


def test_above_the_rate_it_answers_429_without_retry_after(
    caller: Caller, stand_in: StandInServer
) -> None:
    stand_in.settings(rate_per_s=0.01)
    answers = [caller.get("/2.11/audiences/list") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert "retry-after" not in answers[1].headers


def test_each_project_has_its_own_audiences_and_rate() -> None:
    with running_stand_in(
        "--project-keys", "project_1,project_2", "--rate-per-s", "0.01"
    ) as server:
        callers = [Caller(server, **{"x-batch-project": f"project_{n}"}) for n in (1, 2)]
        for place, caller in enumerate(callers):
            caller.create(f"list{place}")
            caller.close()
        assert server.attributes("list0", "project_1") == {}
        with pytest.raises(httpx.HTTPStatusError):
            server.attributes("list0", "project_2")


def test_state_in_a_file_survives_a_kill(tmp_path: Path) -> None:
    arguments = ("--state-file", str(tmp_path / "state.sqlite"))
    with running_stand_in(*arguments) as server:
        caller = Caller(server)
        caller.create("vip")
        token = caller.add("vip", "a", "b")
        caller.close()
        server.process.kill()
        server.process.wait()
    with running_stand_in(*arguments) as server:
        caller = Caller(server)
        assert server.members("vip") == {"a", "b"}
        assert caller.view("vip", token).json()["indexing_state"] == "APPLIED"
        caller.close()


def test_a_reset_forgets_audiences_calls_and_settings(
    caller: Caller, stand_in: StandInServer
) -> None:
    caller.create("vip")
    stand_in.faults("500:100%")
    stand_in.reset()
    assert not stand_in.has("vip") and stand_in.calls() == []
    assert caller.get("/2.11/audiences/list").status_code == 200


def test_calls_are_told_with_their_sizes_and_times(caller: Caller, stand_in: StandInServer) -> None:
    caller.create("vip")
    caller.add("vip", "a", "b")
    create, update = stand_in.calls()
    assert (create.number, create.route, create.name, create.status) == (1, "create", "vip", 202)
    assert (update.number, update.ids, update.applied) == (2, 2, True)
    assert update.body_bytes > 0 and update.at >= create.at


def test_settings_that_cannot_be_are_refused(stand_in: StandInServer) -> None:
    for wrong in ({"rate_per_s": -1}, {"no_such": 1}, {"faults": [{"kind": "500"}]}):
        with pytest.raises(httpx.HTTPStatusError):
            stand_in.settings(**wrong)
