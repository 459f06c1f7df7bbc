"""Approval steps keep a digest of what was approved; approved PPAs are cancelled with a reason."""

from alembic import op

from ddl import add_checks, changing, drop_checks, one_of, text_column
from losses import refuse_loss

revision = "0032_digest_of_approved"
down_revision = "0031_audit_baseline"
branch_labels = None
depends_on = None

KINDS = ("amendment", "cut", "realignment")
FLAGS = ("at_risk", "blocked")
NEW_KINDS = (*KINDS, "cancellation", "resumption")
NEW_FLAGS = (*FLAGS, "all_cancelled")
CANCELLED = "kind IN ('cancellation', 'resumption')"
FLAGGED = "delivery_flag = 'all_cancelled'"


def upgrade() -> None:
    op.add_column("approval_step", text_column("digest", 64))
    _choose("ppa_amendment", "kind", NEW_KINDS)
    _choose("ppa", "delivery_flag", NEW_FLAGS)


def _choose(table: str, column: str, values: tuple[str, ...]) -> None:
    check = [one_of(column, *values)]
    with changing(table) as batch:
        drop_checks(batch, table, check)
        add_checks(batch, table, check)


def downgrade() -> None:
    """Refuses while there is what the older revisions have no place for."""
    losses = {"approval_step": "digest <> ''", "ppa_amendment": CANCELLED, "ppa": FLAGGED}
    refuse_loss(revision, losses)
    op.execute(f"UPDATE ppa SET delivery_flag = NULL WHERE {FLAGGED}")
    op.execute(f"DELETE FROM ppa_amendment WHERE {CANCELLED}")
    _choose("ppa", "delivery_flag", FLAGS)
    _choose("ppa_amendment", "kind", KINDS)
    with changing("approval_step") as batch:
        batch.drop_column("digest")
