"""What became of every slot: when it was due, whether it was caught up, or why it was skipped."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from ddl import add_checks, changing, drop_checks, flag, moment, one_of
from losses import refuse_loss

revision = "0022_slots_with_verdicts"
down_revision = "0021_organization_version"
branch_labels = None
depends_on = None

BEFORE = one_of("state", "queued", "running", "succeeded", "failed")
AFTER = one_of("state", "queued", "running", "succeeded", "failed", "skipped")
RUN = sa.table("job_run", sa.column("id"), sa.column("slot"), sa.column("due_at", moment()))


TOLD = "state = 'skipped' OR slots > 1 OR caught_up OR reason IS NOT NULL"


def upgrade() -> None:
    with changing("job_run") as batch:
        drop_checks(batch, "job_run", [BEFORE])
        add_checks(batch, "job_run", [AFTER])
        batch.add_column(sa.Column("due_at", moment()))
        batch.add_column(sa.Column("slots", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(flag("caught_up"))
        batch.add_column(sa.Column("reason", sa.Text()))
        batch.create_index("ix_job_run_job_due_at", ["job", "due_at"])
    _fill_due_at()


def _fill_due_at() -> None:
    """From the slots' names; runs by hand were never due."""
    connection = op.get_bind()
    runs = connection.execute(sa.select(RUN.c.id, RUN.c.slot).where(~RUN.c.slot.like("manual-%")))
    due = [
        {"run": run.id, "due": datetime.strptime(run.slot, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)}
        for run in runs
    ]
    if due:
        filled = sa.update(RUN).values(due_at=sa.bindparam("due"))
        connection.execute(filled.where(RUN.c.id == sa.bindparam("run")), due)


def downgrade() -> None:
    refuse_loss(revision, {"job_run": TOLD})
    op.execute("DELETE FROM job_run WHERE state = 'skipped'")
    with changing("job_run") as batch:
        batch.drop_index("ix_job_run_job_due_at")
        for name in ("due_at", "slots", "caught_up", "reason"):
            batch.drop_column(name)
        drop_checks(batch, "job_run", [AFTER])
        add_checks(batch, "job_run", [BEFORE])
