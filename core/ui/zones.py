"""Time zones to choose from, and the one that a visitor's browser is in."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

_HOME_ZONE = "Europe/Paris"


@cache
def zone_names() -> list[str]:
    """Return the names of all time zones."""
    return sorted(available_timezones())


def browser_zone() -> str:
    """Return the browser's time zone, where it names one that there is."""
    try:
        return ZoneInfo(st.context.timezone or _HOME_ZONE).key
    except (KeyError, ValueError, OSError):
        return _HOME_ZONE
