"""What every name of a segment stood for when it was saved, so that a new link changes nothing.

A resolution maps places to ways. It is kept beside the segment as JSON:
{"where.conditions[0].table": {"table": "orders", "way": [["orders", "customer_id", "customers",
"customer_id", null, false]], "field": null, "type": null}}; the last of each link says whether it
was walked from its `from` to its `to`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from core.data.catalogue import Link
from core.errors import SegmentInvalid
from core.segments.naming import TYPE_WORDS, quoted
from core.segments.paths import Paths
from core.segments.tree import FieldRef, Join, Leg

TIME = "@time"


@dataclass(frozen=True, slots=True)
class Way:
    """The links walked, with the direction of each, and what stands at their end."""

    links: tuple[tuple[Link, bool], ...]
    table: str
    field: str | None = None
    type: str | None = None


Resolution = Mapping[str, Way]


class Resolver:
    """Resolves names by a saved resolution where there is one, else by the shortest path.

    `made` collects what every place was resolved to.
    """

    def __init__(self, paths: Paths, saved: Resolution | None = None) -> None:
        self.paths = paths
        self.made: dict[str, Way] = {}
        self._saved = saved
        self._positions = {_identity(k): i for i, k in enumerate(paths.catalogue.links)}

    def field(self, place: str, origin: str, name: str) -> FieldRef:
        """Return the field that `name` means on a row of `origin`.

        Raises: NoPath; SegmentInvalid where what was saved is gone or has another type.
        """
        saved = self._saved.get(place) if self._saved is not None else None
        found = self._saved_field(place, name, saved) if saved else self.paths.field(origin, name)
        self._keep_field(place, found)
        return found

    def join(self, place: str, origin: str, name: str, through: tuple[str, ...]) -> Join:
        """Return the way from `origin` to the rows of `name`.

        Raises: NoPath; SegmentInvalid where a link that was saved is gone.
        """
        saved = self._saved.get(place) if self._saved is not None else None
        if saved:
            found = Join(name, origin, saved.table, self._saved_legs(place, saved), through)
        else:
            found = self.paths.join(origin, name, through)
        self.made[place] = Way(self._links(found.legs), found.table)
        return found

    def time(self, place: str, table: str) -> FieldRef | None:
        """Return the field that says when a row of `table` happened, None where there is none.

        Raises: NoPath; SegmentInvalid.
        """
        key = place + TIME
        saved = self._saved.get(key) if self._saved is not None else None
        if saved:
            given = f"{saved.table}.{saved.field}" if saved.links else saved.field or ""
            found: FieldRef | None = self._saved_field(place, given, saved)
        else:
            found = self.paths.time(table)
        if found is not None:
            self._keep_field(key, found)
        return found

    def _keep_field(self, key: str, found: FieldRef) -> None:
        legs = self._links(found.legs)
        self.made[key] = Way(legs, found.table, found.field.name, found.field.type)

    def _saved_field(self, place: str, name: str, saved: Way) -> FieldRef:
        legs = self._saved_legs(place, saved)
        table = self.paths.catalogue.by_name.get(saved.table)
        field = table.by_name.get(saved.field or "") if table else None
        if field is None:
            raise SegmentInvalid(
                place,
                f"The field {saved.field!r} of {saved.table} that this was saved with is gone. "
                "Choose another field, or load data that has it.",
                told=f"The field {quoted(saved.field or '')} of {quoted(saved.table)} that this "
                "was saved with is gone. Choose another field, or load data that has it.",
            )
        if field.type != saved.type:
            raise SegmentInvalid(
                place,
                f"The field {saved.field!r} of {saved.table} was a {saved.type} when this was "
                f"saved and is a {field.type} now. Save the segment again to accept it.",
                told=f"The field {quoted(field.label or field.name)} of {quoted(saved.table)} was "
                f"{TYPE_WORDS.get(saved.type or '', 'of another type')} when this was saved and "
                f"is {TYPE_WORDS[field.type]} now. Save the segment again to accept it.",
            )
        return FieldRef(name, legs, saved.table, field)

    def _saved_legs(self, place: str, saved: Way) -> tuple[Leg, ...]:
        legs = []
        for link, forward in saved.links:
            position = self._positions.get(_identity(link))
            if position is None:
                raise SegmentInvalid(
                    place,
                    f"The link {link.label} that this was saved with is gone. "
                    "Save the segment again to use the links there are now.",
                    told=f"{quoted(link.table)} and {quoted(link.to_table)} are not linked any "
                    "more as they were when this was saved. Save the segment again to use the "
                    "links there are now.",
                )
            legs.append(Leg(position, forward))
        return tuple(legs)

    def _links(self, legs: tuple[Leg, ...]) -> tuple[tuple[Link, bool], ...]:
        links = self.paths.catalogue.links
        return tuple((Link(*_identity(links[leg.link])), leg.forward) for leg in legs)


def resolution_to_json(made: Resolution) -> dict[str, object]:
    """Return the resolution as plain JSON values."""
    return {
        place: {
            "table": way.table,
            "way": [[*_identity(link), forward] for link, forward in way.links],
            "field": way.field,
            "type": way.type,
        }
        for place, way in made.items()
    }


def resolution_from_json(raw: Mapping[str, object]) -> dict[str, Way]:
    """Return the resolution that `resolution_to_json` wrote."""
    found: dict[str, Way] = {}
    for place, value in raw.items():
        way = cast("dict[str, object]", value)
        links = tuple(
            (Link(table, field, to_table, to_field, name), bool(forward))
            for table, field, to_table, to_field, name, forward in cast(
                "list[tuple[str, str, str, str, str | None, bool]]", way["way"]
            )
        )
        found[place] = Way(
            links,
            cast("str", way["table"]),
            cast("str | None", way["field"]),
            cast("str | None", way["type"]),
        )
    return found


def _identity(link: Link) -> tuple[str, str, str, str, str | None]:
    return (link.table, link.field, link.to_table, link.to_field, link.name)
