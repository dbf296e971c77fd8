"""Files that somebody brought: a folder for each upload, with names that are safe everywhere."""

import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from core.data.load import translated_files
from core.data.sources import source_for, sources
from core.errors import DataTooLarge, FileRefused, UnknownName
from core.settings import Settings
from core.store.database import ReadSession
from core.store.loads import list_loads, loaded_manifests
from core.store.snapshots import list_snapshots
from core.store.workspace import get_workspace
from core.workspace.opened import OpenWorkspace

MANIFEST, DRAFT = "dataset.toml", "draft.toml"
_FILES = "files"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")
_UNSAFE = re.compile(r"[^\w ()&+,'-]")
_DATED = re.compile(r"[ _.-]*\(?\d[\d _.-]*\)?$")
_LONGEST_STEM = 60
_CHUNK = 1 << 20
_MOST_WAITING = 20
_KEPT_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload: its id, and the folder with its files and what is known of them."""

    id: str
    folder: Path

    @property
    def files(self) -> Path:
        return self.folder / _FILES

    @property
    def manifest(self) -> Path:
        return self.folder / MANIFEST

    @property
    def brought_at(self) -> datetime:
        return datetime.strptime(self.id.partition("-")[0], "%Y%m%dT%H%M%S%z")

    def tables(self) -> Mapping[str, str]:
        """Return the path of each file below the folder, by the name of its table."""
        found = sorted(file for file in self.files.glob("*") if file.is_file())
        return {file.stem: f"{_FILES}/{file.name}" for file in found}


def file_endings() -> tuple[str, ...]:
    """Return the endings of files that can be loaded, without their dots."""
    return tuple(ending.removeprefix(".") for each in sources() for ending in each.endings)


def new_upload(settings: Settings) -> Upload:
    """Make the folder of a new upload.

    Raises: StorageFull, FileRefused.
    """
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(6)}"
    upload = Upload(name, settings.uploads / name)
    with translated_files():
        upload.folder.mkdir(mode=0o700, parents=True)
        upload.files.mkdir(mode=0o700)
    return upload


def find_upload(settings: Settings, upload_id: str) -> Upload:
    """Return the upload of that id, whatever somebody wrote there.

    Raises: UnknownName.
    """
    folder = settings.uploads / upload_id
    if not _ID.fullmatch(upload_id) or not folder.is_dir():
        raise UnknownName("There is no such upload, or it is gone: upload the files again.")
    return Upload(upload_id, folder)


def upload_of(settings: Settings, manifest_path: str | None) -> Upload | None:
    """Return the upload that a manifest belongs to, None for one from elsewhere or gone."""
    if manifest_path is None:
        return None
    folder = Path(manifest_path).parent
    same = folder.parent.resolve() == settings.uploads.resolve() and folder.is_dir()
    return Upload(folder.name, folder) if same and _ID.fullmatch(folder.name) else None


def unloaded_uploads(settings: Settings, session: ReadSession) -> tuple[Upload, ...]:
    """Return the uploads that were looked into and never loaded, newest first."""
    found = sorted(_all_uploads(settings), key=lambda each: each.id, reverse=True)
    known = [each for each in found if _was_looked_into(each)]
    loaded = loaded_manifests(session, [str(each.manifest) for each in known])
    return tuple(each for each in known if str(each.manifest) not in loaded)[:_MOST_WAITING]


def add_file(
    upload: Upload, name: str, content: IO[bytes], limit: int, known: Collection[str] = ()
) -> Path:
    """Write a file into the upload, under the name of the `known` table that it seems to renew.

    Raises: DataTooLarge, FileRefused, StorageFull.
    """
    source_for(Path(name))
    stem, ending = safe_stem(name), Path(name).suffix.lower()
    target = upload.files / f"{_free_stem(upload, renewed_table(stem, known) or stem)}{ending}"
    with translated_files():
        try:
            with target.open("xb") as file:
                _copy(content, file, limit, name)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return target


def add_earlier_files(upload: Upload, earlier: Mapping[str, Path]) -> tuple[str, ...]:
    """Take over the files of tables that were not brought again, and return those tables.

    `earlier` are the tables of an upload and their files.
    Raises: StorageFull, FileRefused.
    """
    brought = upload.tables()
    missing = {table: file for table, file in earlier.items() if table not in brought}
    with translated_files():
        for table, file in missing.items():
            _link_or_copy(file, upload.files / f"{table}{file.suffix}")
    return tuple(missing)


def remove_upload(upload: Upload) -> None:
    """Forget an upload with its files."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def safe_stem(name: str) -> str:
    r"""Return what a file's table is called: its name without ending, folders and odd characters.

    >>> safe_stem("../Commandes d'été [1].csv"), safe_stem("..\\*.csv"), safe_stem("a/.csv")
    ("Commandes d'été _1_", '_', 'csv')
    """
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    stem = Path(base).stem.strip(". ")
    return _UNSAFE.sub("_", stem)[:_LONGEST_STEM].strip(". ") or "table"


def renewed_table(stem: str, known: Collection[str]) -> str | None:
    """Return the known table that a file of that name seems to hold anew.

    >>> renewed_table("orders_2026-11-25", ["orders", "customers"])
    'orders'
    """
    if stem in known:
        return stem
    bare = _undated(stem)
    alike = [table for table in known if _undated(table) == bare]
    return alike[0] if len(alike) == 1 else None


def sweep_uploads(workspace: OpenWorkspace) -> int:
    """Remove uploads that nothing was loaded from and nobody touched for a week, and count them.

    Raises: StoreError.
    """
    with workspace.store.read() as session:
        named = {view.manifest_path for view in list_snapshots(session)}
        named |= {load.manifest_path for load in list_loads(session)}
        named.add(get_workspace(session).manifest_path or "")
    kept = {upload.id for path in named if (upload := upload_of(workspace.settings, path))}
    old = [each for each in _all_uploads(workspace.settings) if each.id not in kept]
    gone = [each for each in old if _last_touched(each) < time.time() - _KEPT_S]
    for upload in gone:
        remove_upload(upload)
    return len(gone)


def _was_looked_into(upload: Upload) -> bool:
    return any((upload.folder / name).is_file() for name in (DRAFT, MANIFEST))


def _undated(stem: str) -> str:
    return _DATED.sub("", stem).casefold() or stem.casefold()


def _free_stem(upload: Upload, stem: str) -> str:
    taken = {table.casefold() for table in upload.tables()}
    names = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name.casefold() not in taken)


def _copy(content: IO[bytes], file: IO[bytes], limit: int, name: str) -> None:
    left = limit
    while chunk := content.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise DataTooLarge(
                f"{safe_stem(name)} is larger than the {limit / 1_048_576:,.0f} MB that a file may"
                " have (ROLLCALL_UPLOAD_MAX_BYTES): split it, or bring it as Parquet"
            )
        file.write(chunk)
    if left == limit:
        raise FileRefused(f"{safe_stem(name)} is empty: choose another file")


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def _all_uploads(settings: Settings) -> Sequence[Upload]:
    folders = [each for each in settings.uploads.glob("*") if _ID.fullmatch(each.name)]
    return [Upload(each.name, each) for each in folders if each.is_dir()]


def _last_touched(upload: Upload) -> float:
    return max(each.stat().st_mtime for each in (upload.folder, *upload.folder.iterdir()))
