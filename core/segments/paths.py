"""Ways over the links of a catalogue: the one shortest, or a sentence that says why there is none.

A way is a tuple of legs. Two links between the same tables are two ways.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.data.catalogue import Catalogue
from core.segments.naming import gone_sentence, quoted, spaced
from core.segments.suggest import did_you_mean, shown
from core.segments.tree import FieldRef, Join, Leg

_WAYS_KEPT = 4


class NoPath(Exception):
    """No way, or several (`is_ambiguous`); the message is the problem without its place.

    `step` is the position in `through` of the element at fault, None where it is another name;
    `told` is the problem as a page says it.
    """

    def __init__(
        self, problem: str, told: str, step: int | None = None, *, is_ambiguous: bool = False
    ) -> None:
        super().__init__(problem)
        self.told = told
        self.step = step
        self.is_ambiguous = is_ambiguous


@dataclass(frozen=True, slots=True)
class Target:
    """A table, by `TABLE` or by `TABLE:NAME` with the name of the last link."""

    table: str
    link_name: str | None


class Paths:
    """The ways over one catalogue's links."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._out: dict[str, list[tuple[Leg, str]]] = {t.name: [] for t in catalogue.tables}
        for position, link in enumerate(catalogue.links):
            self._out[link.table].append((Leg(position, True), link.to_table))
            self._out[link.to_table].append((Leg(position, False), link.table))

    def target(self, name: str) -> Target:
        """Return what `TABLE` or `TABLE:NAME` stands for.

        Raises: NoPath for a table or a link name that is not there.
        """
        if name in self.catalogue.by_name:
            return Target(name, None)
        splits = [split for split in _splits(name, ":") if split[0] in self.catalogue.by_name]
        for table, link_name in splits:
            if link_name in self._link_names(table):
                return Target(table, link_name)
        for table, link_name in splits:
            names = self._link_names(table)
            raise NoPath(
                f"No link of {table} is named {shown(link_name)}. {did_you_mean(link_name, names)}",
                f"{quoted(table)} is not linked by {quoted(link_name)}: choose anew what is meant.",
            )
        raise NoPath(
            f"No table {shown(name)}. {did_you_mean(name, self.catalogue.by_name)}",
            gone_sentence(f"no table {quoted(name)} in the data", name, self.catalogue.by_name),
        )

    def join(self, origin: str, name: str, through: tuple[str, ...] = ()) -> Join:
        """Return the way from `origin` over each of `through` to `name`.

        Raises: NoPath, with `step` where an element of `through` is at fault.
        """
        target = self.target(name)
        if target.table == origin:
            raise _to_itself(origin)
        legs: list[Leg] = []
        here = origin
        for step, element in enumerate(through):
            try:
                stop = self.target(element)
                legs += self._one_way(here, stop, element)
            except NoPath as fault:
                raise NoPath(
                    str(fault), fault.told, step, is_ambiguous=fault.is_ambiguous
                ) from fault
            here = stop.table
        legs += self._one_way(here, target, name)
        return Join(name, origin, target.table, tuple(legs), through)

    def field(self, origin: str, name: str) -> FieldRef:
        """Return the field that `name` means on a row of `origin`.

        Raises: NoPath for an unknown field, and for a table with no way or several.
        """
        own = self.catalogue.by_name[origin].by_name
        if name in own:
            return FieldRef(name, (), origin, own[name])
        candidates = [split for split in _splits(name, ".") if self._is_target(split[0])]
        if not candidates:
            raise _no_field(name, origin, own)
        problem: NoPath | None = None
        for table_name, field_name in candidates:
            try:
                return self._field_there(origin, name, table_name, field_name)
            except NoPath as fault:
                problem = problem or fault
        assert problem is not None  # noqa: S101 - there was a candidate
        raise problem

    def _field_there(self, origin: str, name: str, table_name: str, field_name: str) -> FieldRef:
        target = self.target(table_name)
        fields = self.catalogue.by_name[target.table].by_name
        if field_name not in fields:
            raise _no_field(field_name, target.table, fields)
        way = self._to_one_way(origin, target)
        return FieldRef(name, way, target.table, fields[field_name])

    def time(self, table_name: str) -> FieldRef | None:
        """Return the field that says when a row of the table happened, or None.

        Raises: NoPath where two are equally near.
        """
        found = list(self._nearest_times(table_name))
        if len(found) > 1:
            names = " and ".join(self.describe(table_name, ref.legs) for ref in found[:2])
            raise NoPath(
                f"{table_name} has no time of its own, and two are equally near: {names}.",
                f"It is not clear which time {quoted(table_name)} have: {spaced(names)} are "
                "equally near. Whoever brings the data chooses one on the Data page.",
            )
        return found[0] if found else None

    def tables_on(self, origin: str, legs: tuple[Leg, ...]) -> tuple[str, ...]:
        """Return the table after each leg."""
        links = self.catalogue.links
        return tuple(links[g.link].to_table if g.forward else links[g.link].table for g in legs)

    def describe(self, origin: str, legs: tuple[Leg, ...]) -> str:
        """Return a way in words: `contacts → invoices (payer) → notes`."""
        parts = [origin]
        for leg, table in zip(legs, self.tables_on(origin, legs), strict=True):
            name = self.catalogue.links[leg.link].name
            parts.append(f"{table} ({name})" if name else table)
        return " → ".join(parts)

    def _one_way(self, here: str, target: Target, name: str) -> tuple[Leg, ...]:
        if here == target.table:
            raise _to_itself(here)
        ways = self._shortest(here, target, forward_only=False)
        if not ways:
            raise NoPath(
                f"No path of links leads from {here} to {name}.",
                f"The data does not link {quoted(here)} with {quoted(name)}.",
            )
        if len(ways) > 1:
            listed = "; ".join(self.describe(here, way) for way in ways[:3])
            raise NoPath(
                f"Several equally short paths lead from {here} to {name}: {listed}. "
                "Name the link, or the tables that the way goes through.",
                f"{quoted(here)} and {quoted(name)} are linked in several ways: "
                f"{spaced(listed)}. Choose the one that is meant.",
                is_ambiguous=True,
            )
        return ways[0]

    def _to_one_way(self, origin: str, target: Target) -> tuple[Leg, ...]:
        if target.table == origin:
            raise NoPath(
                f"{origin} does not reach itself: name the field without a table.",
                "This field is not found that way any more: choose it anew.",
            )
        ways = self._shortest(origin, target, forward_only=True)
        if not ways:
            raise NoPath(
                f"A row of {origin} does not have one row of {target.table}: "
                f"use a condition on the table {target.table} instead.",
                f"There can be several {quoted(target.table)} here, so no single value of theirs: "
                "choose how many of them, or which, instead.",
            )
        if len(ways) > 1:
            listed = "; ".join(self.describe(origin, way) for way in ways[:3])
            raise NoPath(
                f"Several equally short paths lead from {origin} to {target.table}: {listed}. "
                "Name the link that is meant.",
                f"{quoted(origin)} and {quoted(target.table)} are linked in several ways: "
                f"{spaced(listed)}. Choose the one that is meant.",
                is_ambiguous=True,
            )
        return ways[0]

    def _shortest(self, here: str, target: Target, forward_only: bool) -> list[tuple[Leg, ...]]:
        """Return up to four of the equally short ways, none where the tables do not meet."""
        level: dict[str, list[tuple[Leg, ...]]] = {here: [()]}
        seen = {here}
        while level:
            arrived = [way for ways in self._arrivals(level, target, forward_only) for way in ways]
            if arrived:
                return arrived[:_WAYS_KEPT]
            level = self._next_level(level, seen | {target.table}, forward_only)
            seen |= set(level)
        return []

    def _arrivals(
        self, level: dict[str, list[tuple[Leg, ...]]], target: Target, forward_only: bool
    ) -> Iterator[list[tuple[Leg, ...]]]:
        for table, ways in level.items():
            for leg, other in self._out[table]:
                named = self.catalogue.links[leg.link].name
                if other != target.table or (forward_only and not leg.forward):
                    continue
                if target.link_name is None or named == target.link_name:
                    yield [(*way, leg) for way in ways]

    def _next_level(
        self, level: dict[str, list[tuple[Leg, ...]]], seen: set[str], forward_only: bool
    ) -> dict[str, list[tuple[Leg, ...]]]:
        reached: dict[str, list[tuple[Leg, ...]]] = {}
        for table, ways in level.items():
            for leg, other in self._out[table]:
                if other not in seen and (leg.forward or not forward_only):
                    kept = reached.setdefault(other, [])
                    kept += [(*way, leg) for way in ways][: _WAYS_KEPT - len(kept)]
        return reached

    def _nearest_times(self, table_name: str) -> Iterator[FieldRef]:
        own = self.catalogue.by_name[table_name]
        if own.time is not None:
            yield FieldRef(own.time, (), table_name, own.by_name[own.time])
            return
        level: dict[str, list[tuple[Leg, ...]]] = {table_name: [()]}
        seen = {table_name, self.catalogue.people}
        while level:
            level = self._next_level(level, seen, forward_only=True)
            seen |= set(level)
            timed = [name for name in level if self.catalogue.by_name[name].time]
            for name in timed:
                table = self.catalogue.by_name[name]
                field = table.by_name[table.time or ""]
                for way in level[name]:
                    yield FieldRef(f"{name}.{field.name}", way, name, field)
            if timed:
                return

    def _is_target(self, name: str) -> bool:
        heads = (table for table, _ in _splits(name, ":"))
        return name in self.catalogue.by_name or any(h in self.catalogue.by_name for h in heads)

    def _link_names(self, table: str) -> set[str]:
        links = self.catalogue.links
        return {link.name for link in links if link.name and table in (link.table, link.to_table)}


def _to_itself(table: str) -> NoPath:
    return NoPath(
        f"{table!r} is not related to itself.",
        f"{quoted(table)} are looked at already: choose something else.",
    )


def _no_field(name: str, table: str, known: Iterable[str]) -> NoPath:
    return NoPath(
        f"No field {shown(name)} in {table}. {did_you_mean(name, known)}",
        gone_sentence(f"no field {quoted(name)} in {quoted(table)}", name, known),
    )


def _splits(name: str, sign: str) -> list[tuple[str, str]]:
    """Return the two sides of every place where the sign stands."""
    places = [position for position, character in enumerate(name) if character == sign]
    return [(name[:place], name[place + 1 :]) for place in places]
