"""How well tables belong together: rows that find theirs over a link, tables without any."""

from dataclasses import dataclass

from core.data.catalogue import Catalogue, Link
from core.data.manifest import Manifest
from core.ui.words import count, share

_GOOD_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Matches:
    """Of the rows where a link's column is `filled`, so many are `matched` with a row."""

    matched: int
    filled: int

    @property
    def are_enough(self) -> bool:
        return self.filled > 0 and self.matched >= _GOOD_SHARE * self.filled

    @property
    def said(self) -> str:
        """The share that finds its row."""
        return share(self.matched, self.filled)

    @property
    def sentence(self) -> str:
        if not self.filled:
            return "the column is blank in every row"
        return f"{self.said} of {count(self.filled)} filled rows find their row"


def matches_of(catalogue: Catalogue, link: Link) -> Matches:
    """Return how well a link of the loaded data holds."""
    return Matches(link.matched, catalogue.filled_rows(link))


def unlinked_tables(data: Catalogue | Manifest) -> list[str]:
    """Return the tables that no link joins to another, the people aside."""
    joined = {name for link in data.links for name in (link.table, link.to_table)}
    return [t.name for t in data.tables if t.name not in joined and t.name != data.people]
