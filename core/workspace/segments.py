"""Saves segments, checked against the data there is."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.data.catalogue import Catalogue
from core.errors import EditConflict, SegmentInvalid, UsageError
from core.names import clean_name
from core.segments.checking import NamedSegment, references
from core.segments.draft import draft_of
from core.segments.reading import read_json, read_json_file
from core.segments.resolution import Resolution
from core.store.activations import list_activations
from core.store.database import ReadSession, WriteSession
from core.store.segments import (
    SegmentView,
    archive_segment,
    create_segment,
    find_segment,
    get_segment,
    list_segments,
    restore_segment,
    save_segment,
)
from core.workspace.archiving import refuse_used
from core.workspace.changes import Did
from core.workspace.conflicts import archived_meanwhile
from core.workspace.definition import Definition
from core.workspace.keys import new_key
from core.workspace.saved import check_new, named_segment, resolved_text, saved_segments


def put_segments(
    session: WriteSession, definition: Definition, catalogue: Catalogue, now: datetime
) -> dict[str, Did]:
    """Save every segment of the file; they may speak of each other and of saved ones.

    Raises: SegmentInvalid, UsageError, both naming the segment.
    """
    files = {key: definition.path(part.file) for key, part in definition.segments.items()}
    given = {key: NamedSegment(_read(key, path)) for key, path in files.items()}
    named = {**saved_segments(session).named, **_unchanged(session, given)}
    done = {}
    for key, part in definition.segments.items():
        text = files[key].read_text(encoding="utf-8-sig")
        done[key] = _put(session, key, part.name or key, text, named, catalogue, now)
    _recheck_others(session, set(given), catalogue, now)
    return done


def save_edited(
    session: WriteSession,
    key: str | None,
    name: str | None,
    text: str,
    edited_from: int,
    catalogue: Catalogue,
    *,
    name_before: str | None = None,
) -> SegmentView:
    """Save a segment that was edited, a new one where `key` is None.

    A `name` of None leaves the name that it has by now; another is refused where it is no longer
    called `name_before`.
    Raises: SegmentInvalid; UsageError without a name; NameTaken; EditConflict where somebody else
    saved it or put it away.
    """
    if key is not None and name is None:
        name = get_segment(session, key).name
    elif not (name := clean_name(name or "")):
        raise UsageError("Give the segment a name, then save it.")
    if key is None:
        taken = {view.key for view in list_segments(session, archived=True)}
        key = new_key(name, taken)
        resolved = _resolved(session, key, text, catalogue)
        return create_segment(session, key, name=name, tree=text, resolved=resolved)
    before = get_segment(session, key)
    if before.archived_at is not None:
        raise archived_meanwhile(before.name)
    if before.version == edited_from and name_before not in (None, before.name):
        raise EditConflict(f"Somebody renamed it to “{before.name}” meanwhile: nothing was saved.")
    kept = kept_resolution(before, text)
    resolved = _resolved(session, key, text, catalogue, kept)
    tree = text if kept is None else before.tree
    saved = save_segment(
        session, key, name=name, tree=tree, resolved=resolved, edited_from=edited_from
    )
    _recheck_others(session, {key}, catalogue, session.now())
    return saved


def used_by(session: ReadSession, key: str) -> tuple[str, ...]:
    """Return the names of the activations and segments that rest on a segment."""
    activations = [a.display_name for a in list_activations(session) if a.segment_key == key]
    segments = [
        view.name for view in list_segments(session) if key in references(read_json(view.tree))
    ]
    return (*activations, *segments)


def archive_unused(session: WriteSession, key: str) -> None:
    """Put a segment away that nothing rests on. Raises: UsageError, naming what does."""
    refuse_used(used_by(session, key))
    archive_segment(session, key)


def kept_resolution(view: SegmentView, text: str) -> Resolution | None:
    """Return what a saved segment's names mean where the text still says what was saved."""
    says_the_same = draft_of(text).raw == draft_of(view.tree).raw
    return named_segment(view).saved if says_the_same else None


def _resolved(
    session: WriteSession,
    key: str,
    text: str,
    catalogue: Catalogue,
    kept: Resolution | None = None,
) -> str:
    named = saved_segments(session).named
    checked = check_new(read_json(text), catalogue, session.now(), named, key, kept)
    return resolved_text(checked.resolution)


def _read(key: str, path: Path) -> object:
    try:
        return read_json_file(path)
    except UsageError as error:
        raise UsageError(f"segments.{key}: {error}") from error


def _unchanged(session: WriteSession, given: Mapping[str, NamedSegment]) -> dict[str, NamedSegment]:
    """Return the given segments, those that are saved already in the meaning they have there."""
    saved = {view.key: view for view in list_segments(session, archived=True)}
    return {
        key: named_segment(saved[key])
        if key in saved and read_json(saved[key].tree) == one.raw
        else one
        for key, one in given.items()
    }


def _put(
    session: WriteSession,
    key: str,
    name: str,
    text: str,
    named: Mapping[str, NamedSegment],
    catalogue: Catalogue,
    now: datetime,
) -> Did:
    one = named[key]
    try:
        checked = check_new(one.raw, catalogue, now, named, key, one.saved)
    except SegmentInvalid as fault:
        raise SegmentInvalid(fault.place, f"{fault.problem} (segments.{key})") from fault
    saved = find_segment(session, key)
    if saved is None:
        create_segment(
            session, key, name=name, tree=text, resolved=resolved_text(checked.resolution)
        )
        return Did.CREATED
    tree = saved.tree if one.saved is not None else text
    resolved = resolved_text(checked.resolution)
    after = save_segment(
        session, key, name=name, tree=tree, resolved=resolved, edited_from=saved.version
    )
    if saved.archived_at is not None:
        restore_segment(session, key)
        return Did.RESTORED
    return Did.CHANGED if _differs(saved, after) else Did.UNCHANGED


def _differs(before: SegmentView, after: SegmentView) -> bool:
    return (before.version, before.name) != (after.version, after.name)


def _recheck_others(
    session: WriteSession, given: set[str], catalogue: Catalogue, now: datetime
) -> None:
    """Refuse a change that breaks a saved segment which speaks of a changed one."""
    saved = saved_segments(session)
    for key, view in saved.views.items():
        rests_on_given = given & set(references(read_json(view.tree)))
        if key in given or not rests_on_given or view.paused_reason is not None:
            continue
        problem = saved.problem(key, catalogue, now)
        if problem is not None:
            raise UsageError(f"The change would break the segment '{view.name}': {problem}")
