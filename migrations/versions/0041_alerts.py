"""Alerts: what is overspent, ahead of its time or over-distributed."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, money, one_of, text_column
from losses import refuse_loss

revision = "0041_alerts"
down_revision = "0040_what_a_run_tells"
branch_labels = None
depends_on = None

TABLE = "alert"
KINDS = ("overspent", "ahead_of_time", "over_distributed")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("ppa_id", sa.Integer(), nullable=False, index=True),
        sa.Column("work_item_id", sa.Integer()),
        sa.Column("moa_id", sa.Integer(), sa.ForeignKey("organization.id"), index=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("threshold_then", money(), nullable=False),
        sa.Column("allocated_then", money()),
        sa.Column("used_then", money(), nullable=False),
        sa.Column("figure_then", money()),
        sa.Column("allocated_now", money()),
        sa.Column("used_now", money(), nullable=False),
        sa.Column("figure_now", money()),
        sa.Column("figures_at", moment(), nullable=False),
        sa.Column("opened_at", moment(), nullable=False),
        sa.Column("escalated_at", moment()),
        sa.Column("acknowledged_at", moment()),
        sa.Column("acknowledged_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        text_column("note"),
        sa.Column("resolved_at", moment()),
        text_column("why_resolved"),
        *constraints(TABLE, [one_of("kind", *KINDS), one_of("level", "high", "critical")]),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("resolved_at IS NULL")
    op.create_index(
        "uq_alert_open",
        TABLE,
        ["kind", "subject"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    refuse_loss(revision, {TABLE: ""})
    op.drop_table(TABLE)
