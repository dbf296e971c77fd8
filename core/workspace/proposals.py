"""What is proposed for uploaded files, and what somebody made of it, kept beside the files."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from core.data.catalogue import FieldType
from core.data.detect import Detection, Doubt, FoundTable, complete
from core.data.ends import Chosen, LinkMatch
from core.data.load import check, translated_files
from core.data.manifest import (
    LinkSource,
    Manifest,
    TableSource,
    find_problems,
    parse_draft,
    read_manifest,
)
from core.data.manifest_toml import render_manifest
from core.data.report import CheckReport, Remark
from core.durable import written_whole
from core.errors import DataRefused, EditConflict, FileRefused
from core.settings import Settings
from core.workspace.proposal_edits import rename_table, renamed_link
from core.workspace.uploads import DRAFT, Upload

_EARLIER, _FOUND = "earlier.toml", "found.json"
# One at a time in this process: each takes the memory of a load.
_READING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in the files, and the manifest that was `proposed` for them.

    `problem` says why they could not be read as the manifest says; `reading` counts readings.
    """

    proposed: Manifest
    tables: Mapping[str, FoundTable]
    links: tuple[LinkMatch, ...]
    notes: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()
    reading: int = 0
    problem: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """An upload with its manifest as it is now, and what was found in its files."""

    upload: Upload
    manifest: Manifest
    found: Found

    @property
    def open_doubts(self) -> tuple[Doubt, ...]:
        """What can be read in two ways and nobody has decided: such columns are refused."""
        types = {table.name: table.types for table in self.manifest.tables}
        return tuple(
            doubt
            for doubt in self.found.doubts
            if doubt.table in types and types[doubt.table].get(doubt.column) is not FieldType.TEXT
        )

    @property
    def version(self) -> str:
        """What two tabs that look at the same have in common."""
        return f"{self.found.reading} {self.found.problem}\n{render_manifest(self.manifest)}"

    def type_of(self, table: str, column: str) -> FieldType:
        """Return what a column is read as, by choice or as it was found."""
        chosen = self.manifest.table(table).types.get(column)
        return chosen or self.found.tables[table].types[column]

    @property
    def repeated(self) -> tuple[Remark, ...]:
        """What repeats in keys and in what links point to: nothing is loaded while it does."""
        return tuple(
            remark
            for table in self.manifest.tables
            for remark in self.remarks_on(table.name)
            if remark.distinct is not None
        )

    def remarks_on(self, table: str) -> tuple[Remark, ...]:
        """Return what somebody should know of a table as it is read now, in order of columns."""
        order = [None, *self.found.tables[table].types]
        known = [each for each in self.found.remarks if each.table == table]
        true = [each for each in known if self._is_true_still(each)]
        return tuple(sorted(true, key=lambda each: order.index(each.column)))

    def _is_true_still(self, remark: Remark) -> bool:
        if remark.distinct is not None:
            ends = {(link.to_table, link.to_field) for link in self.manifest.links}
            ends |= {(table.name, table.key or "") for table in self.manifest.tables}
            return (remark.table, remark.column) in ends
        if remark.column is None or remark.kept_as_text:
            return True
        found = self.found.tables[remark.table].types[remark.column]
        kind = self.type_of(remark.table, remark.column)
        return kind is not FieldType.TEXT or found is FieldType.TEXT


_STORED = TypeAdapter(Found)


def first_draft(upload: Upload, zone: str) -> Manifest:
    """Return a manifest that names the files of the upload and knows nothing else of them.

    Raises: FileRefused where there are none.
    """
    tables = tuple(TableSource(name, file=path) for name, path in upload.tables().items())
    if not tables:
        raise FileRefused("This upload has no files: start again")
    return Manifest(upload.folder, zone, tables[0].name, tables)


def propose(upload: Upload, draft: Manifest, settings: Settings, *, anew: bool = False) -> Proposal:
    """Read the files as the draft says, and save and return what is proposed for them.

    What was chosen before stays where its tables and columns are there still. `anew` is for what
    follows from keys and people that were just chosen: keys, times and links are proposed again
    where nobody changed what was proposed before.
    Raises: EditConflict where somebody changed it meanwhile, StorageFull, QueryFailed; what was
    saved before stays then.
    """
    before = read_proposal(upload)
    known = before.found if before else Found(draft, {}, (), ())
    never_read = before is not None and not known.tables
    saved = (None if never_read else _read(upload, DRAFT)) or _read(upload, _EARLIER)
    chosen = _corrections(known.proposed, draft) if known.tables else saved
    try:
        with _READING, translated_files():
            detected = complete(draft, settings, _decided(chosen, known.proposed))
    except DataRefused as refusal:
        _refuse_changed(upload, before)
        return _save(Proposal(upload, draft, replace(known, problem=str(refusal))))
    _refuse_changed(upload, before)
    found = _found(detected, known.reading + 1)
    kept = keep_choices(chosen, found) if chosen else found.proposed
    if anew:
        kept = _proposed_anew(kept, known.proposed, found.proposed)
    return _save(Proposal(upload, kept, found))


