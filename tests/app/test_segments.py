"""The Segments page: the list, drafts, saving, and looking at members."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pandas
import pytest
from streamlit.testing.v1 import AppTest

from core.store.activations import save_activation
from core.store.audiences import book_ledger
from core.store.drafts import DraftKind, find_draft, list_new_drafts
from core.store.run_states import RunState
from core.store.segments import find_segment, get_segment, list_segments
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from tests.app.building import (
    FRANCE,
    GOLD,
    LAPSING,
    QUIET,
    add,
    bar,
    editor,
    ids,
    open_row,
    said_after,
    saved,
    sentences,
)
from tests.app.conftest import OpenApp
from tests.app.runs import run_in, sample_list
from tests.app.screen import words
from tests.sync.parquet import write_sql


def names(page: AppTest) -> list[str]:
    """Return what the segments and drafts of the list are called."""
    opening = [each for each in page.button if str(each.key).startswith("segments:open:")]
    return [each.label.strip("*") for each in opening]


def test_without_data_the_page_leads_to_it(app: OpenApp, home: Path) -> None:
    assert "no data to choose from" in words(app("segments"))


def test_the_list_has_every_segment_and_who_uses_it(app: OpenApp, sample: Path) -> None:
    said = words(app("segments"))
    assert said.count("1 activation") == 1 and said.count("not used yet") == 1


def test_the_search_finds_by_name(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    saved(opened, "Only in spring", FRANCE)
    page = app("segments", q="SPRING")
    assert names(page) == ["Only in spring"]
    assert "No segment has that" in words(app("segments", q="autumn"))


def test_a_segment_opens_from_the_list_and_its_address_says_so(app: OpenApp, sample: Path) -> None:
    page = app("segments")
    page.button(key=f"segments:open:{QUIET}").click().run()
    assert page.query_params["segment"] == QUIET and len(sentences(page)) == 3


def test_a_segment_that_is_not_there_is_one_sentence(app: OpenApp, sample: Path) -> None:
    assert "no segment “gone”" in said_after(app("segments", segment="gone"))
    assert "This draft was saved or is gone" in said_after(app("segments", draft="gone"))


def test_changes_are_taken_back_and_made_again(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    open_row(page, ids(page)[0])
    page.button(key=f"seg:{ids(page)[0]}:remove").click().run()
    assert len(ids(page)) == 2
    page.button(key="segments:undo").click().run()
    assert len(ids(page)) == 3 and not editor(page).is_changed
    page.button(key="segments:redo").click().run()
    assert len(ids(page)) == 2 and page.button(key="segments:redo").disabled


def test_a_draft_survives_a_new_visit_by_its_address(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    open_row(page, ids(page)[0])
    page.button(key=f"seg:{ids(page)[0]}:remove").click().run()
    again = app("segments", segment=QUIET, draft=str(page.query_params["draft"]))
    assert ids(again) == ids(page) and editor(again).is_changed
    again.button(key="segments:discard").click().run()
    assert len(sentences(again)) == 3 and "draft" not in again.query_params


def test_a_new_segment_waits_in_the_list_until_it_is_saved_or_thrown_away(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments")
    next(b for b in page.button if b.label == "New segment").click().run()
    page.text_input(key="segments:name").input("Half an idea").run()
    assert "Half an idea" in names(app("segments"))
    page.menu_button(key="segments:menu").click("forget").run()
    with opened.store.read() as session:
        assert not list_new_drafts(session, DraftKind.SEGMENT)


def test_a_visit_that_changes_nothing_leaves_no_draft(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    open_row((page := app("segments", segment=QUIET)), ids(page)[0])
    assert not said_after(app("segments", new="1"))
    with opened.store.read() as session:
        assert not list_new_drafts(session, DraftKind.SEGMENT)


def test_another_name_makes_no_other_version(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments", segment=QUIET)
    page.text_input(key="segments:name").input("Quiet people").run()
    page.button(key="segments:save").click().run()
    with opened.store.read() as session:
        now = get_segment(session, QUIET)
        assert not list_new_drafts(session, DraftKind.SEGMENT)
    assert (now.name, now.version) == ("Quiet people", 1)


def test_a_segment_needs_a_name(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    page.text_input(key="segments:name").input("  ").run()
    page.button(key="segments:save").click().run()
    assert "Give the segment a name" in said_after(page)


def test_the_second_of_two_who_edit_is_told_and_loses_nothing(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    first, second = (app("segments", segment=QUIET) for _ in range(2))
    for page, name in ((first, "From the left"), (second, "From the right")):
        add(page, "segment")
        page.text_input(key="segments:name").input(name).run()
        page.button(key="segments:save").click().run()
    assert not said_after(first)
    assert "Somebody saved 'From the left'" in said_after(second) and "Duplicate" in said_after(
        second
    )
    assert len(ids(second)) == 4 and editor(second).is_changed
    with opened.store.read() as session:
        assert get_segment(session, QUIET).name == "From the left"
        assert find_draft(session, editor(second).place.id, DraftKind.SEGMENT)


def test_a_name_that_somebody_gave_meanwhile_stays(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    renaming, changing = (app("segments", segment=QUIET) for _ in range(2))
    renaming.text_input(key="segments:name").input("Quiet people").run()
    renaming.button(key="segments:save").click().run()
    add(changing, "segment")
    changing.button(key="segments:save").click().run()
    with opened.store.read() as session:
        assert get_segment(session, QUIET).name == "Quiet people"
    assert not said_after(changing) and len(ids(changing)) == 4


def test_a_copy_is_a_segment_of_its_own(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    page = app("segments", segment=QUIET)
    page.menu_button(key="segments:menu").click("copy").run()
    page.button(key="segments:save").click().run()
    with opened.store.read() as session:
        names = [view.name for view in list_segments(session)]
    assert "France, wants e-mail, no visit this month (copy)" in names
    assert len(names) == 3


def test_what_is_used_is_not_archived(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    page = app("segments", segment=LAPSING)
    page.menu_button(key="segments:menu").click("archive").run()
    assert "“VIPs about to lapse” uses it" in said_after(page)
    page = app("segments", segment=QUIET)
    page.menu_button(key="segments:menu").click("archive").run()
    assert not page.query_params
    with opened.store.read() as session:
        found = find_segment(session, QUIET)
        assert found is not None and found.archived_at is not None


def test_the_sample_shows_members(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    page.session_state["segments:panel"] = "Sample"
    page.run()
    shown = page.dataframe[0].value
    assert 0 < len(shown) <= 20 and set(shown["Country"]) == {"FR"}


def test_one_person_is_explained_condition_by_condition(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    page.session_state["segments:panel"] = "Sample"
    page.run()
    member = str(page.dataframe[0].value.iloc[0, 0])
    page.session_state["segments:panel"] = "Find a person"
    page.run()
    page.text_input(key="segments:person").input(member).run()
    assert f"**{member}** is in this segment" in words(page) and "no:" not in words(page)
    page.text_input(key="segments:person").input("nobody").run()
    assert "Nobody has the Customer number “nobody”" in words(page)


def test_a_segment_whose_field_is_gone_says_which(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    key = saved(opened, "By tier", FRANCE, GOLD)
    load_without(opened, sample / "sample", "loyalty_tier")
    assert "no longer fits: The field “loyalty tier”" in words(app("segments"))
    page = app("segments", segment=key)
    open_row(page, ids(page)[1])
    assert "“loyalty tier”" in words(page) and not said_after(page)
    page.selectbox(key=f"seg:{ids(page)[1]}:subject").select("field:city").run()
    assert not said_after(page)


def load_without(opened: OpenWorkspace, folder: Path, column: str) -> None:
    """Load the sample's files anew, without a column of the customers."""
    for file in (folder / "customers").glob("*.parquet"):
        pandas.read_parquet(file).drop(columns=column).to_parquet(file)
    manifest = folder / "dataset.toml"
    kept = [line for line in manifest.read_text().splitlines() if not line.startswith(column)]
    manifest.write_text("\n".join(kept))
    load_data(opened, manifest, "test")


