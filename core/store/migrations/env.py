"""Runs the migrations on the connection that it is handed, in its transaction."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from core.store.columns import UtcDateTime
from core.store.models import Workspace


def plain_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our types as SQLAlchemy's own, so that old migrations need none of our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Workspace.metadata,
    render_as_batch=True,
    render_item=plain_type,
)
context.run_migrations()
