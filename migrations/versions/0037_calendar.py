"""Proclaimed days and proclaimed first days of Hijri months."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, flag, one_of
from losses import refuse_loss

revision = "0037_calendar"
down_revision = "0036_thresholds"
branch_labels = None
depends_on = None

DAYS, MONTHS = "proclaimed_day", "proclaimed_month"
KINDS = ("regular", "special_non_working", "special_working")
MONTH_CHECKS = [
    ("month_range", "hijri_month BETWEEN 1 AND 12"),
    ("year_range", "hijri_year BETWEEN 1343 AND 1500"),
]


def upgrade() -> None:
    op.create_table(
        DAYS,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        *_proclaimed(),
        sa.UniqueConstraint("day", "name"),
        *constraints(DAYS, [one_of("kind", *KINDS)]),
        sqlite_autoincrement=True,
    )
    op.create_table(
        MONTHS,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("hijri_year", sa.Integer(), nullable=False),
        sa.Column("hijri_month", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        *_proclaimed(),
        sa.UniqueConstraint("hijri_year", "hijri_month"),
        *constraints(MONTHS, MONTH_CHECKS),
        sqlite_autoincrement=True,
    )


def _proclaimed() -> list[sa.Column[object]]:
    return [
        sa.Column("proclamation", sa.String(120), nullable=False),
        flag("in_force", "1"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ]


def downgrade() -> None:
    refuse_loss(revision, {DAYS: "", MONTHS: ""})
    op.drop_table(MONTHS)
    op.drop_table(DAYS)