def _refuse_changed(upload: Upload, before: Proposal | None) -> None:
    if before is not None and read_proposal(upload) != before:
        raise EditConflict(
            "Somebody changed this while the files were read: nothing was changed. Try again."
        )


def read_proposal(upload: Upload) -> Proposal | None:
    """Return what is saved for the upload, None where it is nothing that fits its files."""
    manifest = _read(upload, DRAFT)
    if manifest is None:
        return None
    try:
        found = _STORED.validate_json((upload.folder / _FOUND).read_bytes())
    except (OSError, ValidationError):
        return None
    return Proposal(upload, manifest, found) if _fits(manifest, found) else None


def save_proposal(proposal: Proposal, manifest: Manifest) -> Proposal:
    """Save and return the proposal with another manifest.

    Raises: EditConflict where it names what is not in the files, StorageFull, FileRefused.
    """
    if not _fits(manifest, proposal.found):
        raise EditConflict("These files were read otherwise meanwhile: nothing was changed.")
    _write(proposal.upload.folder / DRAFT, render_manifest(manifest))
    return replace(proposal, manifest=manifest)


def rename(proposal: Proposal, table: str, name: str) -> Proposal:
    """Save and return the proposal with a table called otherwise.

    Raises: UsageError, NameTaken, EditConflict, StorageFull, FileRefused.
    """
    manifest, found = rename_table(proposal.manifest, table, name), proposal.found
    position = [each.name for each in proposal.manifest.tables].index(table)
    new = manifest.tables[position].name
    renamed = replace(
        found,
        proposed=rename_table(found.proposed, table, new),
        tables={
            new if each == table else each: replace(at, name=new if each == table else each)
            for each, at in found.tables.items()
        },
        links=tuple(
            replace(match, link=renamed_link(match.link, table, new)) for match in found.links
        ),
        doubts=tuple(
            replace(doubt, table=new) if doubt.table == table else doubt for doubt in found.doubts
        ),
        remarks=tuple(
            replace(remark, table=new) if remark.table == table else remark
            for remark in found.remarks
        ),
    )
    return _save(Proposal(proposal.upload, manifest, renamed))


def save_earlier(upload: Upload, earlier: Manifest) -> None:
    """Remember what was chosen for files that this upload renews.

    Raises: StorageFull, FileRefused.
    """
    _write(upload.folder / _EARLIER, render_manifest(earlier))


def lost_columns(proposal: Proposal) -> Mapping[str, tuple[str, ...]]:
    """Return by table the columns that the files it renews had, and these have no more."""
    earlier, found = _read(proposal.upload, _EARLIER), proposal.found.tables
    lost = {
        table.name: tuple(name for name in table.types if name not in found[table.name].types)
        for table in (earlier.tables if earlier else ())
        if table.name in found
    }
    return {table: columns for table, columns in lost.items() if columns}


def discard_draft(upload: Upload) -> None:
    """Forget what was changed since the upload was loaded: it is read anew when it is opened."""
    save_earlier(upload, read_manifest(upload.manifest))
    for name in (_FOUND, DRAFT):
        (upload.folder / name).unlink(missing_ok=True)


def check_proposal(proposal: Proposal, settings: Settings) -> CheckReport:
    """Return all that stands in the way of loading it.

    Raises: StorageFull, QueryFailed.
    """
    problems = tuple(find_problems(proposal.manifest))
    if problems:
        return CheckReport(problems, None)
    try:
        with _READING:
            return check(proposal.manifest, settings)
    except DataRefused as refusal:
        return CheckReport((str(refusal),), None)


def write_manifest(proposal: Proposal) -> Path:
    """Write the manifest that loads read, and return its path.

    Raises: ManifestInvalid, StorageFull, FileRefused.
    """
    for problem in find_problems(proposal.manifest):
        raise FileRefused(problem)
    _write(proposal.upload.manifest, render_manifest(proposal.manifest))
    return proposal.upload.manifest


