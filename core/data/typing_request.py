"""What is asked of a staged table's columns: their types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from core.data.catalogue import FieldType
from core.data.manifest import CsvOptions
from core.data.sources._base import Staged


@dataclass(frozen=True, slots=True)
class TypingRequest:
    """A staged table, what the manifest says of it, and how a row of it is called.

    An undeclared column of dates that can be read both ways stays text and is told to `on_doubt`
    where there is one; how a column is read other than `csv` says, to `on_remark`. `finds_words`
    makes undeclared columns of yes and no boolean by their words; a load leaves that to the
    declared type, or a later file that says no throughout had another.
    """

    connection: duckdb.DuckDBPyConnection
    staged: Staged
    types: Mapping[str, FieldType]
    as_text: frozenset[str]
    csv: CsvOptions
    zone: str
    place: Callable[[int], str]
    on_doubt: Callable[[str, str], None] | None = None
    on_remark: Callable[[str, str], None] | None = None
    finds_words: bool = False
