"""The data that benchmarks run on: generated and loaded once a size, below build/bench."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.data.child import load_snapshot
from core.sample.generate import generate
from core.sample.shop import FileFormat, Shop
from core.segments.calendar import Today
from core.settings import PROJECT_ROOT, Settings

ROOT = PROJECT_ROOT / "build" / "bench"
ZONE = ZoneInfo("Europe/Paris")
UNTIL = date(2026, 11, 22)
TODAY = Today(datetime(2026, 11, 23, 9, tzinfo=ZONE), ZONE)


def shop_of(people: int) -> Shop:
    """Return the shop of the figures; lines and visits of its last 60 days keep the disk small."""
    return Shop(people=people, until=UNTIL, line_days=60, visits_per_person=1.0, visit_days=60)


def csv_shop_of(people: int) -> Shop:
    return replace(shop_of(people), format=FileFormat.CSV)


def files_of(shop: Shop, say: Callable[[str], None]) -> Path:
    """Return the manifest of the shop's files, made where they are missing."""
    folder = ROOT / f"{shop.people}-{shop.format}"
    manifest = folder / "dataset.toml"
    if not manifest.exists():
        say(f"Generating {shop.people:,} people and {shop.orders:,} orders as {shop.format}")
        generate(folder, shop)
    return manifest


def settings_of(people: int) -> Settings:
    return Settings(home=ROOT / f"home-{people}", load_max_minutes=180)


def snapshot_of(people: int, say: Callable[[str], None]) -> Path:
    """Return the newest snapshot of that size, loaded where there is none."""
    settings = settings_of(people)
    found = sorted(settings.snapshots.glob("*.duckdb"))
    if found:
        return found[-1]
    manifest = files_of(shop_of(people), say)
    say(f"Loading {people:,} people")
    return load_snapshot(manifest, settings).path
