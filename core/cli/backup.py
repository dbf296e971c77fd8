"""Commands that save the home, and put it back."""

from datetime import UTC, datetime
from pathlib import Path

import click

from core.cli.context import MEMORY_SHARE, actor
from core.cli.output import answer, as_json, errors_told, shown_time
from core.errors import UsageError
from core.settings import Settings, read_settings
from core.store.secrets import KEY_FOLDER
from core.workspace.backup import Backup, default_folder, make_backup
from core.workspace.backup_folder import shown_size
from core.workspace.restore import Restored, restore_backup


@click.command()
@click.argument("folder", type=click.Path(), required=False)
@as_json
@errors_told
def backup(folder: str | None, as_json: bool) -> None:
    """Save all but the key and the loaded data to a new folder in FOLDER, while Rollcall runs.

    Left out: `backup` beside the home. The new folder is named by date and time, in UTC.
    """
    settings = read_settings()
    into = default_folder(settings) if folder is None else _named(folder)
    made = make_backup(settings, into, datetime.now(UTC))
    notes = _backup_notes(made, settings)
    value = {"folder": made.folder, "parts": made.parts, "size": made.size, "notes": notes}
    answer(as_json, value, [*_backup_lines(made), *notes])


@click.command()
@click.argument("folder", metavar="BACKUP", type=click.Path())
@as_json
@errors_told
def restore(folder: str, as_json: bool) -> None:
    """Put the folder BACKUP that `backup` made into the home, which must be empty."""
    done = restore_backup(read_settings(), _named(folder), actor(), MEMORY_SHARE)
    notes = _restore_notes(done)
    value = {
        "home": done.home,
        "made_at": done.made_at,
        "lists": done.lists,
        "lists_without_ledger": done.lists_without_ledger,
        "unreadable": done.unreadable,
        "source": done.source,
        "notes": notes,
    }
    said = f"Restored to {done.home}, as it was at {shown_time(done.made_at)}."
    answer(as_json, value, [said, *notes])


def _named(folder: str) -> Path:
    """Return the folder. Raises: UsageError for an empty name, which a variable not set leaves."""
    if not folder.strip():
        raise UsageError("The name of the folder is empty: name one, or . for the one you are in.")
    return Path(folder)


def _backup_lines(made: Backup) -> list[str]:
    lines = [
        f"  {part.name:<14} {shown_size(part.size):>10}"
        + (f"  {part.files:,} files" if part.files > 1 else "")
        for part in made.parts
    ]
    return [f"Saved to {made.folder} ({shown_size(made.size)}):", *lines]


def _backup_notes(made: Backup, settings: Settings) -> list[str]:
    notes = []
    if made.database is not None:
        notes.append(
            f"The database {made.database} is not in it: PostgreSQL is copied with pg_dump. Do "
            "that before each backup of the files, so that what it points to is in the backup."
        )
    kept = "ROLLCALL_SECRET_KEY" if settings.secret_key else str(settings.home / KEY_FOLDER)
    notes.append(
        f"The key that opens the secrets is not in it, on purpose: keep a copy of {kept} "
        "somewhere else."
    )
    return notes


def _restore_notes(done: Restored) -> list[str]:
    notes = [*_key_notes(done), _data_note(done)]
    if done.lists:
        notes.append(
            f"Lists: {done.lists}. The next run of each sends all of its people once more, because "
            "nobody knows what was sent after the backup."
        )
    if done.lists_without_ledger:
        which = "; ".join(name[:60] for name in done.lists_without_ledger)
        notes.append(
            f"Lists that cannot run: {which}. The backup lacks the note of what they hold: restore "
            "another backup, or give each list another name."
        )
    return [*notes, "Rollcall may be started now."]


def _key_notes(done: Restored) -> list[str]:
    if not done.secrets:
        return []
    if not done.unreadable:
        return [f"Key: all {done.secrets} stored secrets can be read."]
    which = "; ".join(f"{name[:60]} ({', '.join(of)})" for name, of in done.unreadable.items())
    return [
        f"Key: these secrets cannot be read without it: {which}.",
        f"With a copy of the key: put its files into {done.home / KEY_FOLDER}, or set "
        "ROLLCALL_SECRET_KEY.",
        "Without one: open each destination on the page Destinations, type all of its secrets "
        "again and save; or set their variables and run `apply`.",
    ]


def _data_note(done: Restored) -> str:
    if done.source is None:
        return "Data: none had been loaded."
    if not done.source_found:
        return (
            f"Data: it came from {done.source}, which is not there. Put it back, then choose "
            "Refresh now on the page Data; or load other files."
        )
    return (
        f"Data: it is loaded again from {done.source} as soon as the scheduler runs; without a "
        "scheduler, by `load`."
    )
