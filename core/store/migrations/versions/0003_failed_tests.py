"""What a failed test of a destination said, so that it is told until one passes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("destinations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("test_failed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("test_failure", sa.String(), nullable=True))
