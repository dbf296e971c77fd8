"""Commands on segments: size, members, sentence, explain, evaluate."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from core.cli.context import instant_asked, now_option, workspace
from core.cli.evaluate import evaluate_file, write_result
from core.cli.output import answer, as_json, errors_told
from core.data.catalogue import Catalogue
from core.engines._base import Engine
from core.engines.duckdb import DuckDBEngine
from core.errors import UsageError
from core.segments.calendar import Today
from core.segments.checking import check_segment
from core.segments.describe import describe
from core.segments.reading import read_json_file
from core.segments.tree import Segment
from core.settings import read_settings
from core.store.workspace import get_workspace
from core.workspace.saved import saved_segments

_file = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def segments() -> None:
    """Evaluate segments in FILES of the segment format on the loaded data."""


@dataclass(frozen=True, slots=True)
class _Asked:
    segment: Segment
    today: Today
    engine: Engine
    catalogue: Catalogue
    people_word: str


@contextmanager
def _asked(file: Path, now_text: str | None) -> Iterator[_Asked]:
    """Lend the file's segment, checked against the current snapshot and the saved segments."""
    with workspace() as opened:
        now = instant_asked(opened, now_text) or datetime.now(UTC)
        with opened.store.read() as session:
            saved = saved_segments(session)
            word = get_workspace(session).people_word
        raw = read_json_file(file)
        with opened.snapshot() as snapshot:
            today = Today(now, ZoneInfo(snapshot.catalogue.zone))
            checked = check_segment(raw, snapshot.catalogue, today, saved.named)
            engine = DuckDBEngine(opened.instance, snapshot)
            yield _Asked(checked.segment, today, engine, snapshot.catalogue, word)


@segments.command()
@_file
@now_option
@as_json
@errors_told
def size(file: Path, now_text: str | None, as_json: bool) -> None:
    """Print how many people are in the segment; with --json, also the size of every node."""
    with _asked(file, now_text) as asked:
        if as_json:
            sizes = asked.engine.sizes(asked.segment, asked.today)
            total = sizes.get("limit", sizes[asked.segment.where.place])
            answer(True, {"size": total, "nodes": sizes, "now": asked.today.now}, [])
        else:
            answer(False, {}, [str(asked.engine.size(asked.segment, asked.today))])


@segments.command()
@_file
@now_option
@as_json
@errors_told
def members(file: Path, now_text: str | None, as_json: bool) -> None:
    """Print the members' keys, one a line, in code point order."""
    with _asked(file, now_text) as asked:
        keys = asked.engine.members(asked.segment, asked.today)
        answer(as_json, {"size": len(keys), "members": keys, "now": asked.today.now}, keys)


@segments.command()
@_file
@now_option
@as_json
@errors_told
def sentence(file: Path, now_text: str | None, as_json: bool) -> None:
    """Print the segment as one plain sentence."""
    with _asked(file, now_text) as asked:
        said = describe(asked.segment, asked.people_word, asked.today)
        answer(as_json, {"sentence": said}, [said])


@segments.command()
@_file
@click.argument("key")
@now_option
@as_json
@errors_told
def explain(file: Path, key: str, now_text: str | None, as_json: bool) -> None:
    """Print why the person with KEY is or is not in the segment: each condition's verdict."""
    with _asked(file, now_text) as asked:
        verdicts = asked.engine.explain(asked.segment, asked.today, key)
        lines = [
            f"{'yes' if verdict.passes else 'no ':<4} {place}"
            + (f"  (value: {verdict.value})" if verdict.value is not None else "")
            for place, verdict in verdicts.items()
        ]
        nodes = {
            place: {"passes": verdict.passes, "value": verdict.value}
            for place, verdict in verdicts.items()
        }
        answer(as_json, {"key": key, "nodes": nodes, "now": asked.today.now}, lines)


@segments.command()
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File of the results.")
@click.option("--way", default="sql", type=click.Choice(["sql", "masks"]), help="How to count.")
@click.option("--engine", "engine_name", default="duckdb", help="Which engine counts.")
@as_json
@errors_told
def evaluate(cases: Path, out: Path, way: str, engine_name: str, as_json: bool) -> None:
    """Work out every case of a CASES file and write members or errors to --out."""
    if way != "sql":
        raise UsageError("--way masks is not built yet: leave it out, or say sql.")
    result = evaluate_file(cases, engine_name, read_settings())
    write_result(result, out)
    wrong = sum("error" in one for one in result.values())
    said = f"{len(result):,} cases, {wrong:,} of them with an error: {out}"
    answer(as_json, {"cases": len(result), "errors": wrong, "out": out}, [said])
