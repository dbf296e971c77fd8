"""The page of activations: from a segment to a list that is ready, and what keeps it from that."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.schedule.definition import schedule_from_json
from core.store.activations import (
    ActivationView,
    archive_activation,
    get_activation,
    list_activations,
    pause_activation,
    save_activation,
)
from core.store.audiences import book_ledger, note_applied, note_created, note_write
from core.store.database import WriteSession
from core.store.destinations import (
    archive_destination,
    get_destination,
    note_test_failed,
    note_tested,
    pause_destination,
)
from core.store.run_states import RunState
from core.store.runs import list_runs
from core.store.workspace import pause_everything
from core.sync.guards import Do, EmptyGuard, RemovalsGuard
from core.sync.question import guards_of
from core.sync.queueing import queue_by_hand
from core.workspace.destination_drafts import DestinationDraft, save_destination_draft
from core.workspace.opened import OpenWorkspace
from core.workspace.segments import save_edited
from tests.app.conftest import OpenApp
from tests.app.runs import run_in, sample_list
from tests.app.screen import press, widget, words
from tests.stand_in import StandInServer

KEY, QUIET = "vips_about_to_lapse", "quiet_in_france"
NEW = {"new": "1", "segment": QUIET}


def saved(opened: OpenWorkspace) -> dict[str, ActivationView]:
    with opened.store.read() as session:
        return {view.key: view for view in list_activations(session)}


def queued(opened: OpenWorkspace) -> list[str]:
    with opened.store.read() as session:
        return [run.trigger for run in list_runs(session)]


def change(opened: OpenWorkspace, do: Any) -> None:
    with opened.store.write("test") as session:
        do(session)


@pytest.fixture
def reached(sample: object, opened: OpenWorkspace, stand_in: StandInServer) -> StandInServer:
    """Let the sample's destination be a stand-in that answers."""
    with opened.store.read() as session:
        practice = get_destination(session, "practice")
    values = {"origin": stand_in.origin}
    save_destination_draft(opened, DestinationDraft("batch", "Practice", values, practice), "test")
    return stand_in


@pytest.fixture
def form(app: OpenApp, reached: StandInServer) -> AppTest:
    return app("activations", **NEW)


def test_without_data_the_page_says_what_is_missing(app: OpenApp, home: object) -> None:
    assert "There is no data yet" in words(app("activations", new="1"))


