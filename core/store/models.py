"""The tables of the store; nothing outside this package sees one.

Documents that another part owns (a segment's tree, a schedule, guards …) are kept as the JSON
text they were given in, so that no number and no order of keys is changed on the way.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from core.store.columns import Json, Table, UtcDateTime
from core.store.run_states import LIVE

LIVE_RUN = text(f"state IN ({', '.join(repr(str(state)) for state in sorted(LIVE))})")


def _only_where(name: str, column: str, condition: Any) -> Index:
    return Index(name, column, unique=True, sqlite_where=condition, postgresql_where=condition)


class Workspace(Table, table=True):
    __tablename__ = "workspace"
    id: int = Field(default=1, primary_key=True)
    name: str
    people_word: str
    everything_paused: bool = False
    paused_by: str | None = None
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    current_snapshot_id: str | None = Field(default=None, foreign_key="snapshots.id")
    zone: str
    manifest_path: str | None = None
    load_schedule: str | None = Field(default=None, sa_type=Text)
    load_schedule_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_load_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_load_known: bool = False


class Activity(Table, table=True):
    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_kind_key", "kind", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str
    action: str
    kind: str
    key: str
    detail: dict[str, Any] = Field(sa_type=Json)


class Snapshot(Table, table=True):
    __tablename__ = "snapshots"
    id: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    manifest: str = Field(sa_type=Text)
    manifest_path: str
    rows: dict[str, int] = Field(sa_type=Json)
    file_deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Segment(Table, table=True):
    __tablename__ = "segments"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    version: int
    tree: str = Field(sa_type=Text)
    resolved: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_reason: str | None = None


class SegmentVersion(Table, table=True):
    __tablename__ = "segment_versions"
    segment_id: int = Field(primary_key=True, foreign_key="segments.id")
    version: int = Field(primary_key=True)
    name: str
    tree: str = Field(sa_type=Text)
    resolved: str = Field(sa_type=Text)
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


class Draft(Table, table=True):
    __tablename__ = "drafts"
    id: str = Field(primary_key=True)
    kind: str
    item_key: str | None = None
    edited_from: int
    name: str
    kept: str = Field(sa_type=Text)
    actor: str
    updated_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Destination(Table, table=True):
    __tablename__ = "destinations"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    platform: str
    config: str = Field(sa_type=Text)
    secrets: dict[str, str] = Field(sa_type=Json)
    secret_sources: dict[str, str] = Field(sa_type=Json)
    account: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_reason: str | None = None
    tested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    test_failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    test_failure: str | None = None
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Audience(Table, table=True):
    __tablename__ = "audiences"
    __table_args__ = (UniqueConstraint("account", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    account: str
    name: str
    display_name: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    intent: str | None = None
    intent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ours: bool = False
    adopted: str | None = None
    ledger_file: str | None = None
    ledger_rows: int = Field(default=0, sa_type=BigInteger)
    ledger_unknown: int = Field(default=0, sa_type=BigInteger)
    ledger_run_id: int | None = None
    last_token: str | None = None
    last_write_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    platform_count: int | None = Field(default=None, sa_type=BigInteger)
    platform_count_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Activation(Table, table=True):
    __tablename__ = "activations"
    __table_args__ = (
        _only_where("uq_activations_live_audience", "audience_id", text("archived_at IS NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    segment_id: int = Field(foreign_key="segments.id", index=True)
    destination_id: int = Field(foreign_key="destinations.id", index=True)
    audience_id: int = Field(foreign_key="audiences.id")
    display_name: str
    external_id: str
    attributes: dict[str, str] = Field(sa_type=Json)
    schedule: str = Field(sa_type=Text)
    guards: str = Field(sa_type=Text)
    exclusions: str = Field(sa_type=Text)
    control_percent: float | None = None
    control_salt: str
    mapping_version: int = 1
    full_resync: bool = False
    started_at: datetime = Field(sa_type=UtcDateTime)
    next_run_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    next_run_known: bool = Field(default=False, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_reason: str | None = None
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Run(Table, table=True):
    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("activation_id", "slot_at"),
        _only_where("uq_runs_live_activation", "activation_id", LIVE_RUN),
        _only_where("uq_runs_live_audience", "audience_id", LIVE_RUN),
        _only_where("uq_runs_queued", "activation_id", text("state = 'queued'")),
        _only_where("uq_runs_held", "activation_id", text("state = 'held'")),
        Index("ix_runs_activation_id_id", "activation_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    activation_id: int = Field(foreign_key="activations.id")
    audience_id: int = Field(foreign_key="audiences.id", index=True)
    state: str = Field(index=True)
    trigger: str
    priority: int = 0
    slot_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    merged_slots: int = 0
    now: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    process_id: str | None = None
    token: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    step_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    takeovers: int = 0
    snapshot_id: str | None = Field(default=None, foreign_key="snapshots.id")
    segment_versions: dict[str, int] | None = Field(default=None, sa_type=Json)
    mapping_digest: str | None = None
    full_resync: bool = False
    planned_ledger: str | None = None
    plan_id: str | None = Field(default=None, unique=True)
    plan_file: str | None = None
    plan_made_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counts: dict[str, int] = Field(sa_type=Json)
    cursor: int = Field(default=0, sa_type=BigInteger)
    calls: int = 0
    attempts: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hold_reasons: list[str] | None = Field(default=None, sa_type=Json)
    decision: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replaced_by: int | None = Field(default=None, foreign_key="runs.id")
    healed: bool = False
    cancel_asked_by: str | None = None
    cancel_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error_kind: str | None = None
    error: str | None = Field(default=None, sa_type=Text)
    sent_adds: int = Field(default=0, sa_type=BigInteger)
    sent_removes: int = Field(default=0, sa_type=BigInteger)
    refused: int = Field(default=0, sa_type=BigInteger)
    last_token: str | None = None
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    platform_count: int | None = Field(default=None, sa_type=BigInteger)


class RunEvent(Table, table=True):
    __tablename__ = "run_events"
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="runs.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    kind: str
    detail: dict[str, Any] = Field(sa_type=Json)


class PlanGap(Table, table=True):
    """Rows of a plan that were passed over: refused for good, or never answered."""

    __tablename__ = "plan_gaps"
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="runs.id", index=True)
    audience_id: int = Field(foreign_key="audiences.id")
    kind: str
    plan_file: str
    first_row: int = Field(sa_type=BigInteger)
    end_row: int = Field(sa_type=BigInteger)
    error: str | None = Field(default=None, sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
    booked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Load(Table, table=True):
    """One refresh of the data that was queued or is under way."""

    __tablename__ = "loads"
    __table_args__ = (_only_where("uq_loads_queued", "state", text("state = 'queued'")),)
    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(index=True)
    trigger: str
    actor: str
    slot_at: datetime | None = Field(default=None, sa_type=UtcDateTime, unique=True)
    merged_slots: int = 0
    manifest_path: str
    accept_fewer: bool = False
    queued_at: datetime = Field(sa_type=UtcDateTime)
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    process_id: str | None = None
    token: str | None = None
    takeovers: int = 0
    doing: str | None = None
    share: float = 0.0
    cancel_asked_by: str | None = None
    snapshot_id: str | None = Field(default=None, foreign_key="snapshots.id")
    error: str | None = Field(default=None, sa_type=Text)
    error_kind: str | None = None


class Process(Table, table=True):
    __tablename__ = "processes"
    id: str = Field(primary_key=True)
    host: str
    boot_id: str
    pid: int
    role: str
    lock_file: str
    started_at: datetime = Field(sa_type=UtcDateTime)
    beat_at: datetime = Field(sa_type=UtcDateTime)


class Rate(Table, table=True):
    """When the next call to an account may leave, in seconds of the clock that `boot_id` names."""

    __tablename__ = "rates"
    account: str = Field(primary_key=True)
    boot_id: str
    next_at: float
    interval_s: float
    turn: int = 0
    urgent_until: float | None = None


class RateUse(Table, table=True):
    """For how long of a stretch of time an account was busy with our calls."""

    __tablename__ = "rate_uses"
    account: str = Field(primary_key=True)
    since: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    busy_s: float
