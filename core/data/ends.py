"""Which columns name rows, which point to them, and which of the tables is the people's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.data.instance import quote_name
from core.data.keys import ID_ENDING, Keys, is_called_key
from core.data.manifest import LinkSource
from core.data.report import Remark
from core.data.staging import StagedTable, Staging

_LEAST_MATCH_PERCENT = 50
_PEOPLE = (
    "customer", "client", "contact", "person", "people", "user", "member", "household",
    "subscriber", "buyer", "kunde", "profile",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkMatch:
    """How well a proposed link holds: filled rows, and those with a match."""

    link: LinkSource
    filled: int
    matched: int

    @property
    def percent(self) -> float:
        return 100 * self.matched / self.filled if self.filled else 0.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose already: the table of people, and keys by table, None for no key."""

    people: str | None = None
    keys: Mapping[str, str | None] = field(default_factory=dict)


class Ends:
    """Finds the keys of the tables, the people among them, and the links from one to another.

    A column that names each row of its table once is its key. One that nearly does is where other
    tables point to it, or where there are no people otherwise.
    """

    def __init__(self, staging: Staging, tables: Mapping[str, StagedTable], chosen: Chosen) -> None:
        self._staging, self._tables = staging, tables
        self._known: dict[LinkSource, LinkMatch] = {}
        self._finder = Keys(staging.connection)
        fitting = {
            name: key
            for name, key in chosen.keys.items()
            if name in tables and (key is None or key in tables[name].by_name)
        }
        found = {name: self._finder.find(table) for name, table in tables.items()}
        self.keys = {**found, **fitting}
        self._targets = {
            name: self.keys[name] or self._finder.find(table, blanks=True)
            for name, table in tables.items()
        }
        self.matches = self._find_links()
        nearly = self._nearly(fitting)
        self._take_pointed(nearly)
        self.people = self._find_people(nearly, chosen.people)

    def repeats(self) -> Iterator[Remark]:
        """Yield what repeats in keys."""
        for name, key in self.keys.items():
            if key is not None:
                yield from self._finder.repeats(self._tables[name], key)

    def _nearly(self, chosen: Mapping[str, str | None]) -> dict[str, str]:
        """Return the columns that nearly are keys, of tables without one, people first."""
        named = sorted(self._tables, key=lambda name: not _is_called_people(name))
        nearly = {
            name: self._finder.find_nearly(self._tables[name])
            for name in named
            if name not in chosen and self._targets[name] is None
        }
        return {name: key for name, key in nearly.items() if key is not None}

    def _take_pointed(self, nearly: Mapping[str, str]) -> None:
        for name, key in nearly.items():
            if not self._points(name, key) and self._is_pointed(name, key):
                self._take(name, key)

    def _take(self, name: str, key: str) -> None:
        self.keys[name] = self._targets[name] = key
        self.matches = self._find_links()

    def _points(self, name: str, column: str) -> bool:
        """Whether a column points to a table that is as likely the one of the people."""
        return any(
            (match.link.table, match.link.field) == (name, column)
            and not _is_rather_people(name, match.link.to_table)
            for match in self.matches
        )

    def _is_pointed(self, name: str, key: str) -> bool:
        """Whether a column of another table, which is not its key, points to this one."""
        return any(
            self._match(LinkSource(other, column.name, name, key)).percent >= _LEAST_MATCH_PERCENT
            for other, table in self._tables.items()
            for column in table.columns
            if other != name
            and _may_point(column.name, name, key)
            and (column.name != self._targets[other] or _is_rather_people(name, other))
        )

    def _find_people(self, nearly: Mapping[str, str], chosen: str | None) -> str:
        """Return the table that is called like people, has a key and is pointed to most."""
        possible = {
            name: key
            for name, key in nearly.items()
            if self.keys[name] is None
            and (name == chosen or (is_called_key(key) and not self._points(name, key)))
        }

        def score(name: str) -> tuple[bool, bool, int, bool]:
            has_key = self.keys[name] is not None
            pointed = sum(1 for match in self.matches if match.link.to_table == name)
            return has_key or name in possible, _is_called_people(name), pointed, has_key

        people = chosen if chosen in self._tables and chosen else max(self._tables, key=score)
        if people in possible:
            self._take(people, possible[people])
        return people

    def _find_links(self) -> tuple[LinkMatch, ...]:
        links = (self._match(link) for link in self._possible_links())
        return tuple(match for match in links if match.percent >= _LEAST_MATCH_PERCENT)

    def _possible_links(self) -> Iterator[LinkSource]:
        keys = self._targets
        for name, table in self._tables.items():
            for column in table.columns:
                for other, key in keys.items():
                    if other == name or key is None or not _may_point(column.name, other, key):
                        continue
                    if column.name == keys[name] and name < other and key == column.name:
                        continue  # one to one: a link in one direction is enough
                    yield LinkSource(name, column.name, other, key)

    def _match(self, link: LinkSource) -> LinkMatch:
        if link not in self._known:
            self._known[link] = self._counted(link)
        return self._known[link]

    def _counted(self, link: LinkSource) -> LinkMatch:
        one, other = self._tables[link.table], self._tables[link.to_table]
        column, key = one.column(link.field), other.column(link.to_field)
        once = "" if self._finder.is_unique(other, link.to_field) else "DISTINCT "
        row = self._staging.connection.execute(
            f"SELECT count(t.{column}), count(o.k)"  # noqa: S608
            f" FROM main.{quote_name(one.physical)} AS t LEFT JOIN"
            f" (SELECT {once}CAST({key} AS VARCHAR) AS k FROM main.{quote_name(other.physical)})"
            f" AS o ON CAST(t.{column} AS VARCHAR) = o.k"
        ).fetchone()
        filled, matched = row or (0, 0)
        return LinkMatch(link, int(filled), int(matched))


def _is_called_people(table: str) -> bool:
    return any(word in table.lower() for word in _PEOPLE)


def _is_rather_people(table: str, other: str) -> bool:
    return _is_called_people(table) and not _is_called_people(other)


def _may_point(column: str, table: str, key: str) -> bool:
    """Whether a column is called like a key of that table: `customer_id`, or like the table."""
    if column.lower() == key.lower():
        return ID_ENDING.sub("", key) != ""
    stem = ID_ENDING.sub("", column).lower()
    return len(stem) > 2 and stem != column.lower() and table.lower().startswith(stem)