def test_data_that_is_swept_while_the_builder_is_open_is_a_sentence(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments", segment=QUIET)
    bar(page)
    for file in (sample / "snapshots").glob("*.duckdb"):
        file.unlink()
    add(page, "segment")
    assert not page.exception and "nobody foresaw" not in said_after(page)
    fresh = app("segments", segment=LAPSING)
    assert not fresh.exception and "nobody foresaw" not in said_after(fresh)


def test_a_locked_store_is_a_sentence_and_the_draft_is_still_there(
    app: OpenApp, sample: Path, opened: OpenWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.engine.BUSY_TIMEOUT_S", 0.1)
    page = app("segments", segment=QUIET)
    page.text_input(key="segments:name").input("Another name").run()
    with opened.store.write("somebody else"):
        page.button(key="segments:save").click().run()
    assert "locked by another process" in said_after(page)
    assert editor(page).name == "Another name"
    page.button(key="segments:save").click().run()
    assert not said_after(page) and page.success


def test_long_names_are_kept_whole(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    name = "A name with [signs] and *stars* " * 7 + "x" * 31
    assert len(name) == 255
    key = saved(opened, name, FRANCE)
    page = app("segments", segment=key)
    assert page.text_input(key="segments:name").value == name
    page.menu_button(key="segments:menu").click("copy").run()
    page.button(key="segments:save").click().run()
    assert not said_after(page) and page.text_input(key="segments:name").value != name
    assert not said_after(app("segments")) and len(key) < 255


def test_a_name_that_another_segment_has_is_told_at_its_field(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    saved(opened, "France", FRANCE)
    page = app("segments", segment=saved(opened, "Gold", GOLD))
    page.text_input(key="segments:name").input(" france").run()
    assert "There is a segment “France” already" in words(page)
    page.button(key="segments:save").click().run()
    assert "There is a segment “France” already" in said_after(page)


def test_no_people_match_is_a_zero(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    page = app("segments", segment=saved(opened, "Nobody", FRANCE, {**FRANCE, "value": "ES"}))
    assert bar(page).startswith("**0 people**")
    page.session_state["segments:panel"] = "Sample"
    page.run()
    assert "Nobody matches" in words(page)


@pytest.mark.parametrize(
    ("was_sent", "said"), [(True, "is saved."), (False, "is saved. 1 list follows with")]
)
def test_what_the_page_says_of_each_list_is_not_said_above_it_too(
    was_sent: bool, said: str, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    if was_sent:
        run = run_in(opened, RunState.SUCCEEDED, segment_versions={LAPSING: 1})
        with opened.store.write("scheduler") as session:
            book_ledger(session, run.audience_id, run.id, file="gone.parquet", rows=3, unknown=0)
    page = app("segments", segment=LAPSING)
    new = add(page, "field:country")
    page.multiselect(key=f"seg:{new}:text_list:value").select("FR").run()
    page.button(key="segments:save").click().run()
    (notice,) = page.success
    assert said in notice.value and notice.value.endswith(".")
    assert ("follows" in notice.value) != was_sent
    assert ("follows this change" in words(page)) == was_sent


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ('"after_refresh"', "Next run after the next data refresh"),
        ('"manual"', "Next run when somebody asks for it"),
    ],
)
def test_a_list_that_follows_a_change_says_when(
    schedule: str, said: str, app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.SUCCEEDED, segment_versions={LAPSING: 0})
    view = sample_list(opened)
    with opened.store.write("ana") as session:
        book_ledger(session, run.audience_id, run.id, file="gone.parquet", rows=3, unknown=0)
        save_activation(session, view.key, replace(view.settings, schedule=schedule))
    assert said in words(app("segments", segment=LAPSING))


def test_a_saved_change_says_who_enters_and_leaves_its_lists(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    run = run_in(opened, RunState.SUCCEEDED, segment_versions={LAPSING: 0})
    assert "follows this change" not in words(app("segments", segment=LAPSING))
    with opened.instance.cursor() as cursor:
        held = "SELECT unnest(['a', 'b', 'c']) AS id, unhex(md5('{}')) AS digest, FALSE AS unknown"
        write_sql(cursor, held, opened.settings.ledgers / "held.parquet")
    with opened.store.write("scheduler") as session:
        book_ledger(session, run.audience_id, run.id, file="held.parquet", rows=3, unknown=0)
    page = app("segments", segment=LAPSING)
    for _ in range(200):
        if "people enter" in words(page):
            break
        time.sleep(0.05)
        page.run()
    said = words(page).replace("**", "")
    assert "1 list follows this change with the next run" in said
    assert re.search(r"[1-9]\d* people enter · 3 leave", said)
    assert "The run would wait for approval: " in said
    assert re.search(r"Next run (today|tomorrow) \d\d:\d\d", said)
