"""Datasets that tests ask segments of: loaded from files, with an engine over each."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.data.catalogue import Catalogue
from core.data.instance import Instance, Snapshot
from core.data.load import load_into
from core.engines import engine_type
from core.engines._base import Engine
from core.segments.calendar import Today
from core.segments.checking import Named, NamedSegment, check_segment
from core.segments.tree import Segment
from core.settings import Settings

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A loaded dataset with one engine, and the names of segments that others may speak of."""

    engine: Engine
    snapshot: Snapshot
    instance: Instance
    today: Today
    named: Named

    @property
    def catalogue(self) -> Catalogue:
        return self.snapshot.catalogue

    def at(self, now: str) -> Today:
        """Return that instant, a naive one of the dataset's zone."""
        return moment(now, self.catalogue.zone)

    def check(self, raw: object, today: Today | None = None) -> Segment:
        return check_segment(raw, self.catalogue, today or self.today, self.named).segment

    def members(self, raw: object, today: Today | None = None) -> list[str]:
        return self.engine.members(self.check(raw, today), today or self.today)

    def sizes(self, raw: object, today: Today | None = None) -> Mapping[str, int]:
        return self.engine.sizes(self.check(raw, today), today or self.today)


def moment(now: str, zone: str) -> Today:
    instant = datetime.fromisoformat(now)
    place = ZoneInfo(zone)
    return Today(instant if instant.tzinfo else instant.replace(tzinfo=place), place)


@contextmanager
def opened(
    manifest: Path,
    folder: Path,
    now: str,
    engine: str = "duckdb",
    named: Mapping[str, object] | None = None,
) -> Iterator[Dataset]:
    """Load a manifest's data into `folder` and lend it with an engine."""
    settings = Settings(home=folder, memory="512MiB")
    settings.snapshots.mkdir(parents=True, exist_ok=True)
    target = settings.snapshots / f"{manifest.parent.name}.duckdb"
    load_into(manifest, target, settings)
    instance = Instance(settings, 0.1)
    try:
        with instance.snapshot(target) as snapshot:
            library = {key: NamedSegment(raw) for key, raw in (named or {}).items()}
            today = moment(now, snapshot.catalogue.zone)
            asked = engine_type(engine).over(instance, snapshot)
            yield Dataset(asked, snapshot, instance, today, library)
    finally:
        instance.close()


def without_values(dataset: Dataset) -> Dataset:
    """Return the dataset with a catalogue that knows no values of its fields."""
    catalogue = dataset.catalogue
    tables = [
        replace(table, fields=tuple(replace(field, values=()) for field in table.fields))
        for table in catalogue.tables
    ]
    snapshot = replace(dataset.snapshot, catalogue=replace(catalogue, tables=tuple(tables)))
    engine = type(dataset.engine).over(dataset.instance, snapshot)
    return replace(dataset, engine=engine, snapshot=snapshot)


def all_of(*conditions: object) -> dict[str, object]:
    """Return a segment of everybody who meets all the conditions."""
    return {"where": {"match": "all", "conditions": list(conditions)}}
