"""The tables and their links as a picture, with a sentence above it and a table behind it."""

from collections.abc import Iterator

import streamlit as st

from core.data.catalogue import Catalogue
from core.ui.data.matches import matches_of
from core.ui.words import count, number_of, shortened

_LETTERS = 40
_LOOK_ALIKES = str.maketrans({'"': "”", "<": "‹", ">": "›", "`": "ʼ"})


def draw_picture(catalogue: Catalogue) -> None:
    """Draw how the tables point to one another."""
    links = number_of(len(catalogue.links), "link")
    st.header("How the tables belong together", anchor=False)
    st.caption(f"{links}, each from many rows to one.")
    st.mermaid_chart("\n".join(_lines(catalogue)), alt="Tables and the links between them")
    with st.expander("The links as a table"):
        st.dataframe(_rows(catalogue), hide_index=True, alt="Links")


def mermaid_text(text: str) -> str:
    """Return a text for between quotation marks, where a picture shows it as it is.

    Streamlit's Mermaid decodes no entity, so what it would take for its own gets a look-alike.

    >>> mermaid_text('N° "b"; <i>')
    'N° ”b”; ‹i›'
    """
    return shortened(text, _LETTERS).translate(_LOOK_ALIKES)


def _lines(catalogue: Catalogue) -> Iterator[str]:
    yield "flowchart LR"
    at = {table.name: f"t{number}" for number, table in enumerate(catalogue.tables)}
    for table in catalogue.tables:
        rows = mermaid_text(number_of(table.rows, "row"))
        shape = ('(["', '"])') if table.name == catalogue.people else ('["', '"]')
        yield f"{at[table.name]}{shape[0]}{mermaid_text(table.name)}<br/>{rows}{shape[1]}"
    for link in catalogue.links:
        label = f"{mermaid_text(link.field)}<br/>{mermaid_text(matches_of(catalogue, link).said)}"
        yield f'{at[link.table]} -->|"{label}"| {at[link.to_table]}'


def _rows(catalogue: Catalogue) -> dict[str, list[str]]:
    found = [matches_of(catalogue, link) for link in catalogue.links]
    return {
        "From": [f"{link.table}.{link.field}" for link in catalogue.links],
        "To": [f"{link.to_table}.{link.to_field}" for link in catalogue.links],
        "With a match": [each.said for each in found],
        "Of rows that are filled": [count(each.filled) for each in found],
    }
