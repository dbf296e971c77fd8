"""Figures in the app's colours, each under its sentence and with its numbers behind it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import streamlit as st

from core.store.run_history import RunPoint
from core.sync.outcome import RunCounts, losses

Table = Mapping[str, Sequence[object]]

_HEIGHT = 260
# Moments as the pages write them, by how far the ticks are apart; Plotly's own are American.
_TICKS = (
    {"dtickrange": [None, 60_000], "value": "%H:%M:%S\n%-d %b %Y"},
    {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%-d %b %Y"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b\n%Y"},
    {"dtickrange": ["M1", None], "value": "%b\n%Y"},
)
_UP = {"light": "#0B6E63", "dark": "#4CC7B5"}
_DOWN = {"light": "#C2570C", "dark": "#F59E5B"}
_WHOLE = {"light": "#4F5E5B", "dark": "#9FB0AC"}


def draw_chart(figure: go.Figure, *, sentence: str, alt: str, table: Table, key: str) -> None:
    """Draw a figure with what it says above it and its numbers in a table below."""
    st.markdown(sentence)
    st.plotly_chart(
        figure, theme="streamlit", config={"displayModeBar": False}, alt=alt, key=f"{key}:chart"
    )
    with st.expander("The numbers", icon=":material/table_rows:"):
        st.dataframe(table, hide_index=True, alt=alt, key=f"{key}:table")


def size_figure(points: Sequence[RunPoint], zone: ZoneInfo) -> go.Figure:
    """Return the size of a list after each run."""
    line = go.Scatter(
        x=[ended_at(point, zone) for point in points],
        y=[point.size for point in points],
        mode="lines+markers" if len(points) < 40 else "lines",
        line={"shape": "hv", "color": _of_theme(_UP)},
        hovertemplate="%{x|%a %d %b %H:%M}<br>%{y:,}<extra></extra>",
    )
    figure = _figure([line], rangemode="tozero")
    figure.update_xaxes(tickformatstops=_TICKS)
    return figure


def moves_figure(points: Sequence[RunPoint], zone: ZoneInfo) -> go.Figure:
    """Return who entered, as bars up, and who left, as bars down, by run."""
    at = [ended_at(point, zone) for point in points]
    entered = go.Bar(
        name="Entered",
        x=at,
        y=[point.entered for point in points],
        marker_color=_of_theme(_UP),
        hovertemplate="%{x|%a %d %b %H:%M}<br>%{y:,} entered<extra></extra>",
    )
    left = go.Bar(
        name="Left",
        x=at,
        y=[-point.left for point in points],
        customdata=[point.left for point in points],
        marker_color=_of_theme(_DOWN),
        hovertemplate="%{x|%a %d %b %H:%M}<br>%{customdata:,} left<extra></extra>",
    )
    figure = _figure([entered, left])
    figure.update_layout(barmode="relative", showlegend=True, xaxis={"type": "category"})
    figure.update_xaxes(
        showticklabels=False, title={"text": "one bar a run, oldest first", "standoff": 4}
    )
    return figure


def waterfall_figure(steps: Sequence[tuple[str, int, str]]) -> go.Figure:
    """Return the way from a first number to the last; a step's measure is `relative` or `total`."""
    bars = go.Waterfall(
        x=[label for label, _, _ in steps],
        y=[number for _, number, _ in steps],
        measure=[measure for _, _, measure in steps],
        text=[f"−{-number:,}" if number < 0 else f"{number:,}" for _, number, _ in steps],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": _of_theme(_UP)}},
        decreasing={"marker": {"color": _of_theme(_DOWN)}},
        totals={"marker": {"color": _of_theme(_WHOLE)}},
        hovertemplate="%{x}<br>%{text}<extra></extra>",
    )
    return _figure([bars], rangemode="tozero")


def waterfall_steps(counts: RunCounts) -> list[tuple[str, int, str]]:
    """Return how a segment became a list, step by step."""
    return [
        ("In the segment", counts.segment, "absolute"),
        *((f"{why[0].upper()}{why[1:]}", -number, "relative") for why, number in losses(counts)),
        ("Should be in the list", counts.wanted, "total"),
    ]


def ended_at(point: RunPoint, zone: ZoneInfo) -> datetime:
    """Return when the run ended, as a moment of the zone that charts show as it is."""
    return (point.finished_at or point.queued_at).astimezone(zone).replace(tzinfo=None)


def _figure(traces: list[object], **yaxis: object) -> go.Figure:
    figure = go.Figure(traces)
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 0, "r": 8, "t": 24, "b": 0},
        showlegend=False,
        yaxis={"tickformat": ",", "automargin": True, **yaxis},
        legend={"orientation": "h", "y": 1.15, "x": 0},
    )
    return figure


def _of_theme(colours: Mapping[str, str]) -> str:
    return colours.get(st.context.theme.type or "light", colours["light"])
