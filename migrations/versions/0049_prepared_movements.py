"""Augmentations that MFBM prepares and the executive decides."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, text_column
from losses import refuse_loss

revision = "0049_prepared_movements"
down_revision = "0048_cut_entries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    users = "user_account.id"
    op.create_table(
        "prepared_movement",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("ground", sa.String(255), nullable=False),
        text_column("remarks"),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), sa.ForeignKey(users)),
        sa.Column("prepared_at", moment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey(users)),
        sa.Column("decided_at", moment(), index=True),
        text_column("drop_reason"),
        sa.Column("movement_id", sa.Integer(), sa.ForeignKey("fund_movement.id")),
        *constraints(
            "prepared_movement",
            [
                ("has_ground", "ground <> ''"),
                (
                    "decided_one_way",
                    "decided_at IS NULL OR movement_id IS NOT NULL OR drop_reason <> ''",
                ),
            ],
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    refuse_loss(revision, {"prepared_movement": ""})
    op.drop_table("prepared_movement")
