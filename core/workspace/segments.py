"""Saves segments, checked against the data there is."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.data.catalogue import Catalogue
from core.errors import SegmentInvalid, UsageError
from core.segments.checking import NamedSegment, references
from core.segments.reading import read_json, read_json_file
from core.store.database import WriteSession
from core.store.segments import (
    SegmentView,
    create_segment,
    find_segment,
    list_segments,
    restore_segment,
    save_segment,
)
from core.workspace.changes import Did
from core.workspace.definition import Definition
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
    if saved.archived_at is not None:
        restore_segment(session, key)
    tree = saved.tree if one.saved is not None else text
    resolved = resolved_text(checked.resolution)
    after = save_segment(
        session, key, name=name, tree=tree, resolved=resolved, edited_from=saved.version
    )
    if saved.archived_at is not None:
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
            raise UsageError(f"The change would break the saved segment '{key}': {problem}")
