"""The stand-in's audiences, their members and writes, in memory or in a SQLite file."""

import base64
import binascii
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.sandbox.bodies import Entry, NewAudience, Refusal, Write

_TABLES = """
CREATE TABLE IF NOT EXISTS audiences (
    number INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, name TEXT NOT NULL,
    type TEXT NOT NULL, display_name TEXT, known_at REAL NOT NULL, created REAL NOT NULL,
    updated REAL NOT NULL, UNIQUE (project, name));
CREATE TABLE IF NOT EXISTS members (
    audience INTEGER NOT NULL, id TEXT NOT NULL, attributes TEXT, PRIMARY KEY (audience, id)
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS writes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE,
    audience INTEGER NOT NULL, applied_at REAL NOT NULL, replaced INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS writes_of_audience ON writes (audience);
"""


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """An audience as view and list show it; instants in seconds since 1970."""

    number: int
    name: str
    display_name: str | None
    type: str
    created: float
    updated: float
    count: int


@dataclass(frozen=True, slots=True)
class AudiencePage:
    """One page of a list; `count` on the first page only, `next_from` where more follow."""

    audiences: tuple[AudienceRow, ...]
    count: int | None
    next_from: str | None


class AudienceState:
    """What the stand-in knows. A write is on disk when its token is returned.

    Members change at once; IN_PROGRESS is only what `view` says until the time has passed.
    """

    def __init__(self, path: Path | None, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        try:
            self._db.executescript(f"PRAGMA synchronous=FULL; {_TABLES}")
        except sqlite3.Error:
            self._db.close()
            raise

    def create(
        self, project: str, new: NewAudience, *, indexing_s: float, known_after_s: float
    ) -> str:
        """Create the audience, known to all but a second create after `known_after_s`."""
        now = self._now()
        with self._transaction():
            try:
                audience = self._db.execute(
                    "INSERT INTO audiences (project, name, type, display_name, known_at, created,"
                    " updated) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (project, new.name, new.type, new.display_name, now + known_after_s, now, now),
                ).lastrowid
            except sqlite3.IntegrityError:
                raise Refusal(400, f"the audience `{new.name}` exists already") from None
            return self._note_write(audience or 0, indexing_s)

    def update(self, project: str, write: Write, *, indexing_s: float) -> str:
        """Add and remove the ids; the last entry of an id wins."""
        with self._transaction():
            audience = self._find(project, write.name, missing=400)
            self._apply(audience, write.entries)
            return self._note_write(audience, indexing_s)

    def replace(self, project: str, write: Write, *, indexing_s: float) -> str:
        """Make the ids the only members; the audience's earlier writes read as replaced."""
        with self._transaction():
            audience = self._find(project, write.name, missing=400)
            self._db.execute("DELETE FROM members WHERE audience = ?", (audience,))
            self._db.execute("UPDATE writes SET replaced = 1 WHERE audience = ?", (audience,))
            self._apply(audience, write.entries)
            return self._note_write(audience, indexing_s)

    def remove(self, project: str, name: str) -> str:
        """Forget the audience; its name is free at once."""
        with self._transaction():
            audience = self._find(project, name, missing=400)
            for table, column in (
                ("members", "audience"),
                ("writes", "audience"),
                ("audiences", "number"),
            ):
                self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (audience,))  # noqa: S608
            return _new_token()

    def view(self, project: str, name: str, token: str | None) -> tuple[AudienceRow, str]:
        """Return the audience and the indexing state of the write, or of its last one."""
        audience = self._find(project, name, missing=404)
        found = self._db.execute(
            "SELECT applied_at, replaced FROM writes WHERE audience = ?"
            " AND token = coalesce(?, token) ORDER BY number DESC LIMIT 1",
            (audience, token),
        ).fetchone()
        if found is None:
            raise Refusal(404, "no write of this audience gave that indexing token")
        applied_at, replaced = found
        applied = "APPLIED" if applied_at <= self._now() else "IN_PROGRESS"
        return self._row(audience), "REPLACED" if replaced else applied

    def list_page(self, project: str, start: str | None, limit: int) -> AudiencePage:
        """Return a page of the project's audiences, the oldest first."""
        known = "project = ? AND known_at <= ?"
        after = 0 if start is None else _read_start(start)
        numbers = self._db.execute(
            f"SELECT number FROM audiences WHERE {known} AND number > ? ORDER BY number LIMIT ?",  # noqa: S608
            (project, self._now(), after, limit + 1),
        ).fetchall()
        shown = [number for (number,) in numbers[:limit]]
        (count,) = self._db.execute(
            f"SELECT count(*) FROM audiences WHERE {known}",  # noqa: S608
            (project, self._now()),
        ).fetchone()
        return AudiencePage(
            audiences=tuple(self._row(number) for number in shown),
            count=count if start is None else None,
            next_from=_write_start(shown[-1]) if len(numbers) > limit else None,
        )

    def members(self, project: str, name: str) -> list[tuple[str, str | None]]:
        """Return ids with their attributes as JSON, in code point order."""
        audience = self._find(project, name, missing=404)
        return self._db.execute(
            "SELECT id, attributes FROM members WHERE audience = ? ORDER BY id", (audience,)
        ).fetchall()

    def clear(self) -> None:
        """Forget every audience."""
        with self._transaction():
            for table in ("members", "writes", "audiences"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608

    def close(self) -> None:
        self._db.close()

    def _find(self, project: str, name: str, *, missing: int) -> int:
        found = self._db.execute(
            "SELECT number FROM audiences WHERE project = ? AND name = ? AND known_at <= ?",
            (project, name, self._now()),
        ).fetchone()
        if found is None:
            raise Refusal(missing, f"no audience `{name}`")
        return int(found[0])

    def _apply(self, audience: int, entries: tuple[Entry, ...]) -> None:
        last = {entry.id: entry for entry in entries}
        self._db.executemany(
            "DELETE FROM members WHERE audience = ? AND id = ?",
            [(audience, entry.id) for entry in last.values() if not entry.adds],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO members (audience, id, attributes) VALUES (?, ?, ?)",
            [(audience, entry.id, entry.attributes) for entry in last.values() if entry.adds],
        )

    def _note_write(self, audience: int, indexing_s: float) -> str:
        token, now = _new_token(), self._now()
        self._db.execute(
            "INSERT INTO writes (token, audience, applied_at) VALUES (?, ?, ?)",
            (token, audience, now + indexing_s),
        )
        self._db.execute("UPDATE audiences SET updated = ? WHERE number = ?", (now, audience))
        return token

    def _row(self, audience: int) -> AudienceRow:
        row = self._db.execute(
            "SELECT number, name, display_name, type, created, updated,"
            " (SELECT count(*) FROM members WHERE audience = number)"
            " FROM audiences WHERE number = ?",
            (audience,),
        ).fetchone()
        return AudienceRow(*row)

    def _transaction(self) -> sqlite3.Connection:
        self._db.execute("BEGIN IMMEDIATE")
        return self._db


def _new_token() -> str:
    return f"standin{secrets.token_hex(16)}"


def _write_start(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode()


def _read_start(start: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(start))
    except (binascii.Error, ValueError):
        raise Refusal(400, "`from` is no `next_from` of an earlier page") from None
