"""The form of an activation loses nothing: neither to a locked store nor to a refreshed browser."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store.activations import archive_activation, list_activations
from core.store.drafts import DraftKind, DraftView, keep_draft, list_new_drafts
from core.workspace.opened import OpenWorkspace
from tests.app.building import LAPSING, QUIET
from tests.app.conftest import OpenApp
from tests.app.interrupted import interrupted, refreshed, unreadable
from tests.app.screen import address_of, press, send_from, widget, words

NEW = {"new": "1", "segment": QUIET}
EDIT = {"activation": LAPSING, "edit": "1"}
READINGS = range(4)


def kept(opened: OpenWorkspace) -> list[DraftView]:
    with opened.store.read() as session:
        return list(list_new_drafts(session, DraftKind.ACTIVATION))


def when(page: AppTest) -> object:
    return next(each for each in page.radio if each.key.endswith(":when:kind"))


def fill(page: AppTest) -> AppTest:
    """Change something in each section of the form."""
    widget(page, "text_input", "Display name").input("Été").run()
    widget(page, "text_input", "Audience API name").input("summer").run()
    page = press(page, "Add an attribute")
    widget(page, "selectbox", "Field").set_value("country").run()
    widget(page, "text_input", "Sent as").input("land").run()
    when(page).set_value("days").run()  # type: ignore[attr-defined]
    widget(page, "multiselect", "Days").set_value(["sun"]).run()
    widget(page, "multiselect", "Times").set_value(["07:15"]).run()
    widget(page, "date_input", "Last day").set_value(date(2099, 1, 2)).run()
    widget(page, "selectbox", "Time zone").set_value("Asia/Tokyo").run()
    widget(page, "checkbox", "The list would become empty").set_value(False).run()
    return widget(page, "number_input", "Percent of the list that may leave").set_value(9).run()


def filled_in(page: AppTest) -> dict[str, object]:
    assert not page.exception and not page.error
    labels = {
        "text_input": ("Display name", "Audience API name", "Sent as"),
        "selectbox": ("Segment", "Destination", "Field", "Time zone"),
        "multiselect": ("Days", "Times"),
        "date_input": ("First day", "Last day"),
        "checkbox": ("The list would become empty", "More than"),
        "number_input": ("Percent of the list that may leave",),
    }
    return {
        label: widget(page, kind, label).value for kind, names in labels.items() for label in names
    }


def test_the_search_finds_drafts_too(app: OpenApp, sample: Path, opened: OpenWorkspace) -> None:
    with opened.store.write("test") as session:
        for name in ("Été", "Noël"):
            keep_draft(session, name, DraftKind.ACTIVATION, item_key=None, name=name, kept="{}")
    page = app("activations")
    widget(page, "text_input", "Search by name").input("e\u0301te\u0301").run()
    drafts = [
        each.label for each in page.button if (each.key or "").startswith("activations:draft")
    ]
    assert drafts == ["**Été**"]
    assert "No activation has that" not in words(page)


def test_going_from_one_draft_to_another_changes_neither(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    one, two = app("activations", **NEW), app("activations", **NEW)
    widget(one, "text_input", "Display name").input("One").run()
    widget(two, "text_input", "Display name").input("Two").run()
    two.query_params = one.query_params
    assert widget(two.run(), "text_input", "Display name").value == "One"
    two.run()
    assert sorted(draft.name for draft in kept(opened)) == ["One", "Two"]


def test_what_another_tab_wrote_into_a_draft_outlives_its_discarding_here(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    one = app("activations", **NEW)
    widget(one, "text_input", "Display name").input("One").run()
    (draft,) = kept(opened)
    two = app("activations", **NEW, draft=draft.id)
    widget(two, "text_input", "Display name").input("Two, much longer").run()
    press(one, "Discard")
    assert [each.name for each in kept(opened)] == ["Two, much longer"]


@pytest.mark.parametrize("query", [NEW, EDIT], ids=["new", "edited"])
@pytest.mark.parametrize("nth", READINGS)
def test_a_store_that_is_locked_for_a_moment_takes_nothing_away(
    app: OpenApp, sample: Path, query: dict[str, str], nth: int
) -> None:
    page = fill(app("activations", **query))
    before = filled_in(page)
    assert (before["Display name"], before["Times"]) == ("Été", ["07:15"])
    assert filled_in(interrupted(page, nth)) == before
    assert filled_in(interrupted(interrupted(page, nth))) == before


@pytest.mark.parametrize("query", [NEW, EDIT], ids=["new", "edited"])
def test_what_is_typed_in_the_moment_of_the_lock_is_there_after_it(
    app: OpenApp, sample: Path, query: dict[str, str]
) -> None:
    page = app("activations", **query)
    widget(page, "text_input", "Display name").input("Typed at the wrong moment")
    page = interrupted(page)
    assert widget(page, "text_input", "Display name").value == "Typed at the wrong moment"
    # A browser shows what it had when the widget was made, unless it is told to show this.
    assert all(each.proto.set_value for each in page.text_input)


@pytest.mark.parametrize("query", [NEW, EDIT], ids=["new", "edited"])
def test_a_refresh_of_the_browser_shows_what_was_typed(
    app: OpenApp, sample: Path, query: dict[str, str]
) -> None:
    page = fill(app("activations", **query))
    before = filled_in(page)
    again = refreshed(app, "activations", page)
    assert filled_in(again) == before
    assert filled_in(refreshed(app, "activations", again)) == before


def test_a_store_that_cannot_be_written_for_a_moment_keeps_the_form(
    app: OpenApp, sample: Path, opened: OpenWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.engine.BUSY_TIMEOUT_S", 0.05)
    page = app("activations", **NEW)
    widget(page, "text_input", "Display name").input("Summer")
    with opened.store.write("scheduler"):
        page.run()
    assert "is locked" in words(page) and not kept(opened)
    page.run()
    assert not page.error and [draft.name for draft in kept(opened)] == ["Summer"]


def test_looking_at_the_form_keeps_nothing(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = app("activations", **NEW)
    widget(page, "selectbox", "Segment").set_value(LAPSING).run()
    app("activations", **EDIT).run()
    assert not kept(opened) and "draft" not in page.query_params


def test_a_draft_is_in_the_list_until_it_is_saved(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    widget(app("activations", **NEW), "text_input", "Display name").input("Summer").run()
    page = app("activations")
    assert "never saved" in words(page)
    page = press(press(page, "**Summer**"), "Activate")
    assert "Saved and queued" in words(page) and not kept(opened)
    assert "never saved" not in words(app("activations"))


def test_a_draft_that_is_discarded_is_gone(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = widget(app("activations", **NEW), "text_input", "Display name").input("Summer").run()
    page = press(page, "Discard")
    assert not kept(opened) and not page.query_params
    page = press(page, "New activation")
    assert widget(page, "text_input", "Display name").value != "Summer"


def test_a_form_that_was_left_begins_anew_and_stays_in_the_list(app: OpenApp, sample: Path) -> None:
    page = widget(app("activations", **NEW), "text_input", "Display name").input("Summer").run()
    page = press(press(page, "All activations"), "New activation")
    assert widget(page, "text_input", "Display name").value != "Summer"
    page = press(press(page, "All activations"), "**Summer**")
    assert widget(page, "text_input", "Display name").value == "Summer"


def test_changes_that_are_discarded_leave_what_is_saved(app: OpenApp, sample: Path) -> None:
    page = widget(app("activations", **EDIT), "text_input", "Display name").input("Other").run()
    page = press(press(page, "Discard changes"), "Edit")
    assert widget(page, "text_input", "Display name").value == "VIPs about to lapse"


def test_two_tabs_with_one_draft_end_with_one_each(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    one = widget(app("activations", **NEW), "text_input", "Display name").input("One").run()
    two = refreshed(app, "activations", one)
    widget(two, "text_input", "Display name").input("Two").run()
    page = widget(one, "text_input", "Display name").input("One again").run()
    assert "changed in another tab" in page.toast[0].value
    assert {draft.name for draft in kept(opened)} == {"Two", "One again"}
    assert one.query_params["draft"] != two.query_params["draft"]


def test_what_is_clicked_right_after_going_on_with_a_copy_is_of_the_copy(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    one = widget(app("activations", **NEW), "text_input", "Display name").input("One").run()
    two, before = refreshed(app, "activations", one), address_of(one)
    widget(two, "text_input", "Display name").input("Two").run()
    widget(one, "text_input", "Display name").input("One again").run()
    send_from(one, before)
    page = press(one, "Add an attribute").run()
    assert widget(page, "text_input", "Display name").value == "One again"
    assert [each.label for each in page.text_input].count("Sent as") == 1
    assert {draft.name for draft in kept(opened)} == {"Two", "One again"}


def test_a_draft_in_the_list_is_the_one_in_the_store_not_the_copy(
    app: OpenApp, sample: Path
) -> None:
    one = widget(app("activations", **NEW), "text_input", "Display name").input("One").run()
    two = refreshed(app, "activations", one)
    widget(two, "text_input", "Display name").input("Two").run()
    widget(one, "text_input", "Display name").input("One again").run()
    page = press(press(one, "All activations"), "**Two**")
    assert widget(page, "text_input", "Display name").value == "Two"


@pytest.fixture
def overtaken(app: OpenApp, sample: Path) -> AppTest:
    """Give a refreshed draft of an activation that somebody else has saved since."""
    page = widget(app("activations", **EDIT), "text_input", "Display name").input("Mine").run()
    other = widget(app("activations", **EDIT), "text_input", "Display name").input("Theirs").run()
    press(other, "Save")
    return refreshed(app, "activations", page)


def named(opened: OpenWorkspace) -> list[str]:
    with opened.store.read() as session:
        return [view.display_name for view in list_activations(session)]


def test_a_draft_does_not_replace_unseen_what_was_saved_since(
    overtaken: AppTest, opened: OpenWorkspace
) -> None:
    assert "Somebody changed this" in words(overtaken)
    page = press(overtaken, "Save")
    assert "nothing was saved over it" in words(page) and named(opened) == ["Theirs"]
    assert widget(page, "text_input", "Display name").value == "Mine"


def test_who_goes_on_with_the_draft_replaces_theirs(
    overtaken: AppTest, app: OpenApp, opened: OpenWorkspace
) -> None:
    page = refreshed(app, "activations", press(overtaken, "Go on with mine"))
    assert "Somebody changed this" not in words(page)
    press(page, "Save")
    assert named(opened) == ["Mine"]


def test_who_looks_at_what_is_saved_gives_the_draft_up(overtaken: AppTest, app: OpenApp) -> None:
    page = press(overtaken, "Show what is saved now")
    assert widget(page, "text_input", "Display name").value == "Theirs"
    assert "draft" not in page.query_params
    assert "Somebody changed this" not in words(page.run())


def test_a_draft_that_is_gone_is_a_sentence(app: OpenApp, sample: Path) -> None:
    assert "saved or is gone" in words(app("activations", new="1", draft="none"))
    page = app("activations", **EDIT, draft="none")
    assert widget(page, "text_input", "Display name").value == "VIPs about to lapse"


@pytest.mark.parametrize("text", ["{}", "none", '{"began_at": "soon", "values": {}}'])
def test_a_draft_that_cannot_be_read_is_a_sentence(
    app: OpenApp, sample: Path, opened: OpenWorkspace, text: str
) -> None:
    with opened.store.write("test") as session:
        for draft_id, item_key in (("d1", None), ("d2", LAPSING)):
            kind = DraftKind.ACTIVATION
            keep_draft(session, draft_id, kind, item_key=item_key, name="Odd", kept=text)
    assert "is gone" in words(app("activations", new="1", draft="d1"))
    page = app("activations", **EDIT, draft="d2")
    assert "is gone" in page.toast[0].value
    assert widget(page, "text_input", "Display name").value == "VIPs about to lapse"


def test_a_draft_of_what_was_archived_since_is_a_sentence(
    app: OpenApp, sample: Path, opened: OpenWorkspace
) -> None:
    page = widget(app("activations", **EDIT), "text_input", "Display name").input("Mine").run()
    with opened.store.write("test") as session:
        archive_activation(session, LAPSING)
    page = press(refreshed(app, "activations", page), "Save")
    assert "archived" in words(page)


def test_a_page_that_cannot_be_drawn_offers_to_try_again(app: OpenApp, sample: Path) -> None:
    page = app("activations", **NEW)
    widget(page, "text_input", "Display name").input("Summer")
    with unreadable():
        page.run()
    page = press(page, "Try again")
    assert widget(page, "text_input", "Display name").value == "Summer"
