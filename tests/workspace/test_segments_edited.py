"""Segments saved from the builder: their keys, conflicts, circles, and what rests on them."""

import json
from dataclasses import asdict

import pytest

from core.data.catalogue import Catalogue
from core.errors import EditConflict, NameTaken, SegmentInvalid, UnknownName, UsageError
from core.segments.draft import draft_of
from core.store.activations import archive_activation, create_activation
from core.store.activity import list_activity
from core.store.destinations import create_destination
from core.store.segments import SegmentView, get_segment, list_segments, pause_segment
from core.workspace.opened import OpenWorkspace
from core.workspace.segments import archive_unused, save_edited, used_by
from tests.cli.example import SEGMENTS
from tests.data.conftest import write_dataset
from tests.store.example import ANN, activation, box, destination
from tests.workspace.conftest import take

FRENCH = json.dumps(SEGMENTS["french"])
GERMAN = FRENCH.replace("FR", "DE")
EVERYBODY = '{"where": {"match": "all", "conditions": []}}'


def speaking_of(*keys: str) -> str:
    conditions = [{"segment": key, "op": "in"} for key in keys]
    return json.dumps({"where": {"match": "all", "conditions": conditions}})


@pytest.fixture
def catalogue(example: OpenWorkspace) -> Catalogue:
    found = example.catalogue()
    assert found is not None
    return found


def save(
    workspace: OpenWorkspace,
    name: str,
    text: str = FRENCH,
    key: str | None = None,
    edited_from: int = 0,
    actor: str = ANN,
) -> SegmentView:
    catalogue = workspace.catalogue()
    assert catalogue is not None
    with workspace.store.write(actor) as session:
        return save_edited(session, key, name, text, edited_from, catalogue)


def saved(workspace: OpenWorkspace) -> list[SegmentView]:
    with workspace.store.read() as session:
        return list(list_segments(session, archived=True))


def names_of_users(workspace: OpenWorkspace, key: str) -> tuple[str, ...]:
    with workspace.store.read() as session:
        return used_by(session, key)


def put_away(workspace: OpenWorkspace, key: str) -> None:
    with workspace.store.write(ANN) as session:
        archive_unused(session, key)


def activate(workspace: OpenWorkspace, key: str, **more: object) -> None:
    """Let an activation of that key keep the segment `french`."""
    fields = {**asdict(activation(key)), "segment_key": "french", "attributes": {}, **more}
    with workspace.store.write(ANN) as session:
        if key == "vip":
            create_destination(session, "crm", destination(), box(workspace.store))
        create_activation(session, key, type(activation())(**fields))


# Saving


def test_a_new_segment_gets_a_key_that_reads_like_its_name(example: OpenWorkspace) -> None:
    view = save(example, "  Fidèles à Paris  ")
    assert (view.key, view.name, view.version) == ("fideles_a_paris", "Fidèles à Paris", 1)
    assert view.tree == FRENCH
    assert "country" in view.resolved


def test_names_that_make_one_key_have_a_key_each(example: OpenWorkspace) -> None:
    keys = [save(example, name).key for name in ("French", "French!", "(French)")]
    assert keys == ["french", "french_2", "french_3"]


def test_a_name_that_is_taken_is_refused_and_nothing_is_saved(example: OpenWorkspace) -> None:
    save(example, "French")
    with pytest.raises(NameTaken, match="There is a segment “French” already"):
        save(example, " french ")
    assert [view.key for view in saved(example)] == ["french"]


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u00ad\u2063\u3164", "\u202e"])
def test_a_name_of_which_nothing_is_seen_is_none(example: OpenWorkspace, name: str) -> None:
    with pytest.raises(UsageError, match="Give the segment a name, then save it"):
        save(example, name)


def test_the_key_of_an_archived_segment_stays_taken(example: OpenWorkspace) -> None:
    save(example, "French")
    put_away(example, "french")
    assert save(example, "French").key == "french_2"


