"""Commands on the whole workspace: apply, export, migrate, doctor."""

from pathlib import Path

import click

from core.cli.context import actor, workspace
from core.cli.output import ShownProgress, answer, as_json, errors_told, leave
from core.settings import read_settings
from core.store.database import migrate as migrate_store
from core.workspace.apply import apply_file
from core.workspace.doctor import Mark, look_over
from core.workspace.export import export_file

_path = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_path
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--prune", is_flag=True, help="Pause and archive what FILE does not name.")
@as_json
@errors_told
def apply(file: Path, dry_run: bool, prune: bool, as_json: bool) -> None:
    """Create and change what FILE names: all of it, or nothing."""
    with workspace() as opened:
        changes = apply_file(
            opened, file, actor(), dry_run=dry_run, prune=prune, on_progress=ShownProgress()
        )
    lines = [f"{did.value:<9} {what}" for what, did in changes.effective.items()]
    lines = lines or ["Nothing to change."]
    lines += [f"Note: {note}" for note in changes.notes]
    if dry_run:
        lines.append("Nothing was changed: this was a dry run.")
    value = {"changes": changes.done, "notes": changes.notes, "dry_run": dry_run}
    answer(as_json, value, lines)


@click.command()
@_path
@as_json
@errors_told
def export(file: Path, as_json: bool) -> None:
    """Write the workspace to FILE, its segments to a folder beside it; no secret is in them."""
    with workspace() as opened:
        written = export_file(opened.store, file)
    answer(as_json, {"files": written}, [f"Written: {path}" for path in written])


@click.command()
@as_json
@errors_told
def migrate(as_json: bool) -> None:
    """Bring the store to this version of Rollcall, after a copy."""
    done = migrate_store(read_settings())
    value = {"from": done.before, "to": done.after, "copy": done.copy}
    answer(as_json, value, [done.sentence])


@click.command()
@as_json
@errors_told
def doctor(as_json: bool) -> None:
    """Look the installation over: one line a finding, exit 1 where something is at fault."""
    findings = look_over(read_settings())
    lines = [f"{finding.mark.value:<8} {finding.what}: {finding.sentence}" for finding in findings]
    answer(as_json, {"findings": findings}, lines)
    if any(finding.mark is Mark.FAULT for finding in findings):
        leave(1)