def keep_choices(chosen: Manifest, found: Found) -> Manifest:
    """Return what is proposed with all that was chosen before and is possible still."""
    proposed = found.proposed
    earlier = {table.name: table for table in chosen.tables}
    tables = tuple(
        _kept_table(earlier[table.name], table, found.tables[table.name])
        if table.name in earlier
        else table
        for table in proposed.tables
    )
    links = [link for link in chosen.links if _is_possible(link, found.tables)]
    links += [link for link in proposed.links if not {link.table, link.to_table} <= earlier.keys()]
    people = chosen.people if chosen.people in found.tables else proposed.people
    return Manifest(proposed.folder, chosen.zone, people, tables, tuple(links))


def _kept_table(earlier: TableSource, now: TableSource, found: FoundTable) -> TableSource:
    """Return the table with earlier choices; what was left without a key or time stays so."""
    columns = found.types.keys()
    types = {name: kind for name, kind in earlier.types.items() if name in columns}
    return replace(
        now,
        key=earlier.key if earlier.key is None or earlier.key in columns else now.key,
        time=earlier.time if earlier.time is None or earlier.time in columns else now.time,
        types={**now.types, **types},
        labels={name: label for name, label in earlier.labels.items() if name in columns},
    )


def _decided(chosen: Manifest | None, before: Manifest) -> Chosen:
    """Return the people and keys that stay as they are when files are read again."""
    if chosen is None:
        return Chosen()
    proposed = {table.name: table.key for table in before.tables}
    keys = {
        table.name: table.key
        for table in chosen.tables
        if table.key is not None or proposed.get(table.name) is not None
    }
    return Chosen(chosen.people, keys)


def _proposed_anew(kept: Manifest, before: Manifest, now: Manifest) -> Manifest:
    """Return what is kept, with what is proposed now where nobody changed what was before."""
    names = {table.name for table in kept.tables}
    links = tuple(link for link in before.links if {link.table, link.to_table} <= names)
    tables = tuple(
        _table_anew(table, before.table(table.name), now.table(table.name)) for table in kept.tables
    )
    return replace(kept, tables=tables, links=now.links if kept.links == links else kept.links)


def _table_anew(kept: TableSource, before: TableSource, now: TableSource) -> TableSource:
    is_key_open = kept.key is None and before.key is None
    return replace(
        kept,
        key=now.key if is_key_open else kept.key,
        time=now.time if kept.time == before.time else kept.time,
    )


def _fits(manifest: Manifest, found: Found) -> bool:
    """Return whether all that the manifest names is there, as far as the files could be read."""
    tables = {table.name: table for table in manifest.tables}
    if manifest.people not in tables:
        return False
    if found.problem is not None:
        return True
    columns = {name: set(table.types) for name, table in found.tables.items()}
    return all(
        name in columns and _named_columns(table) | manifest.link_columns(name) <= columns[name]
        for name, table in tables.items()
    )


def _named_columns(table: TableSource) -> set[str]:
    return {*table.types, *table.labels} | ({table.time} if table.time else set())


def _is_possible(link: LinkSource, found: Mapping[str, FoundTable]) -> bool:
    ends = ((link.table, link.field), (link.to_table, link.to_field))
    return all(table in found and column in found[table].types for table, column in ends)


def _corrections(proposed: Manifest, draft: Manifest) -> Manifest:
    """Return the draft with only those types that differ from what was proposed."""
    before = {table.name: table.types for table in proposed.tables}

    def corrected(table: TableSource) -> TableSource:
        known = before.get(table.name, {})
        types = {name: kind for name, kind in table.types.items() if known.get(name) is not kind}
        return replace(table, types=types)

    return replace(draft, tables=tuple(corrected(table) for table in draft.tables))


def _found(detected: Detection, reading: int) -> Found:
    tables = {table.name: table for table in detected.tables}
    return Found(
        detected.manifest,
        tables,
        detected.links,
        detected.notes,
        detected.doubts,
        reading,
        remarks=detected.remarks,
    )


def _save(proposal: Proposal) -> Proposal:
    folder = proposal.upload.folder
    _write(folder / DRAFT, render_manifest(proposal.manifest))
    _write(folder / _FOUND, _STORED.dump_json(proposal.found).decode())
    return proposal


def _read(upload: Upload, name: str) -> Manifest | None:
    try:
        text = (upload.folder / name).read_text(encoding="utf-8")
        return parse_draft(text, upload.folder, name)
    except (OSError, UnicodeDecodeError, DataRefused):
        return None


def _write(path: Path, text: str) -> None:
    with translated_files(), written_whole(path) as part:
        part.write_text(text, encoding="utf-8")
