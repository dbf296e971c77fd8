"""The Segments page: the list, and the builder of one."""

from pathlib import Path

import pandas
import pytest
from streamlit.testing.v1 import AppTest

from core.store.drafts import find_draft, list_drafts
from core.store.segments import find_segment, get_segment, list_segments
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from tests.app.building import (
    LAPSING,
    QUIET,
    add,
    bar,
    editor,
    ids,
    node,
    open_row,
    saved,
    sentences,
)
from tests.app.conftest import OpenApp
from tests.app.test_runs import words

FRANCE = {"field": "country", "op": "is", "value": "FR"}
ORDERS = {"table": "orders", "measure": "count", "op": "at_least", "value": 2}
GOLD = {"field": "loyalty_tier", "op": "is", "value": "gold"}


def tree(opened: OpenWorkspace, key: str) -> str:
    with opened.store.read() as session:
        return get_segment(session, key).tree


def said_after(page: AppTest) -> str:
    """Return what an error says, empty where there is none."""
    assert not page.exception
    return "\n".join(each.value for each in page.error)


# --- the list


def test_without_data_the_page_leads_to_it(app: OpenApp, home: Path) -> None:
    assert "no data to choose from" in words(app("segments"))


def test_the_list_has_every_segment_and_who_uses_it(app: OpenApp, sample: Path) -> None:
    said = words(app("segments"))
    assert said.count("1 activation") == 1 and said.count("not used yet") == 1