@pytest.mark.parametrize("name", ["常連", "!!!", "😀"])
def test_a_name_without_letters_of_a_key_is_saved_all_the_same(
    example: OpenWorkspace, name: str
) -> None:
    first, second = save(example, name), save(example, name * 2)
    assert (first.name, second.name) == (name, name * 2)
    assert first.key != second.key


@pytest.mark.parametrize("length", [255, 256])
def test_a_long_name_is_kept_and_its_key_is_shorter(example: OpenWorkspace, length: int) -> None:
    name = "n" * length
    first, second = save(example, name), save(example, f"{name[:-1]}!")
    assert (first.name, second.name) == (name, f"{name[:-1]}!")
    assert len(first.key) <= len(second.key) < 110


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\u00a0"])
def test_a_blank_name_is_asked_for(example: OpenWorkspace, name: str) -> None:
    with pytest.raises(UsageError, match="Give the segment a name"):
        save(example, name)
    assert saved(example) == []


REFUSED = [
    ("{", UsageError, "is not JSON"),
    ("", UsageError, "is not JSON"),
    ("5", SegmentInvalid, "a segment"),
    ('{"format": 2}', SegmentInvalid, "format"),
    (FRENCH.replace("country", "contry"), SegmentInvalid, "Did you mean"),
    (FRENCH.replace('"is"', '"was"'), SegmentInvalid, "was"),
    (speaking_of("nobody"), SegmentInvalid, "nobody"),
]


@pytest.mark.parametrize(("text", "error", "said"), REFUSED)
def test_what_breaks_the_format_is_not_saved(
    example: OpenWorkspace, text: str, error: type[Exception], said: str
) -> None:
    before = save(example, "French")
    for key, edited_from in ((None, 0), ("french", 1)):
        with pytest.raises(error, match=said):
            save(example, "Other", text, key, edited_from)
    assert saved(example) == [before]


def test_an_edit_makes_a_version_and_says_who_saved_it(example: OpenWorkspace) -> None:
    save(example, "French")
    view = save(example, "German", GERMAN, "french", 1, actor="bob")
    assert (view.key, view.name, view.version, view.tree) == ("french", "German", 2, GERMAN)
    with example.store.read() as session:
        assert "bob" in {each.actor for each in list_activity(session)}


def test_an_edit_of_an_old_version_is_refused_and_changes_nothing(example: OpenWorkspace) -> None:
    save(example, "French")
    after = save(example, "French", GERMAN, "french", 1, actor="bob")
    with pytest.raises(
        EditConflict, match=r"meanwhile \(version 2, yours was 1\), so nothing was saved"
    ):
        save(example, "Mine", EVERYBODY, "french", 1)
    assert saved(example) == [after]


def test_an_edit_of_a_segment_that_is_gone_names_those_there_are(example: OpenWorkspace) -> None:
    save(example, "French")
    with pytest.raises(UnknownName, match="french"):
        save(example, "French", FRENCH, "frensh", 1)


def test_an_edit_of_an_archived_segment_is_refused(example: OpenWorkspace) -> None:
    save(example, "French")
    put_away(example, "french")
    before = saved(example)
    with pytest.raises(EditConflict, match=r"archived .* meanwhile"):
        save(example, "German", GERMAN, "french", 1)
    assert saved(example) == before


WRITTEN = [
    '{"format": 1, "of": "customers", "where": {"match": "all", "conditions": []}}',
    "{}",
    '{"limit": {"count": 5}}',
    FRENCH.replace("{", "{ ").replace('"FR"', '"FR" '),
]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_new_name_alone_makes_no_version_however_the_file_was_written(
    example: OpenWorkspace, text: str
) -> None:
    before = save(example, "One", text)
    after = save(example, "Two", draft_of(text).text, "one", 1)
    assert (after.name, after.version, after.tree) == ("Two", 1, before.tree)
    assert after.resolved == before.resolved


MORE_LINKS = """[tables.people]
file = "people.csv"
key = "id"
[tables.towns]
file = "towns.csv"
key = "town"
[[links]]
from = "people.home"
to = "towns.town"
name = "home"
"""
TOWNS = {"people": "id,home,work\n1,a,b\n", "towns": "town,size\na,1\nb,2\n"}


