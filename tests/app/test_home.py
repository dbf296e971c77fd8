"""Home: the verdict, what needs somebody, the lists, and the guide to a first one."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.data.snapshots import snapshot_path
from core.store.activations import create_activation
from core.store.audiences import book_ledger, note_write
from core.store.destinations import pause_destination
from core.store.run_states import RunState
from core.store.snapshots import current_snapshot
from core.store.workspace import name_workspace
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from tests.app.conftest import OpenApp
from tests.app.runs import COUNTS, run_in, sample_list
from tests.app.screen import press, words

REASON = "43 % would leave, your limit is 30 %"


def synced(opened: OpenWorkspace, *sizes: int) -> None:
    """Let the sample's list have been brought to these sizes, one run each."""
    for size in sizes:
        run = run_in(
            opened,
            RunState.SUCCEEDED,
            counts={"wanted": size},
            snapshot_id=snapshot(opened),
        )
        with opened.store.write("scheduler") as session:
            book_ledger(
                session, run.audience_id, run.id, file=f"{run.id}.parquet", rows=size, unknown=0
            )


def snapshot(opened: OpenWorkspace) -> str:
    with opened.store.read() as session:
        found = current_snapshot(session)
    assert found is not None
    return found.id


def test_a_first_visit_is_led_to_the_data(app: OpenApp, home: Path) -> None:
    page = app("home")
    assert "Your first list, in four steps" in words(page)
    page.button(key="home:step:data").click().run()
    assert page.title[0].value == "Data"


