"""Lets a PPA be tracked by a work tree: its execution project and how the two are kept together.

Going back keeps what was set in `kept_ppa_tracking`, and going forward again restores it, so that
neither direction loses which project belongs to which PPA.
"""

import sqlalchemy as sa
from alembic import op

from ddl import add_checks, changing, drop_checks, flag, one_of

revision = "0002_ppa_tracking_fields"
down_revision = "0001_baseline"
branch_labels = None
depends_on = None

ADDED = [
    one_of("progress_weighting", "equal", "budget", "duration"),
    (
        "tracked_has_project",
        "NOT enable_workitem_tracking OR execution_project_id IS NOT NULL",
    ),
]
FIELDS = (
    "enable_workitem_tracking",
    "execution_project_id",
    "budget_distribution_policy",
    "auto_sync_progress",
    "auto_sync_status",
    "progress_weighting",
)
KEPT = "kept_ppa_tracking"


def upgrade() -> None:
    with changing("ppa") as ppa:
        ppa.add_column(flag("enable_workitem_tracking"))
        ppa.add_column(sa.Column("execution_project_id", sa.Integer()))
        ppa.add_column(
            sa.Column(
                "budget_distribution_policy",
                sa.String(64),
                nullable=False,
                server_default="activity",
            )
        )
        ppa.add_column(flag("auto_sync_progress", "1"))
        ppa.add_column(flag("auto_sync_status", "1"))
        ppa.add_column(
            sa.Column("progress_weighting", sa.String(32), nullable=False, server_default="equal")
        )
        ppa.create_foreign_key(
            op.f("fk_ppa_execution_project_id"), "work_item", ["execution_project_id"], ["id"]
        )
        add_checks(ppa, "ppa", ADDED)
    op.create_index("ix_ppa_execution_project_id", "ppa", ["execution_project_id"], unique=True)
    if sa.inspect(op.get_bind()).has_table(KEPT):
        _restore()
        op.drop_table(KEPT)


def _restore() -> None:
    """A project that was deleted meanwhile cannot come back, and neither can its tracking."""
    op.execute(
        f"DELETE FROM {KEPT} WHERE execution_project_id IS NOT NULL "
        "AND execution_project_id NOT IN (SELECT id FROM work_item)"
    )
    op.execute(
        f"UPDATE ppa SET ({', '.join(FIELDS)}) = (SELECT {', '.join(FIELDS)} FROM {KEPT} k "
        f"WHERE k.ppa_id = ppa.id) WHERE id IN (SELECT ppa_id FROM {KEPT})"
    )


def downgrade() -> None:
    op.execute(f"CREATE TABLE {KEPT} AS SELECT id AS ppa_id, {', '.join(FIELDS)} FROM ppa")
    op.drop_index("ix_ppa_execution_project_id", "ppa")
    with changing("ppa") as ppa:
        ppa.drop_constraint(op.f("fk_ppa_execution_project_id"), type_="foreignkey")
        drop_checks(ppa, "ppa", ADDED)
        for field in FIELDS:
            ppa.drop_column(field)
