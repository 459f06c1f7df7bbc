"""Answers of the API that are kept for requests that are repeated."""

import sqlalchemy as sa
from alembic import op

from ddl import moment, text_column
from losses import refuse_loss

revision = "0045_kept_answers"
down_revision = "0044_parliament"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        text_column("location", 255),
        sa.Column("answered_at", moment(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_kept_answer_key", "kept_answer", ["user_id", "key"], unique=True)
    op.create_index("ix_kept_answer_answered_at", "kept_answer", ["answered_at"])


def downgrade() -> None:
    refuse_loss(revision, {"kept_answer": ""})
    op.drop_table("kept_answer")
