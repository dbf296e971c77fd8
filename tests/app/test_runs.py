"""The Runs page: the history with its filters, and one run's story."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlmodel import col, delete, update
from streamlit.testing.v1 import AppTest

from core.store.models import Run, RunEvent
from core.store.run_changes import update_run, update_unowned_run
from core.store.run_states import RunState
from core.store.runs import get_run, list_runs
from core.store.segments import get_segment, save_segment
from core.store.workspace import get_workspace
from core.sync.question import mapping_digest
from core.ui.words import moment
from core.workspace.opened import OpenWorkspace
from tests.app.conftest import OpenApp
from tests.app.runs import COUNTS, run_in, sample_list
from tests.app.screen import press, words
from tests.sync.parquet import write_sql


def rows(page: AppTest) -> int:
    """Return how many runs are listed, each with the button that opens it."""
    return len([each for each in page.button if str(each.key).startswith("runs:open:")])


def test_without_runs_the_page_says_what_a_run_is(app: OpenApp, sample: Path) -> None:
    assert "Nothing has run yet" in words(app("runs"))


def test_every_run_has_a_row(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    for state in (RunState.SUCCEEDED, RunState.FAILED):
        run_in(opened, state, sent_adds=1_214, sent_removes=3, counts=dict(COUNTS))
    page = app("runs")
    assert rows(page) == 2
    assert "+1,214" in words(page) and "640 not sent" in words(page)


def test_a_row_opens_its_run(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    run = run_in(opened, RunState.SUCCEEDED)
    page = app("runs", state="done")
    page.button(key=f"runs:open:{run.id}").click().run()
    assert list(page.query_params) == ["run"] and f"Run {run.id}" in words(page)
    page.button(key="runs:back").click().run()
    assert not list(page.query_params) and rows(page) == 1


def test_filters_come_from_the_address(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    run_in(opened, RunState.SUCCEEDED)
    run_in(opened, RunState.FAILED)
    assert rows(app("runs", state="failed")) == 1
    assert rows(app("runs", activation=sample_list(opened).key)) == 2
    assert rows(app("runs", period="week", state="done")) == 1


def test_a_filter_that_is_chosen_goes_into_the_address(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run_in(opened, RunState.FAILED)
    page = app("runs", page="3")
    page.radio(key="runs:state").set_value("done").run()
    assert page.query_params["state"] == "done" and "page" not in page.query_params
    assert "No run fits" in words(page)
    page.button(key="runs:all").click().run()
    assert rows(page) == 1


def test_nonsense_in_the_address_shows_all_runs(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run_in(opened, RunState.SUCCEEDED)
    page = app("runs", state="x", activation="gone", period="1", page="-9")
    assert not page.exception and not page.error and rows(page) == 1


def test_a_page_holds_no_more_than_25_runs(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    for _ in range(27):
        run_in(opened, RunState.UNCHANGED)
    assert rows(app("runs")) == 25
    assert rows(app("runs", page="2")) == 2


def test_a_list_is_drawn_as_charts(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    for size in (5, 0, 2_000_000):
        run_in(opened, RunState.SUCCEEDED, counts={"wanted": size}, sent_adds=size)
    page = app("runs", activation=sample_list(opened).key)
    assert len(page.get("plotly_chart")) == 2
    assert "1,999,995 more than 2 runs before" in words(page)
    assert "%-d %b %Y" in page.get("plotly_chart")[0].proto.spec


@pytest.mark.parametrize(
    ("sizes", "said"), [((5,), "**5 people** after one run."), ((5, 5), "as 1 run before.")]
)
def test_a_size_is_compared_with_the_runs_before(
    sizes: tuple[int, ...], said: str, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    for size in sizes:
        run_in(opened, RunState.SUCCEEDED, counts={"wanted": size})
    assert said in words(app("runs", activation=sample_list(opened).key))


@pytest.mark.parametrize("asked", ["77", "x", "", "9" * 40, "-1"])
def test_a_run_that_is_not_there_is_said(asked: str, app: OpenApp, sample: Path) -> None:
    page = app("runs", run=asked)
    assert not page.exception and not page.error
    assert "There is no run" in words(page)


@pytest.mark.parametrize("state", list(RunState))
def test_every_state_tells_its_story(
    state: RunState, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, state, counts=dict(COUNTS), plan_id="1-x")
    page = app("runs", run=str(run.id))
    assert not page.exception and not page.error
    assert f"Run {run.id}" in words(page)
    assert ("6,380" in words(page)) == (state is not RunState.REPLACED)


def test_a_held_run_shows_why_and_what_it_would_do(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    reason = "43 % would leave, your limit is 30 %"
    run = run_in(opened, RunState.HELD, counts=dict(COUNTS), plan_id="1-x", hold_reasons=[reason])
    said = words(app("runs", run=str(run.id)))
    assert f"Waiting for approval: {reason}" in said
    assert "301 no ID → 4 duplicates → 335 control group" in said
    assert "+ 214** enter" in said and "− 4,664** leave" in said


def test_waiting_for_approval_is_no_time_that_a_run_took(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.HELD)
    begun = run.started_at or datetime.now(UTC)
    with opened.store.write("ana") as session:
        update_unowned_run(session, run.id, [RunState.HELD], state=RunState.REJECTED)
        ends = {"held": timedelta(seconds=4), "rejected": timedelta(hours=2, seconds=4)}
        for kind, after in ends.items():
            of = (col(RunEvent.run_id) == run.id, col(RunEvent.kind) == kind)
            session.exec(update(RunEvent).where(*of).values(at=begun + after))
        at = begun + ends["rejected"]
        session.exec(update(Run).where(col(Run.id) == run.id).values(finished_at=at))
    assert "by its schedule, 4 s, waited 2 h" in words(app("runs"))
    assert "took 4 s · waited 2 h for approval" in words(app("runs", run=str(run.id)))


def test_a_run_that_waits_says_that_its_segment_was_changed(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    key = sample_list(opened).segment_key
    before = run_in(opened, RunState.SUCCEEDED, segment_versions={key: 1})
    began = (before.started_at or before.queued_at) - timedelta(hours=30)
    with opened.store.write("test") as session:
        session.exec(update(Run).where(col(Run.id) == before.id).values(started_at=began))
    run = run_in(opened, RunState.HELD, segment_versions={key: 1})
    said = "was changed by ana today"
    assert said not in words(app("runs", run=str(run.id)))
    with opened.store.write("ana") as session:
        name = get_segment(session, key).name
        save_segment(session, key, name=name, tree="{}", resolved="{}", edited_from=1)
        update_unowned_run(session, run.id, [RunState.HELD], segment_versions={key: 2})
    page = words(app("runs", run=str(run.id)))
    assert f"The segment “{name}” {said}" in page and "after the run before (" in page
    assert moment_of(opened, began) in page.partition("after the run before (")[2]
    assert "not only from new data" in page


def moment_of(opened: OpenWorkspace, at: datetime) -> str:
    with opened.store.read() as session:
        return moment(at, ZoneInfo(get_workspace(session).zone), session.now())


def test_rows_of_practice_runs_say_so(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    run_in(opened, RunState.SUCCEEDED)
    assert "science: Practice]" in words(app("runs"))


def test_a_held_run_shows_the_planned_changes_in_the_history(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run_in(opened, RunState.HELD, counts=dict(COUNTS), plan_id="1-x")
    assert "+214\u00a0\u00a0−4,664" in words(app("runs"))


def test_a_run_that_found_what_one_that_waits_asks_for_leads_to_that_one(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    held = run_in(opened, RunState.HELD, counts=dict(COUNTS), plan_id="1-x")
    joined = run_in(
        opened, RunState.REPLACED, counts=dict(COUNTS), plan_id="2-x", replaced_by=held.id
    )
    said = words(app("runs"))
    assert "same as the waiting run" in said and "+0" not in said and "640 not sent" in said
    page = app("runs", run=str(joined.id))
    assert "A run that waits for approval stands for this one" in words(page)
    assert "4,664" not in words(page) and "later" not in words(page)
    page = press(page, "See the waiting run")
    assert f"Run {held.id}" in words(page) and "4,664" in words(page)


def test_a_run_whose_waiting_one_is_decided_no_longer_says_that_it_waits(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    held = run_in(opened, RunState.REJECTED)
    page = app("runs", run=str(run_in(opened, RunState.REPLACED, replaced_by=held.id).id))
    assert "A run that waited for approval stood for this one" in words(page)
    assert f"Run {held.id}" in words(press(page, "See that run"))


def test_a_run_that_a_later_one_took_the_place_of_leads_to_the_later_one(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    earlier = run_in(opened, RunState.HELD, counts=dict(COUNTS))
    later = run_in(opened, RunState.SUCCEEDED)
    with opened.store.write("test") as session:
        changes = {"state": RunState.REPLACED, "replaced_by": later.id}
        update_unowned_run(session, earlier.id, [RunState.HELD], **changes)
    assert "replaced by a later one" in words(app("runs"))
    page = press(app("runs", run=str(earlier.id)), "See the later run")
    assert f"Run {later.id}" in words(page)


def test_a_cancelled_run_without_a_story_says_who_cancelled_it(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.CANCELLED, cancel_asked_by="ana")
    with opened.store.write("test") as session:
        session.exec(delete(RunEvent))
    assert "Cancelled by ana" in words(app("runs", run=str(run.id)))


def state_of(opened: OpenWorkspace) -> RunState:
    with opened.store.read() as session:
        return list_runs(session, limit=1)[0].state


def test_a_held_run_can_be_rejected(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    run = run_in(opened, RunState.HELD, plan_id="1-x")
    page = app("runs", run=str(run.id))
    page.button(key="runs:reject").click().run()
    assert state_of(opened) is RunState.REJECTED
    assert "Rejected in the browser" in words(page)
    assert "Rejected: nothing of it is sent." in words(page)


def fitting(opened: OpenWorkspace) -> dict[str, object]:
    """Return what a run has whose plan may still be approved."""
    digest = mapping_digest(sample_list(opened))
    return {"plan_id": "1-x", "plan_made_at": datetime.now(UTC), "mapping_digest": digest}


def test_a_run_is_decided_once_by_whoever_is_first(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.HELD, **fitting(opened))
    one, two, three = (app("runs", run=str(run.id)) for _ in range(3))
    one.button(key="runs:reject").click().run()
    two.button(key="runs:approve").click().run()
    three.button(key="runs:reject").click().run()
    assert state_of(opened) is RunState.REJECTED
    assert all("nothing to approve or to reject" in words(page) for page in (two, three))


def test_a_held_run_can_be_approved(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    run = run_in(opened, RunState.HELD, **fitting(opened))
    page = app("runs", run=str(run.id))
    page.button(key="runs:approve").click().run()
    assert "Approved by In the browser" not in words(page)
    assert "approved, waiting for its turn" in words(page)
    assert "Approved: the scheduler sends it in a moment." in words(page)
    with opened.store.read() as session:
        assert get_run(session, run.id).decision == "approved"


def test_a_plan_that_no_longer_fits_cannot_be_approved(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.HELD, plan_id="1-x")
    page = app("runs", run=str(run.id))
    assert "runs:approve" not in {button.key for button in page.button}
    page.button(key="runs:again").click().run()
    assert state_of(opened) is RunState.QUEUED


def test_a_run_under_way_shows_how_far_it_is_and_can_be_stopped(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.SENDING, counts={"adds": 400}, cursor=100, plan_id="1-x")
    page = app("runs", run=str(run.id))
    assert page.get("progress")[0].proto.text == "100 of 400 changes sent"
    page.button(key="runs:cancel").click().run()
    assert "Asked to stop in the browser" in words(page)
    assert "Asked to stop: it ends in a moment" in words(page)


def test_run_again_queues_and_shows_the_new_run(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.SUCCEEDED)
    page = app("runs", run=str(run.id))
    page.button(key="runs:again").click().run()
    assert state_of(opened) is RunState.QUEUED
    assert f"Run {run.id + 1}" in words(page)
    assert "Queued: the scheduler sends it in a moment." in words(page)


def test_a_failure_says_who_mends_it_and_never_shows_a_command(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(
        opened, RunState.FAILED, error_kind="KeysRefused", error="401: *look* at the REST key."
    )
    said = words(app("runs", run=str(run.id)))
    assert "Practice refuses the API keys" in said and "An admin mends it" in said
    assert not any(command in said for command in ("python", "-m core", "rollcall ", "`"))


def test_lists_of_a_run_whose_files_are_swept_are_said_to_be_gone(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.SUCCEEDED, plan_id="1-x", plan_file="gone.parquet")
    page = app("runs", run=str(run.id))
    page.session_state["runs:who"] = True
    page.run()
    assert "those of this one are gone" in words(page)


def test_a_run_that_changes_state_while_it_is_watched_is_drawn_anew(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.SENDING)
    page = app("runs", run=str(run.id))
    with opened.store.write("scheduler") as session:
        update_run(session, run.id, run.token or "", state=RunState.UNCHANGED)
    assert "up to date already" in words(page.run())


@pytest.mark.parametrize(("adds", "labels"), [(1, ["Excel", "CSV"]), (2_000_000, ["CSV"])])
def test_a_list_is_taken_away_for_excel_while_it_fits_and_as_csv(
    adds: int, labels: list[str], app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    plan = opened.settings.plans / "1-x.parquet"
    with duckdb.connect() as connection:
        write_sql(connection, "SELECT 0 AS position, 'add' AS action, '=1+1' AS id", plan)
    counts = {**COUNTS, "adds": adds, "removes": 0, "segment": adds, "wanted": adds}
    run = run_in(opened, RunState.SUCCEEDED, counts=counts, plan_id="1-x", plan_file=plan.name)
    page = app("runs", run=str(run.id))
    page.session_state["runs:who"] = True
    page.run()
    shown = [each.proto.label.split()[-1] for each in page.get("download_button")]
    assert shown == labels and "becomes a formula" in words(page)
