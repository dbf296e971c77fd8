"""Commands on data: load, detect."""

from pathlib import Path

import click

from core.cli.context import actor, workspace
from core.cli.output import ShownProgress, answer, as_json, errors_told, say
from core.data.catalogue import Link
from core.data.detect import detect as detect_files
from core.data.report import LoadReport
from core.settings import read_settings
from core.workspace.loading import load_data


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--accept-fewer", is_flag=True, help="Take a table that lost over half its rows.")
@as_json
@errors_told
def load(manifest: Path, accept_fewer: bool, as_json: bool) -> None:
    """Load the data that MANIFEST (dataset.toml) names into a new snapshot and make it current."""
    with workspace() as opened:
        made = load_data(
            opened, manifest, actor(), accept_fewer=accept_fewer, on_progress=ShownProgress()
        )
    report = made.loaded.report
    for what, problem in made.paused.items():
        say(f"Paused {what}: {problem}")
    for what in made.resumed:
        say(f"Resumed {what}: the data fits again.")
    value = {
        "snapshot": made.loaded.id,
        "rows": {table.name: table.rows for table in report.tables},
        "seconds": round(report.seconds, 3),
        "notes": list(report.notes),
        "paused": made.paused,
        "resumed": list(made.resumed),
    }
    answer(as_json, value, _lines(made.loaded.id, report))


def _lines(snapshot: str, report: LoadReport) -> list[str]:
    rows = [f"  {table.name}: {table.rows:,} rows" for table in report.tables]
    links = [f"  {link.label}: {_matched(link, report)}" for link in report.catalogue.links]
    done = f"Snapshot {snapshot} is current, loaded in {report.seconds:,.1f} s."
    return [*rows, *links, *(f"  {note}" for note in report.notes), done]


def _matched(link: Link, report: LoadReport) -> str:
    table = report.catalogue.by_name[link.table]
    filled = table.rows - table.by_name[link.field].blank
    return f"{link.matched * 100 / filled:.1f} % of filled rows matched" if filled else "all blank"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--zone", default="UTC", show_default=True, help="Time zone of the workspace (IANA).")
@as_json
@errors_told
def detect(files: tuple[Path, ...], zone: str, as_json: bool) -> None:
    """Look at FILES and print a manifest for them, to be checked and saved as dataset.toml."""
    manifest = detect_files(files, zone, read_settings()).toml
    answer(as_json, {"manifest": manifest}, manifest.splitlines())