def test_the_search_finds_by_name(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    saved(opened, "Only in spring", FRANCE)
    page = app("segments", q="SPRING")
    assert [link.label for link in page.main.get("page_link")] == ["Only in spring"]
    assert "No segment has that" in words(app("segments", q="autumn"))


def test_a_segment_that_is_not_there_is_one_sentence(app: OpenApp, sample: Path) -> None:
    assert "no segment 'gone'" in said_after(app("segments", segment="gone"))
    assert "This draft was saved or is gone" in said_after(app("segments", draft="gone"))


# --- building


def test_a_saved_segment_opens_as_sentences_with_sizes(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    assert len(sentences(page)) == 3
    assert sentences(page)[0] == "Loyalty tier is “gold” or “platinum”"
    assert "people" in bar(page) and "%" in bar(page)
    sizes = editor(page).counting
    assert sizes.is_answered() and not said_after(page)


def test_a_new_segment_is_built_saved_and_ready_to_be_activated(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments")
    next(b for b in page.button if b.label == "New segment").click().run()
    new = add(page, "field:country")
    page.multiselect(key=f"seg:{new}:text_list:value").select("FR").run()
    related = add(page, "table:orders")
    page.number_input(key=f"seg:{related}:number:value").set_value(2).run()
    page.text_input(key="segments:name").input("French shoppers").run()
    page.button(key="segments:save").click().run()
    assert page.success and page.query_params["segment"] == "french_shoppers"
    assert find_in(opened, "french_shoppers") == [
        {"field": "country", "op": "is_any_of", "value": ["FR"]},
        ORDERS,
    ]
    assert not page.button(key="segments:activate").disabled


def find_in(opened: OpenWorkspace, key: str) -> object:
    from core.segments.reading import read_json

    return read_json(tree(opened, key))["where"]["conditions"]  # type: ignore[index, call-overload]


def test_an_unfinished_condition_is_marked_and_left_out(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    before = bar(page)
    new = add(page, "field:city")
    assert "error" in sentences(page)[-1] and "Say which value" in words(page)
    assert bar(page).startswith(before.split("  ·  ")[0])
    assert "without what is not finished" in bar(page)
    page.button(key="segments:save").click().run()
    assert "Finish or remove the marked conditions" in said_after(page)
    page.button(key=f"seg:{new}:remove").click().run()
    assert not editor(page).is_changed


def test_the_rest_of_an_unfinished_condition_still_says_what_it_is(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    where = {"match": "all", "conditions": [{"field": "channel", "op": "is", "value": "web"}]}
    page = app("segments", segment=saved(opened, "Web", {**ORDERS, "where": where}))
    open_row(page, ids(page)[0])
    inner = editor(page).draft.nodes[ids(page)[0]]["where"]["id"]  # type: ignore[index]
    page.button(key=f"seg:{inner}:add").click().run()
    said = sentences(page)
    assert any("Channel is “web”" in each and "orders" not in each for each in said)
    assert any("New condition" in each for each in said)


def test_a_group_is_made_filled_and_taken_away(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    first = ids(page)[0]
    open_row(page, first)
    page.menu_button(key=f"seg:{first}:menu").click("group").run()
    assert node(page, 0) == {"match": "any", "conditions": [FRANCE]}
    group = ids(page)[0]
    page.selectbox(key=f"seg:{group}:match").select("none").run()
    assert node(page, 0)["match"] == "none" and not said_after(page)
    page.button(key=f"seg:{group}:remove").click().run()
    assert len(ids(page)) == 2


@pytest.mark.parametrize(("step", "order"), [("down", [1, 0, 2]), ("double", [0, 0, 1, 2])])
def test_conditions_are_moved_and_doubled(
    step: str, order: list[int], app: OpenApp, sample: Path
) -> None:
    page = app("segments", segment=QUIET)
    before = [node(page, number) for number in range(3)]
    open_row(page, ids(page)[0])
    page.menu_button(key=f"seg:{ids(page)[0]}:menu").click(step).run()
    after = [node(page, number) for number in range(len(order))]
    assert after == [before[number] for number in order]


def test_every_part_of_a_related_condition_can_be_added_and_taken_away(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments", segment=saved(opened, "Twice", ORDERS))
    condition = ids(page)[0]
    open_row(page, condition)
    for part in ("where", "pick", "that", "followed_by", "through"):
        page.button(key=f"seg:{condition}:add:{part}").click().run()
        assert part in node(page, 0) and not said_after(page)
        editor(page).open_ids = frozenset({condition})
        editor(page).step_back()
        page.run()
    assert node(page, 0) == ORDERS


def test_a_condition_on_another_segment_is_called_by_its_name(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    new = add(page, "segment")
    page.selectbox(key=f"seg:{new}:op").select("not_in").run()
    assert node(page, 3) == {"segment": QUIET, "op": "not_in"}
    assert "France, wants e-mail" in sentences(page)[-1]
    assert LAPSING not in page.selectbox(key=f"seg:{new}:segment").options


def test_another_comparison_keeps_the_value_that_still_fits(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    first = ids(page)[0]
    open_row(page, first)
    page.selectbox(key=f"seg:{first}:op").select("is_none_of").run()
    assert node(page, 0) == {"field": "country", "op": "is_none_of", "value": ["FR"]}
    page.selectbox(key=f"seg:{first}:op").select("is_blank").run()
    assert node(page, 0) == {"field": "country", "op": "is_blank"}


def test_a_pasted_list_says_what_it_found(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=LAPSING)
    tier = ids(page)[0]
    open_row(page, tier)
    page.text_area(key=f"seg:{tier}:text_list:paste").input("gold, silver; tin").run()
    assert "2 of 3 stand among" in words(page) and "Others: tin" in words(page)
    page.button(key=f"seg:{tier}:text_list:take").click().run()
    assert node(page, 0)["value"] == ["gold", "platinum", "silver", "tin"]


def test_a_limit_takes_a_part_of_those_who_match(app: OpenApp, sample: Path) -> None:
    page = app("segments", segment=QUIET)
    page.selectbox(key="seg:limit:kind").select("count").run()
    page.number_input(key="seg:limit:count").set_value(3).run()
    assert bar(page).startswith("**3 people**") and "at random" in words(page)
    page.selectbox(key="seg:limit:by").select("points").run()
    assert editor(page).draft.limit == {"count": 3, "by": "points", "order": "highest"}
    page.selectbox(key="seg:limit:kind").select("").run()
    assert editor(page).draft.limit is None


# --- undo, drafts, saving


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
    assert "Half an idea" in [each.label for each in app("segments").main.get("page_link")]
    page.menu_button(key="segments:menu").click("forget").run()
    with opened.store.read() as session:
        assert not list_drafts(session)


def test_a_visit_that_changes_nothing_leaves_no_draft(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    open_row((page := app("segments", segment=QUIET)), ids(page)[0])
    assert not said_after(app("segments", new="1"))
    with opened.store.read() as session:
        assert not list_drafts(session)


def test_another_name_makes_no_other_version(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("segments", segment=QUIET)
    page.text_input(key="segments:name").input("Quiet people").run()
    page.button(key="segments:save").click().run()
    with opened.store.read() as session:
        now = get_segment(session, QUIET)
        assert (now.name, now.version) == ("Quiet people", 1) and not list_drafts(session)


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
        assert find_draft(session, editor(second).draft_id)


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
    assert "It is used by VIPs about to lapse" in said_after(page)
    page = app("segments", segment=QUIET)
    page.menu_button(key="segments:menu").click("archive").run()
    assert not page.query_params
    with opened.store.read() as session:
        found = find_segment(session, QUIET)
        assert found is not None and found.archived_at is not None


# --- looking at members


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
    assert "nobody" in said_after(page)


# --- what can go wrong


def test_a_segment_whose_field_is_gone_says_which(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    key = saved(opened, "By tier", FRANCE, GOLD)
    load_without(opened, sample / "sample", "loyalty_tier")
    assert "no longer fits: The field 'loyalty_tier'" in words(app("segments")).replace("\\", "")
    page = app("segments", segment=key)
    open_row(page, ids(page)[1])
    assert "'loyalty\\_tier'" in words(page) and not said_after(page)
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
    assert not said_after(page)
    assert not said_after(app("segments")) and len(key) < 255


def test_no_people_match_is_a_zero(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    page = app("segments", segment=saved(opened, "Nobody", FRANCE, {**FRANCE, "value": "ES"}))
    assert bar(page).startswith("**0 people**")
    page.session_state["segments:panel"] = "Sample"
    page.run()
    assert "Nobody matches" in words(page)
