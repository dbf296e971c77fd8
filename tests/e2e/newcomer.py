"""A newcomer's way from the sample shop to a list of their own people, at any pace."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.browser import Tab
from tests.e2e.builder import add_recent_orders, add_values, save_segment, start_segment

AUDIENCE = "spain_lately"
_PEOPLE, _ORDERS, _DAYS = 300, 900, 365


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Two CSV files; `wanted` are the IDs from Spain with an order in the last 90 days."""

    customers: Path
    orders: Path
    wanted: frozenset[str]


def write_files(folder: Path) -> OwnFiles:
    """Write customers whose numbers begin with zeros, and their orders."""
    draw = random.Random(5)
    today = datetime.now(UTC).date()
    countries = {f"{37 * n:06}": draw.choice(["FR", "ES", "IT"]) for n in range(_PEOPLE)}
    bought = [
        (draw.choice(list(countries)), draw.choice([*range(3, 80), *range(100, _DAYS)]))
        for _ in range(_ORDERS)
    ]
    lines = [f"{who},{country}" for who, country in countries.items()]
    customers = _write(folder / "customers.csv", "customer_id,country", lines)
    lines = [
        f"o{number:05},{who},{today - timedelta(days=ago)},{draw.randrange(500, 20_000) / 100}"
        for number, (who, ago) in enumerate(bought)
    ]
    orders = _write(folder / "orders.csv", "order_id,customer_id,ordered_on,amount", lines)
    lately = {who for who, ago in bought if ago < 90}
    return OwnFiles(customers, orders, frozenset(w for w in lately if countries[w] == "ES"))


def bring_data(tab: Tab, files: OwnFiles) -> None:
    """Leave the sample shop and load files, as the home page offers."""
    tab.click("Start with my own data")
    tab.click("Put the sample shop away")
    tab.sees("Bring your data")
    tab.upload("Upload", files.customers, files.orders)
    tab.click("See what is in them")
    tab.sees("What was found in your files")
    tab.click("Load")
    tab.sees("2 tables")


def describe_people(tab: Tab) -> None:
    """Make and save a segment."""
    tab.click("Segments", "link")
    start_segment(tab, "Spain lately")
    add_values(tab, "country", "ES")
    add_recent_orders(tab, 90)
    save_segment(tab)


def activate(tab: Tab) -> None:
    """Activate the segment where the sample shop has sent its list, and wait until it is ready."""
    tab.click("Activate")
    tab.sees("Practice: nothing reaches Batch")
    tab.sees("This name is free")
    tab.click("Activate")
    tab.sees("Ready in practice")


def go_all_the_way(tab: Tab, files: OwnFiles) -> None:
    """Go from the home page of the sample shop to a list that is ready."""
    bring_data(tab, files)
    describe_people(tab)
    activate(tab)


def _write(file: Path, head: str, lines: list[str]) -> Path:
    file.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return file
