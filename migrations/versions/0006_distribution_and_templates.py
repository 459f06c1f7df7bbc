"""Recorded budget distributions, and structure templates as data."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, one_of, text_column
from losses import refuse_loss

revision = "0006_distribution_and_templates"
down_revision = "0005_expenditures"
branch_labels = None
depends_on = None

METHOD = one_of("method", "equal", "weighted", "manual", "proportional", "template")
KIND = one_of("kind", "outline", "milestones")


def upgrade() -> None:
    op.create_table(
        "distribution_batch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ppa_id", sa.Integer(), sa.ForeignKey("ppa.id"), nullable=False, index=True),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("applied_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("applied_at", moment(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("undone_at", moment()),
        *constraints("distribution_batch", [METHOD]),
    )
    op.create_table(
        "structure_template",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("title", sa.String(255), nullable=False),
        text_column("description"),
        sa.Column("kind", sa.String(32), nullable=False),
        text_column("outline"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("updated_at", moment(), nullable=False),
        *constraints("structure_template", [KIND]),
    )


def downgrade() -> None:
    refuse_loss(revision, {"distribution_batch": "", "structure_template": ""})
    op.drop_table("structure_template")
    op.drop_table("distribution_batch")
