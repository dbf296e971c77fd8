"""The fields of a loaded table: what each is called, is, and holds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import streamlit as st

from core.data.catalogue import Catalogue, Field, FieldType, Table
from core.data.field_profiles import MOST_ROWS, FieldProfile, profile_fields, sample_rows
from core.data.instance import Snapshot
from core.data.snapshots import snapshot_path
from core.names import comparable
from core.ui.data.words import TYPE_WORDS
from core.ui.edge import errors_shown
from core.ui.session import workspace
from core.ui.words import count, share, shortened

_SHOWN = 100
_SAMPLE = 20
_AT_ONCE = 30
_FIELD, _LETTERS = 140, 54
_Looked = tuple[duckdb.DuckDBPyConnection, Snapshot, Table, Sequence[Field]]


def draw_fields(catalogue: Catalogue, copy: str) -> None:
    """Draw the fields of the table that is chosen, in the loaded copy of that id."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = [table.name for table in catalogue.tables]
        chosen = st.selectbox(
            "Table",
            names,
            index=names.index(catalogue.people),
            key="table",
            bind="query-params",
            width=300,
        )
        sought = st.text_input(
            "Find a field", key="data:field", placeholder="name or label", width=300
        )
    table = catalogue.by_name[chosen or catalogue.people]
    found = [field for field in table.fields if _fits(field, sought)]
    if not found:
        st.caption("No field is called like this.")
        return
    with errors_shown():
        _draw_table(table, found[:_SHOWN], copy)
    if len(found) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {count(len(found))} fields: look for others by name.")


def _draw_table(table: Table, fields: Sequence[Field], copy: str) -> None:
    names = tuple(field.name for field in fields)
    profiles = _profiles(copy, table.name, names)
    rows = {
        "Field": [field.label or field.name for field in fields],
        "Values": [_values(field, profiles.get(field.name)) for field in fields],
        "Type": [_kind(table, field) for field in fields],
        "Filled": [share(table.rows - field.blank, table.rows) for field in fields],
        "In the file": [field.name for field in fields],
    }
    if all(field.label in ("", field.name) for field in fields):
        del rows["In the file"]
    config = {
        "Field": st.column_config.TextColumn(width=_FIELD, pinned=True),
        "Values": st.column_config.TextColumn(width="large"),
    }
    st.dataframe(
        rows,
        hide_index=True,
        column_config=config,
        height="content" if len(fields) <= _AT_ONCE else "auto",
        alt=f"Fields of {table.name}",
    )
    if table.rows > MOST_ROWS:
        st.caption(f"Values are those of a sample of {count(MOST_ROWS)} rows.")
    with st.expander("Sample rows", key="data:sample", on_change="rerun") as sample:
        if sample.open:
            _draw_sample(copy, table.name, names)


def _draw_sample(copy: str, table: str, names: tuple[str, ...]) -> None:
    rows = _sample(copy, table, names)
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    st.dataframe(columns, hide_index=True, placeholder="", alt=f"Sample rows of {table}")


def _fits(field: Field, sought: str) -> bool:
    wanted = comparable(sought)
    return wanted in comparable(field.name) or wanted in comparable(field.label)


def _kind(table: Table, field: Field) -> str:
    word = TYPE_WORDS[field.type]
    if field.name == table.key:
        return f"{word}, key"
    return f"{word}, approximate" if field.approximate else word


def _values(field: Field, profile: FieldProfile | None) -> str:
    if profile is None:
        return ""
    if field.type is FieldType.BOOLEAN:
        return "" if profile.true_share is None else f"{100 * profile.true_share:.0f} % yes"
    if field.type is FieldType.TEXT:
        return _some(profile.top)
    if profile.least is None:
        return ""
    same = profile.least == profile.most
    return profile.least if same else f"{profile.least} to {profile.most}"


def _some(values: Sequence[str]) -> str:
    """Return as many of the values as the column shows whole, one at least."""
    shown = list(values)
    while len(shown) > 1 and len(", ".join(shown)) > _LETTERS:
        shown.pop()
    return shortened(", ".join(shown), _LETTERS)


@st.cache_data(max_entries=64, show_spinner="Looking at the fields …")
def _profiles(copy: str, table: str, names: tuple[str, ...]) -> Mapping[str, FieldProfile]:
    with _looking(copy, table, names) as looked:
        return profile_fields(*looked)


@st.cache_data(max_entries=16, show_spinner=False)
def _sample(copy: str, table: str, names: tuple[str, ...]) -> Sequence[tuple[str | None, ...]]:
    with _looking(copy, table, names) as looked:
        return sample_rows(*looked, _SAMPLE)


@contextmanager
def _looking(copy: str, table: str, names: tuple[str, ...]) -> Iterator[_Looked]:
    """Lend what it takes to look at these fields of a table. Raises: SnapshotMissing."""
    opened = workspace()
    path = snapshot_path(opened.settings, copy)
    with opened.instance.snapshot(path) as snapshot, opened.instance.cursor() as cursor:
        held = snapshot.catalogue.by_name[table]
        yield cursor, snapshot, held, [held.by_name[name] for name in names]
