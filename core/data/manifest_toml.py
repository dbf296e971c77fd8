"""A manifest as the TOML text that `read_manifest` reads back equal."""

from collections.abc import Iterator, Mapping

from core.data.manifest import LinkSource, Manifest, TableSource


def render_manifest(manifest: Manifest, notes: Mapping[LinkSource, str] | None = None) -> str:
    """Return the manifest as TOML, each link with its note as a comment."""
    lines = [
        f"time_zone = {_text(manifest.zone)}",
        f"people = {_text(manifest.people)}",
        *(line for table in manifest.tables for line in _table_lines(table)),
        *(line for link in manifest.links for line in _link_lines(link, (notes or {}).get(link))),
    ]
    return "\n".join(lines) + "\n"


def _table_lines(table: TableSource) -> Iterator[str]:
    place = f"tables.{_key(table.name)}"
    yield ""
    yield f"[{place}]"
    for key, value in (
        ("file", table.file),
        ("query", table.query),
        ("sheet", table.sheet),
        ("key", table.key),
        ("time", table.time),
    ):
        if value is not None:
            yield f"{key} = {_text(value)}"
    yield from _csv_lines(table)
    types = {column: str(kind) for column, kind in table.types.items()}
    for name, mapping in (("types", types), ("labels", table.labels)):
        if mapping:
            yield f"[{place}.{name}]"
            yield from (f"{_key(column)} = {_text(value)}" for column, value in mapping.items())


def _csv_lines(table: TableSource) -> Iterator[str]:
    csv = table.csv
    said = {
        "delimiter": csv.delimiter,
        "encoding": csv.encoding,
        "decimal": csv.decimal,
        "dates": csv.dates,
        "quote": csv.quote,
    }
    written = ", ".join(f"{key} = {_text(value)}" for key, value in said.items() if value)
    if written:
        yield f"csv = {{ {written} }}"


def _link_lines(link: LinkSource, note: str | None) -> Iterator[str]:
    yield ""
    if note:
        yield f"# {note}"
    yield "[[links]]"
    yield f"from = {_text(f'{link.table}.{link.field}')}"
    yield f"to = {_text(f'{link.to_table}.{link.to_field}')}"
    if link.name is not None:
        yield f"name = {_text(link.name)}"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _text(name)


def _text(value: str) -> str:
    """Return a basic TOML string.

    >>> print(_text('a "b"'))
    "a \\"b\\""
    """
    letters = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    written = "".join(
        letters.get(letter) or (f"\\u{ord(letter):04X}" if _is_control(letter) else letter)
        for letter in value
    )
    return f'"{written}"'


def _is_control(letter: str) -> bool:
    return letter < " " or letter == "\x7f"
