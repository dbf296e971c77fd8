"""How well tables belong together: rows with a match over a link, tables without any."""

from dataclasses import dataclass

from core.data.catalogue import Catalogue, Link
from core.data.manifest import LinkSource, Manifest
from core.ui.words import count, number_of, share

_GOOD_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Matches:
    """Of the rows where the link's column is `filled`, so many are `matched` with a row."""

    link: Link | LinkSource
    matched: int
    filled: int

    @property
    def are_enough(self) -> bool:
        return self.filled > 0 and self.matched >= _GOOD_SHARE * self.filled

    @property
    def said(self) -> str:
        """The share that has a match."""
        return share(self.matched, self.filled)

    @property
    def sentence(self) -> str:
        rows = f"in {self.link.table} with a {self.link.field}"
        match = f"a match in {self.link.to_table}"
        if not self.filled:
            return "the column is blank in every row"
        if self.matched in (0, self.filled):
            every = "every" if self.matched else "no"
            return f"{every} row {rows} has {match} ({number_of(self.filled, 'row')})"
        lacking = self.filled - self.matched
        rest = f"{count(lacking)} {'has' if lacking == 1 else 'have'} none"
        return f"{self.said} of the {count(self.filled)} rows {rows} have {match}, {rest}"


def matches_of(catalogue: Catalogue, link: Link) -> Matches:
    """Return how well a link of the loaded data holds."""
    return Matches(link, link.matched, catalogue.filled_rows(link))


def unlinked_tables(data: Catalogue | Manifest) -> list[str]:
    """Return the tables that no link joins to another, the people aside."""
    joined = {name for link in data.links for name in (link.table, link.to_table)}
    return [t.name for t in data.tables if t.name not in joined and t.name != data.people]