def test_a_new_name_alone_keeps_what_the_segment_meant(example: OpenWorkspace) -> None:
    folder = example.settings.home.parent
    take(example, write_dataset(folder, MORE_LINKS, **TOWNS))
    big = {"field": "towns.size", "op": "at_least", "value": 1}
    text = json.dumps({"format": 1, "where": {"match": "all", "conditions": [big]}})
    before = save(example, "Big town", text)
    second = '[[links]]\nfrom = "people.work"\nto = "towns.town"\nname = "work"\n'
    take(example, write_dataset(folder, MORE_LINKS + second, **TOWNS))
    after = save(example, "Big", draft_of(text).text, "big_town", 1)
    assert (after.name, after.version, after.resolved) == ("Big", 1, before.resolved)


# Circles and what rests on others


def test_a_segment_cannot_speak_of_itself(example: OpenWorkspace) -> None:
    save(example, "French")
    with pytest.raises(SegmentInvalid, match="french → french"):
        save(example, "French", speaking_of("french"), "french", 1)


def test_a_circle_of_segments_is_refused_and_named(example: OpenWorkspace) -> None:
    before = [save(example, "A"), save(example, "B", speaking_of("a"))]
    with pytest.raises(SegmentInvalid, match="a → b → a"):
        save(example, "A", speaking_of("b"), "a", 1)
    assert saved(example) == before


def test_an_edit_that_would_break_another_segment_is_refused(example: OpenWorkspace) -> None:
    deep = FRENCH
    before = [save(example, "S0", deep)]
    before.append(save(example, "S1", speaking_of("s0")))
    with pytest.raises(SegmentInvalid, match="contry"):
        save(example, "S0", FRENCH.replace("country", "contry"), "s0", 1)
    assert saved(example) == before


def test_an_edit_of_a_segment_that_rests_on_a_paused_one_goes_through(
    example: OpenWorkspace,
) -> None:
    save(example, "French")
    save(example, "Both", speaking_of("french"))
    with example.store.write(ANN) as session:
        pause_segment(session, "both", "The data no longer fits: …")
    assert save(example, "French", GERMAN, "french", 1).version == 2


# What rests on a segment


def test_a_segment_that_nothing_rests_on_is_put_away(example: OpenWorkspace) -> None:
    save(example, "French")
    assert names_of_users(example, "french") == ()
    put_away(example, "french")
    with example.store.read() as session:
        assert get_segment(session, "french").archived_at is not None
        assert list_segments(session) == ()


def test_activations_and_segments_that_rest_on_it_are_named(example: OpenWorkspace) -> None:
    save(example, "French")
    save(example, "Both of them", speaking_of("french", "french"))
    save(example, "No users", GERMAN)
    activate(example, "vip", display_name="VIPs in Batch")
    assert names_of_users(example, "french") == ("VIPs in Batch", "Both of them")
    with pytest.raises(UsageError, match="“VIPs in Batch”, “Both of them” use it"):
        put_away(example, "french")
    assert all(view.archived_at is None for view in saved(example))


def test_what_was_archived_itself_keeps_nothing(example: OpenWorkspace) -> None:
    save(example, "French")
    save(example, "Both", speaking_of("french"))
    activate(example, "vip")
    put_away(example, "both")
    with example.store.write(ANN) as session:
        archive_activation(session, "vip")
    put_away(example, "french")


def test_many_users_are_counted_after_the_first_names(example: OpenWorkspace) -> None:
    save(example, "French")
    for number in range(8):
        save(example, f"S{number}", speaking_of("french"))
    with pytest.raises(UsageError, match="“S3”, “S4” and 3 more use it"):
        put_away(example, "french")


def test_an_unknown_segment_cannot_be_put_away(example: OpenWorkspace) -> None:
    with pytest.raises(UnknownName, match="nobody"):
        put_away(example, "nobody")
