"""The builder by hand: what is clicked and typed for a segment, and what it says then."""

import re

from tests.e2e.browser import Tab

ORDERS = "Orders: how many, when, which …"
_SIZE = re.compile(r"([\d,]+) people\s+·")


def start_segment(tab: Tab, name: str) -> None:
    """Go from the list of segments to a new one of that name."""
    tab.click("New segment")
    tab.fill("Name of the segment", name)


def add_condition(tab: Tab, subject: str) -> None:
    """Add a condition on that field or table; it is the one that stands open then."""
    tab.click("Condition")
    tab.sees("New condition")
    tab.choose("What it looks at", subject)
    tab.page.get_by_role("combobox", name="Comparison", exact=True).wait_for()


def add_values(tab: Tab, field: str, *values: str) -> None:
    """Add a condition that the field is one of the values."""
    add_condition(tab, field)
    for value in values:
        tab.choose("Values", value)
        tab.sees(f"“{value}”")
    tab.page.keyboard.press("Escape")


def add_recent_orders(tab: Tab, days: int) -> None:
    """Add a condition that there were orders in the last days."""
    add_condition(tab, ORDERS)
    tab.choose("When", "is in the last")
    tab.fill("How many", str(days))
    tab.sees(f"in the last {days} days")


def save_segment(tab: Tab) -> None:
    """Save once everybody is counted, as somebody does who looks before."""
    size_on_screen(tab)
    tab.click("Save")
    tab.sees("is saved")


def size_on_screen(tab: Tab) -> int:
    """Return how many people the bar at the foot says, once they are counted."""
    tab.sees(_SIZE)
    found = _SIZE.search(tab.text())
    assert found is not None
    return int(found[1].replace(",", ""))


def words_on_screen(tab: Tab) -> str:
    """Return the segment as its panel says it in words."""
    return tab.page.get_by_role("tabpanel", name="In words").inner_text()
