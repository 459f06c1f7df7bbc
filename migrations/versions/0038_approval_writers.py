"""Who wrote any of what is approved is kept with the PPA; so far the trail alone told it."""

import sqlalchemy as sa
from alembic import op

from losses import refuse_loss

revision = "0038_approval_writers"
down_revision = "0037_calendar"
branch_labels = None
depends_on = None

APPROVED = (
    "code",
    "title",
    "category",
    "implementing_moa_id",
    "fiscal_year",
    "appropriation_year",
    "appropriation_class",
    "funding_source",
    "funding_source_other",
    "budget_ceiling",
    "budget_allocation",
    "obc_share",
    "start_date",
    "target_end_date",
)
ENTRY = sa.table(
    "audit_entry",
    sa.column("ppa_id"),
    sa.column("table_name"),
    sa.column("actor_id"),
    sa.column("changes", sa.JSON()),
)
PPA = sa.table("ppa", sa.column("id"), sa.column("created_by_id"))
USER = sa.table("user_account", sa.column("id"))


def upgrade() -> None:
    writers = op.create_table(
        "approval_writer",
        sa.Column("ppa_id", sa.Integer(), sa.ForeignKey("ppa.id"), primary_key=True),
        sa.Column(
            "user_id",
            sa.Integer(),
            sa.ForeignKey("user_account.id"),
            primary_key=True,
            index=True,
        ),
    )
    pairs = [{"ppa_id": ppa_id, "user_id": user_id} for ppa_id, user_id in _told_by_the_trail()]
    if pairs:
        op.get_bind().execute(sa.insert(writers), pairs)


def _told_by_the_trail() -> list[tuple[int, int]]:
    """Each PPA that is there with each user whose entry changes any of it, or names a hand.

    Whoever added it stands in the PPA itself.
    """
    hands = [ENTRY.c.actor_id]
    hands += [ENTRY.c.changes[name][1].as_integer() for name in ("created_by_id", "updated_by_id")]
    written = [ENTRY.c.changes[name].as_string().is_not(None) for name in APPROVED]
    found: set[tuple[int, int]] = set()
    for hand in hands:
        query = sa.select(ENTRY.c.ppa_id, hand).distinct()
        query = query.where(ENTRY.c.table_name == "ppa", sa.or_(*written))
        query = query.where(ENTRY.c.ppa_id.in_(sa.select(PPA.c.id)))
        query = query.where(hand.in_(sa.select(USER.c.id)))
        found |= {(int(ppa_id), int(user_id)) for ppa_id, user_id in op.get_bind().execute(query)}
    added = op.get_bind().execute(sa.select(PPA.c.id, PPA.c.created_by_id))
    return sorted(found - {(ppa_id, user_id) for ppa_id, user_id in added})


def downgrade() -> None:
    """Refuses: the trail tells it as well, but its older part is moved to files."""
    refuse_loss(revision, {"approval_writer": ""})
    op.drop_table("approval_writer")
