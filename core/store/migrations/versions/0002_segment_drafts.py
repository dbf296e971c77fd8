"""Drafts of segments, so that what is edited survives a refresh of the page."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment_drafts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("segment_key", sa.String(), nullable=True),
        sa.Column("edited_from", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_drafts")),
    )
    with op.batch_alter_table("segment_drafts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_segment_drafts_updated_at"), ["updated_at"], unique=False
        )