def test_without_a_destination_the_page_says_so(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    change(opened, lambda session: archive_destination(session, "practice"))
    assert "There is no destination yet" in words(app("activations", new="1"))


def test_the_list_tells_where_each_goes_and_opens_it(app: OpenApp, sample: object) -> None:
    said = words(app("activations"))
    assert "VIPs about to lapse → Practice" in said and "never ran" in said


def test_the_form_says_what_a_run_would_do(form: AppTest) -> None:
    said = words(form)
    assert "would enter" in said and "Exactly as sent" in said and "looks fine" in said
    assert int(widget(form, "metric", "Would enter").value.replace(",", "")) > 0


def test_the_people_who_would_enter_are_named(form: AppTest) -> None:
    page = widget(form, "toggle", "See who").set_value(True).run()
    shown = page.dataframe[0].value
    assert len(shown) > 0 and len(shown.columns) > 2
    assert "Nobody would leave" in words(page)


def test_activating_saves_and_queues_the_first_run(form: AppTest, opened: OpenWorkspace) -> None:
    page = press(form, "Activate")
    view = saved(opened)["france_wants_e_mail_no_visit_this_month"]
    assert view.segment_key == "quiet_in_france" and queued(opened) == ["by hand"]
    assert page.query_params["activation"] == view.key
    assert "Not there yet" in words(page)


def test_that_it_was_queued_is_no_more_said_once_the_run_is_over(form: AppTest) -> None:
    page = press(form, "Activate")
    assert "Saved and queued" in words(page)
    page.session_state["edge:by itself"] = True
    assert "Saved and queued" not in words(page.run())


def test_a_new_list_goes_where_lists_are_known_to_arrive(
    app: OpenApp, reached: StandInServer, opened: OpenWorkspace
) -> None:
    for name, key in (("Another", "project_2"), ("Working", "project_3")):
        values = {**reached.config, "project_key": key}
        save_destination_draft(opened, DestinationDraft("batch", name, values), "test")
    change(opened, lambda session: note_test_failed(session, "practice", "Nobody answers."))
    change(opened, lambda session: note_tested(session, "working"))
    assert widget(app("activations", **NEW), "selectbox", "Destination").value == "working"


def test_the_api_name_follows_the_display_name_until_somebody_writes_one(form: AppTest) -> None:
    page = widget(form, "text_input", "Display name").input("Été, 30 jours").run()
    assert widget(page, "text_input", "Audience API name").value == "ete_30_jours"
    page = widget(page, "text_input", "Audience API name").input("summer").run()
    page = widget(page, "text_input", "Display name").input("Winter").run()
    assert widget(page, "text_input", "Audience API name").value == "summer"


def test_a_name_that_another_activation_keeps_is_refused(
    form: AppTest, opened: OpenWorkspace
) -> None:
    change(opened, send)
    page = widget(form, "text_input", "Audience API name").input(KEY).run()
    assert "Another activation keeps this list" in words(page)
    assert widget(page, "metric", "Would leave").value == "0"
    assert widget(page, "button", "Activate").disabled


def test_a_list_that_is_not_ours_is_refused(
    app: OpenApp, reached: StandInServer, opened: OpenWorkspace
) -> None:
    with opened.store.read() as session:
        destination = opened.connect(get_destination(session, "practice"))
    destination.create("theirs", "Theirs")
    destination.close()
    page = widget(app("activations", **NEW), "text_input", "Audience API name").input("theirs")
    said = words(page.run())
    assert "is not Rollcall's" in said and "not built yet" in said
    assert widget(page.run(), "button", "Activate").disabled


def test_a_platform_out_of_reach_still_shows_the_figures(app: OpenApp, sample: object) -> None:
    page = app("activations", **NEW)
    assert "could not be checked" in words(page) and "would enter" in words(page)
    assert not widget(page, "button", "Activate").disabled


def test_the_platform_is_asked_once_a_name(form: AppTest, reached: StandInServer) -> None:
    asked = len(reached.calls("view"))
    widget(form, "checkbox", "The list would become empty").set_value(False).run()
    assert asked == len(reached.calls("view")) == 1


def test_attributes_and_guards_are_saved(form: AppTest, opened: OpenWorkspace) -> None:
    page = press(form, "Add an attribute")
    page = widget(page, "selectbox", "Field").set_value("country").run()
    page = widget(page, "number_input", "Percent of the list that may leave").set_value(10).run()
    press(page, "Activate")
    view = saved(opened)["france_wants_e_mail_no_visit_this_month"]
    assert view.attributes == {"country": "country"}
    assert '"above_percent": 10' in view.guards and '"empty"' in view.guards


def test_a_guard_that_only_tells_stays_as_it_was_saved(
    app: OpenApp, reached: StandInServer, opened: OpenWorkspace
) -> None:
    told = replace(saved(opened)[KEY].settings, guards='{"empty": "notify", "removals": "hold"}')
    change(opened, lambda session: save_activation(session, KEY, told))
    press(app("activations", activation=KEY, edit="1"), "Save")
    guards = {guard.key: guard for guard in guards_of(saved(opened)[KEY])}
    assert guards == {"empty": EmptyGuard(do=Do.NOTIFY), "removals": RemovalsGuard()}


def test_two_attributes_of_one_name_are_refused(form: AppTest, opened: OpenWorkspace) -> None:
    page = press(press(press(form, "Add an attribute"), "Add an attribute"), "Activate")
    assert "Two attributes are sent as" in words(page) and len(saved(opened)) == 1


def test_a_schedule_is_saved_and_its_next_moments_shown(
    form: AppTest, opened: OpenWorkspace
) -> None:
    kind = next(each for each in form.radio if each.key.endswith(":when:kind"))
    page = kind.set_value("days").run()
    assert "Next:" in words(page) and "Europe/Paris" in words(page)
    press(page, "Activate")
    view = saved(opened)["france_wants_e_mail_no_visit_this_month"]
    assert schedule_from_json(view.schedule).at == ("07:00",)  # type: ignore[union-attr]


def test_an_identifier_of_e_mail_addresses_is_pointed_out(form: AppTest) -> None:
    page = widget(form, "selectbox", "Batch custom user ID (external ID)").set_value("email").run()
    assert "look like e-mail addresses" in words(page)


def send(session: WriteSession) -> None:
    """Note what a run of the sample's activation notes."""
    (view,) = list_activations(session)
    run = queue_by_hand(session, view)
    note_created(session, view.audience_id, "t1")
    note_write(session, view.audience_id, "t2")
    book_ledger(session, view.audience_id, run.id, file="1.parquet", rows=7, unknown=0)


def test_a_list_is_ready_once_the_platform_has_taken_everything_in(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    change(opened, send)
    assert "Do not send a campaign yet" in words(app("activations", activation=KEY))
    audience = saved(opened)[KEY].audience_id
    change(opened, lambda session: note_applied(session, audience, "t2"))
    said = words(app("activations", activation=KEY))
    assert "Ready in practice" in said and KEY in said and "In Batch" not in said


def test_a_run_that_is_approved_waits_for_nobody(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    run_in(opened, RunState.HELD, decision="approved", hold_reasons=["43 % would leave"])
    for said in (words(app("activations")), words(app("activations", activation=KEY))):
        assert "approved, waiting for its turn" in said and "waiting for approval" not in said


def test_a_pause_says_that_the_list_stays(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    page = press(app("activations", activation=KEY), "Pause")
    assert "The list stays in the stand-in as it is" in words(page)
    assert "Paused: nothing runs until you resume it." in words(page)
    assert widget(page, "button", "Run now").disabled and saved(opened)[KEY].paused_at
    page = press(page, "Resume")
    assert saved(opened)[KEY].paused_at is None and "Resumed: it runs when" in words(page)


def test_run_now_queues_once(app: OpenApp, sample: object, opened: OpenWorkspace) -> None:
    page = press(app("activations", activation=KEY), "Run now")
    assert queued(opened) == ["by hand"] and widget(page, "button", "Run now").disabled
    assert "Queued: the scheduler sends it in a moment." in words(page)


def test_run_now_says_what_it_waits_for(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    change(opened, pause_everything)
    page = press(app("activations", activation=KEY), "Run now")
    assert "Queued: it waits because everything is paused." in words(page)


def test_a_list_that_is_archived_meanwhile_is_refused_in_a_sentence(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    page = app("activations", activation=KEY)
    change(opened, lambda session: archive_activation(session, KEY))
    assert "is archived, so it cannot run" in words(press(page, "Run now"))


@pytest.fixture
def two_tabs(app: OpenApp, reached: StandInServer) -> tuple[AppTest, AppTest]:
    """Open the same activation twice to be changed, and save another name in the first."""
    one, two = (app("activations", activation=KEY, edit="1") for _ in range(2))
    widget(one, "text_input", "Display name").input("Theirs").run()
    widget(two, "text_input", "Display name").input("Mine").run()
    press(one, "Save")
    return one, two


def test_who_saves_second_is_told_and_overwrites_nothing(
    two_tabs: tuple[AppTest, AppTest], opened: OpenWorkspace
) -> None:
    _, two = two_tabs
    press(two, "Save")
    assert "Somebody changed “Theirs” meanwhile: nothing was saved" in words(two)
    assert saved(opened)[KEY].display_name == "Theirs"
    assert "Somebody changed this while you had it open" in words(two.run())
    assert widget(two, "text_input", "Display name").value == "Mine"


def test_who_saves_second_may_go_on_with_theirs_or_with_what_is_saved(
    two_tabs: tuple[AppTest, AppTest], opened: OpenWorkspace
) -> None:
    one, two = two_tabs
    press(press(two.run(), "Go on with mine"), "Save")
    assert saved(opened)[KEY].display_name == "Mine"
    one.query_params.update(activation=KEY, edit="1")
    widget(one.run(), "text_input", "Display name").input("Theirs again").run()
    change(opened, lambda session: rename(session, "Third"))
    press(one.run(), "Show what is saved now")
    assert widget(one, "text_input", "Display name").value == "Third"
    assert "Somebody changed" not in words(one)


def rename(session: WriteSession, name: str) -> None:
    given = get_activation(session, KEY).settings
    save_activation(session, KEY, replace(given, display_name=name))


def test_what_was_chosen_stays_chosen_when_it_is_archived_meanwhile(
    form: AppTest, opened: OpenWorkspace
) -> None:
    other = DestinationDraft("csv_file", "Trial folder", {"folder": str(opened.settings.home)})
    trial = save_destination_draft(opened, other, "test").key
    page = widget(form.run(), "selectbox", "Destination").select(trial).run()
    change(opened, lambda session: archive_destination(session, trial))
    page = press(page, "Activate")
    assert widget(page, "selectbox", "Destination").value == trial
    assert "It is archived: choose another" in words(page)
    assert list(saved(opened)) == [KEY] and not queued(opened)


def test_a_segment_that_was_changed_since_it_was_looked_at_is_not_sent(
    form: AppTest, opened: OpenWorkspace
) -> None:
    text = '{"where": {"match": "all", "conditions": []}}'
    catalogue = opened.catalogue()
    assert catalogue is not None
    change(opened, lambda session: save_edited(session, QUIET, None, text, 1, catalogue))
    page = press(form, "Activate")
    assert "has changed since you looked at it" in words(page) and not queued(opened)
    press(page, "Activate")
    assert queued(opened) == ["by hand"]


def test_names_that_somebody_wrote_stay_when_another_segment_is_chosen(form: AppTest) -> None:
    page = widget(form, "selectbox", "Segment").select(KEY).run()
    assert widget(page, "text_input", "Display name").value == "VIPs about to lapse"
    widget(page, "text_input", "Display name").input("Mine").run()
    widget(page, "checkbox", "The list would become empty").uncheck().run()
    for key in (QUIET, KEY, QUIET):
        page = widget(page, "selectbox", "Segment").select(key).run()
        assert widget(page, "selectbox", "Segment").value == key
    assert widget(page, "text_input", "Display name").value == "Mine"
    assert widget(page, "checkbox", "The list would become empty").value is False


def test_an_archived_one_leaves_the_list(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    page = press(app("activations", activation=KEY), "Archive it")
    assert "Archived" in words(page) and saved(opened) == {}


def test_a_paused_destination_is_told_with_who_mends_it(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    refused = "Batch refuses the REST API key (401)."
    change(opened, lambda session: pause_destination(session, "practice", refused))
    said = words(app("activations", activation=KEY))
    assert refused in said and "An admin mends this" in said


def test_an_edit_keeps_what_it_does_not_touch(
    app: OpenApp, reached: StandInServer, opened: OpenWorkspace
) -> None:
    before = saved(opened)[KEY].settings
    page = app("activations", activation=KEY, edit="1")
    widget(page, "text_input", "Display name").input("VIPs").run()
    press(page, "Save")
    after = saved(opened)[KEY].settings
    assert after.display_name == "VIPs" and after.audience_name == before.audience_name
    assert (after.attributes, after.schedule) == (before.attributes, before.schedule)


def test_the_name_is_locked_once_something_was_sent(
    app: OpenApp, reached: StandInServer, opened: OpenWorkspace
) -> None:
    change(opened, send)
    page = app("activations", activation=KEY, edit="1")
    assert widget(page, "text_input", "Audience API name").disabled
    assert widget(page, "selectbox", "Destination").disabled


def test_pausing_twice_is_no_error(app: OpenApp, sample: object, opened: OpenWorkspace) -> None:
    page = app("activations", activation=KEY)
    change(opened, lambda session: pause_activation(session, KEY))
    assert not press(page, "Pause").error


def test_a_name_of_255_letters_fits(form: AppTest, opened: OpenWorkspace) -> None:
    page = widget(form, "text_input", "Display name").input("É" * 255).run()
    press(page, "Activate")
    assert any(view.display_name == "É" * 255 for view in saved(opened).values())


@pytest.mark.parametrize("name", ["", " ", "\u00ad\u3164"])
def test_a_display_name_of_which_nothing_is_seen_is_needed(form: AppTest, name: str) -> None:
    page = widget(form, "text_input", "Display name").input(name).run()
    page = widget(page, "text_input", "Audience API name").input("some_name").run()
    assert "The display name is needed." in words(press(page, "Activate"))


def test_an_activation_that_is_gone_is_a_sentence(app: OpenApp, sample: object) -> None:
    assert "There is no activation" in words(app("activations", activation="gone"))


def test_a_paused_destination_is_told_before_anything_is_activated(
    app: OpenApp, reached: StandInServer, opened: OpenWorkspace
) -> None:
    change(opened, lambda session: pause_destination(session, "practice", "Batch refuses (401)."))
    assert "This destination is paused" in words(app("activations", **NEW))


def test_the_form_begins_with_a_destination_that_is_in_order(
    app: OpenApp, reached: StandInServer, opened: OpenWorkspace
) -> None:
    other = DestinationDraft("batch", "Another", {**reached.config, "project_key": "project_2"})
    save_destination_draft(opened, other, "test")
    change(opened, lambda session: pause_destination(session, "practice", "Batch refuses (401)."))
    page = app("activations", **NEW)
    assert widget(page, "selectbox", "Destination").value == "another"


def test_the_choice_stands_in_the_address(form: AppTest) -> None:
    page = widget(form, "selectbox", "Segment").set_value(KEY).run()
    assert page.query_params["segment"] == KEY
    assert widget(page, "text_input", "Display name").value == "VIPs about to lapse"


def test_a_schedule_that_is_none_is_told_and_not_saved(form: AppTest) -> None:
    kind = next(each for each in form.radio if each.key.endswith(":when:kind"))
    page = (
        widget(kind.set_value("cron").run(), "text_input", "Cron expression").input("daily").run()
    )
    assert "'daily' is no cron expression" in words(page)
    assert widget(page, "button", "Activate").disabled


def test_a_run_that_waits_for_approval_comes_first_on_its_lists_page(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    held = run_in(opened, RunState.HELD, hold_reasons=["43 % would leave"])
    for _ in range(6):
        run_in(opened, RunState.REPLACED, replaced_by=held.id)
    page = app("activations", activation=KEY)
    assert "A run waits for approval**: 43 % would leave." in words(page)
    assert widget(page, "button", "Run now").proto.type == "secondary"
    page = press(page, "Look and decide")
    assert page.title[0].value == sample_list(opened).display_name
    assert page.query_params["run"] == str(held.id)


def test_a_run_that_is_approved_asks_for_nothing(
    app: OpenApp, sample: object, opened: OpenWorkspace
) -> None:
    run_in(opened, RunState.HELD, decision="approved", decided_by="bo")
    assert "A run waits for approval" not in words(app("activations", activation=KEY))
