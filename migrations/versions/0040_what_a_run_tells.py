"""A run keeps its last lines, who ran it and who asked for it, and how many records failed."""

import sqlalchemy as sa
from alembic import op

from ddl import changing, moment, text_column
from losses import refuse_loss

revision = "0040_what_a_run_tells"
down_revision = "0039_reserved_names"
branch_labels = None
depends_on = None

TABLE, INDEX = "job_run", "ix_job_run_job_started_at"
TEXTS = {"log": None, "worker": 120, "reference": 16, "asked_by": 150}


def upgrade() -> None:
    with changing(TABLE) as batch:
        batch.add_column(sa.Column("error_count", sa.Integer(), nullable=False, server_default="0"))
        for name, length in TEXTS.items():
            batch.add_column(text_column(name, length))
        batch.add_column(sa.Column("asked_at", moment()))
    op.create_index(INDEX, TABLE, ["job", "started_at"])


def downgrade() -> None:
    told = " OR ".join(f"{name} <> ''" for name in TEXTS)
    refuse_loss(revision, {TABLE: f"error_count > 0 OR asked_at IS NOT NULL OR {told}"})
    op.drop_index(INDEX, TABLE)
    with changing(TABLE) as batch:
        for name in ("error_count", *TEXTS, "asked_at"):
            batch.drop_column(name)
