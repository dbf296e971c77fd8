"""A small world for runs: a store, a platform in memory, and people that a test names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from core.clock import Clock
from core.data.instance import Instance
from core.destinations._base import Destination
from core.settings import Settings
from core.store.activations import ActivationSettings, create_activation
from core.store.audiences import AudienceView, find_audience
from core.store.database import Store, open_store
from core.store.destinations import DestinationSettings, DestinationView, create_destination
from core.store.run_story import list_events
from core.store.runs import RunView, get_run
from core.store.secrets import SecretBox
from core.store.segments import create_segment, save_segment
from core.store.snapshots import add_snapshot
from core.sync.members import Membership
from core.sync.outcome import RunOutcome
from core.sync.run import Runner
from tests.sync.parquet import read_rows, write_members
from tests.sync.scripted import FakeClock, Platform, Scripted

AUDIENCE = "vip"


@dataclass
class ListedMembers:
    """Members as a test lists them: identifiers by people key."""

    ids: dict[str, str | None] = field(default_factory=dict)
    version: int = 1
    asked: list[datetime] = field(default_factory=list)
    error: Exception | None = None

    def set(self, ids: Sequence[str]) -> None:
        self.ids = {f"key-{id_}": id_ for id_ in ids}

    def write_members(
        self, segment: str, snapshot: str, now: datetime, fields: Sequence[str], out: Path
    ) -> Membership:
        self.asked.append(now)
        if self.error:
            raise self.error
        with duckdb.connect() as connection:
            write_members(connection, self.ids.items(), out)
        return Membership(len(self.ids), {segment: self.version})


class World:
    """Everything that a run needs; `again` gives a second runner, as another process has."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings, self.store, self.clock = settings, store, clock
        self.platform = Platform()
        self.members = ListedMembers()
        self.instance = Instance(settings, 0.05)
        self.runner = self.again()

    def again(self) -> Runner:
        return Runner(self.store, self.settings, self.instance, self.members, self.connect)

    def connect(self, saved: DestinationView) -> Destination:
        return Scripted(self.platform)

    def close(self) -> None:
        self.runner.close()
        self.instance.close()

    def run(self, ids: Sequence[str] | None = None, **options: object) -> RunOutcome:
        if ids is not None:
            self.members.set(ids)
        return self.runner.run_now("vip", "ana", **options)  # type: ignore[arg-type]

    def edit_segment(self) -> None:
        with self.store.write("ana") as session:
            version, tree = self.members.version, "{" + " " * self.members.version + "}"
            save_segment(session, "vip", name="VIP", tree=tree, resolved="{}", edited_from=version)
        self.members.version += 1

    def audience(self) -> AudienceView:
        with self.store.read() as session:
            found = find_audience(session, "scripted", AUDIENCE)
        assert found is not None
        return found

    def row(self, outcome: RunOutcome) -> RunView:
        assert outcome.run_id is not None
        with self.store.read() as session:
            return get_run(session, outcome.run_id)

    def story(self, outcome: RunOutcome) -> list[str]:
        assert outcome.run_id is not None
        with self.store.read() as session:
            return [event.kind for event in list_events(session, outcome.run_id)]

    def ledger(self) -> dict[str, bool]:
        """Return the ledger's ids and whether they are marked unknown."""
        file = self.audience().ledger_file
        if file is None:
            return {}
        with duckdb.connect() as connection:
            rows = read_rows(connection, self.settings.ledgers / file, "id, unknown")
        return {str(id_): bool(unknown) for id_, unknown in rows}


def furnish(store: Store, settings: Settings, **changes: object) -> None:
    """Save a segment, a destination and an activation that joins them."""
    given: Mapping[str, object] = {
        "segment_key": "vip",
        "destination_key": "crm",
        "audience_name": AUDIENCE,
        "display_name": "VIP",
        "external_id": "customer_id",
        "attributes": {},
        "schedule": '"manual"',
        "guards": "null",
        **changes,
    }
    account = DestinationSettings("CRM", "scripted", "{}", "scripted", {}, {})
    with store.write("ana") as session:
        add_snapshot(session, "s1", manifest="", manifest_path="dataset.toml", rows={"people": 1})
        create_segment(session, "vip", name="VIP", tree="{}", resolved="{}")
        create_destination(session, "crm", account, SecretBox(settings))
        create_activation(session, "vip", ActivationSettings(**given))  # type: ignore[arg-type]


def make_world(settings: Settings, **changes: object) -> World:
    clock = FakeClock()
    store = open_store(settings, clock)
    furnish(store, settings, **changes)
    return World(settings, store, clock)