def test_the_guide_leads_out_of_the_sample_shop_to_own_data(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    load_data(opened, sample / "sample" / "dataset.toml", "test")
    page = app("home")
    page.button(key="home:leave_sample").click().run()
    assert page.title[0].value == "Data" and "Bring your data" in words(page)


def test_keys_that_cannot_be_read_any_more_are_not_in_order(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    synced(opened, 10)
    assert "need you" not in words(app("home"))
    for file in (opened.settings.home / "key").glob("*.key"):
        file.unlink()
    page = app("home")
    assert "1 thing needs you" in words(page)
    assert "Practice** · Its stored keys cannot be read" in words(page)
    assert "An admin or whoever runs Rollcall mends it." in words(page)
    assert press(page, "Open the destination").query_params["destination"] == "practice"


def test_data_whose_file_is_gone_is_not_in_order(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    snapshot_path(opened.settings, snapshot(opened)).unlink()
    page = app("home")
    assert "1 thing needs you" in words(page) and "match" not in page.header[0].value
    assert "The file with the data is gone from the disk" in words(page)
    assert "Refreshed **" not in words(page)


def test_the_sample_shop_is_called_one_and_can_be_left(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("home")
    assert "This is a sample shop" in words(page)
    page.button(key="sample:leave").click().run()
    assert page.title[0].value == "Data"
    assert "This is a sample shop" not in words(app("home"))


def test_a_list_of_the_sample_does_not_end_the_guide(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    synced(opened, 5)
    assert "Your first list" in words(app("home"))


def test_a_list_of_ones_own_ends_the_guide(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    activation = sample_list(opened)
    with opened.store.write("ana") as session:
        given = replace(activation.settings, audience_name="own", display_name="Own")
        own = create_activation(session, "own", given)
    run_in(opened, RunState.UNCHANGED, of=own)
    assert "Your first list" not in words(app("home"))


def test_lists_in_order_match_the_data(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    synced(opened, 5)
    assert "1 list matches the data of today" in words(app("home"))


def test_a_list_that_never_ran_is_said_to_be_unsent(app: OpenApp, sample: Path) -> None:
    assert "1 list has not been sent yet" in words(app("home"))


def test_an_approval_is_asked_for_with_its_way(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.HELD, hold_reasons=[REASON])
    page = app("home")
    assert "1 thing needs you" in words(page) and REASON in words(page)
    page = press(page, "Look and decide")
    assert page.query_params["run"] == str(run.id) and f"Run {run.id}" in words(page)


def test_refused_keys_lead_to_the_destination(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    with opened.store.write("scheduler") as session:
        pause_destination(session, "practice", "The REST API key is *refused*.")
    page = app("home")
    assert "An admin mends it" in words(page)
    page = press(page, "Open the destination")
    assert page.query_params["destination"] == "practice" and page.title[0].value == "Practice"


def test_a_list_wears_the_pause_of_its_destination(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    synced(opened, 5)
    with opened.store.write("scheduler") as session:
        pause_destination(session, "practice", "Batch refuses the REST API key (401).")
    assert "destination paused" in words(app("home"))


def test_a_list_that_is_being_filled_is_not_to_be_used_yet(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    audience = run_in(opened, RunState.SENDING).audience_id
    with opened.store.write("scheduler") as session:
        note_write(session, audience, "t1")
    key = sample_list(opened).key
    for said in (words(app("home")), words(app("activations", activation=key))):
        assert "Do not send a campaign yet" in said


@pytest.mark.parametrize(("before", "after", "told"), [(100, 130, "+30 %"), (100, 79, "−21 %")])
def test_a_big_move_is_told(
    before: int, after: int, told: str, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    synced(opened, before, after)
    assert told in words(app("home"))


def test_todays_runs_are_counted(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    run_in(opened, RunState.FAILED)
    run_in(opened, RunState.SUCCEEDED, counts=dict(COUNTS))
    assert "1 failed · 1 done" in words(app("home"))


def test_todays_runs_of_every_state_are_counted_what_is_urgent_first(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    for state in (RunState.UNCHANGED, RunState.SUCCEEDED, RunState.REPLACED, RunState.PARTLY):
        run_in(opened, state)
    for state in (RunState.REJECTED, RunState.CANCELLED, RunState.HELD, RunState.FAILED):
        run_in(opened, state)
    run_in(opened, RunState.COMPUTING)
    said = words(app("home"))
    assert "1 failed · 1 partly done · 1 waiting for approval · 1 being worked out · 1 done" in said
    assert "1 nothing to change · 1 rejected · 1 cancelled · 1 replaced by another one" in said


def test_people_are_called_what_the_workspace_calls_them(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    synced(opened, 1_250_000)
    with opened.store.write("ana") as session:
        name_workspace(session, "Boutique", "subscribers")
    (metric,) = app("home").metric
    assert (metric.label, metric.value) == ("Subscribers", "1,250,000")


def test_names_as_long_as_they_may_be_are_shown(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    activation = sample_list(opened)
    with opened.store.write("ana") as session:
        given = replace(activation.settings, audience_name="long", display_name="*x*" * 85)
        create_activation(session, "long", given)
    page = app("home")
    assert not page.exception and not page.error and len(page.metric) == 2


def test_a_list_whose_segment_was_changed_since_is_not_said_to_match(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    synced(opened, 20)
    run = run_in(opened, RunState.UNCHANGED, segment_versions={sample_list(opened).segment_key: 0})
    page = app("home")
    assert "1 list follows its changed segment with the next run" in words(page)
    assert "Its segment was changed since" in words(page)
    page = app("activations", activation=sample_list(opened).key)
    assert run.segment_versions and "Its segment was changed since" in words(page)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RunState.REJECTED, "1 list was left as it was: its last run was rejected"),
        (RunState.CANCELLED, "1 list was not brought up to date: its last run was cancelled"),
    ],
)
def test_a_list_whose_last_run_somebody_ended_is_not_in_order(
    state: RunState, said: str, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    synced(opened, 5)
    run_in(opened, state)
    page = app("home")
    assert said in words(page) and "matches the data" not in words(page)
    told = f"its last run was {state}"
    assert told in "".join(each.value for each in page.caption)
    assert told in words(app("activations", activation=sample_list(opened).key))


def test_a_list_with_a_run_that_waits_says_so_also_when_another_found_the_same(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    held = run_in(opened, RunState.HELD)
    run_in(opened, RunState.REPLACED, replaced_by=held.id)
    for name in ("home", "activations"):
        assert ":orange-badge[waiting for approval]" in words(app(name))
