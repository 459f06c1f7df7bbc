"""Thresholds that an administrator has changed."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, money
from losses import refuse_loss

revision = "0036_thresholds"
down_revision = "0035_notifications"
branch_labels = None
depends_on = None

TABLE = "threshold"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("value", money(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("changed_at", moment(), nullable=False),
        *constraints(TABLE, [("value_positive", "value >= 0")]),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    refuse_loss(revision, {TABLE: ""})
    op.drop_table(TABLE)
