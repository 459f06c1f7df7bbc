"""Execution projects left behind take title and dates from their PPAs; over items are indexed."""

import sqlalchemy as sa
from alembic import op

from trail import record

revision = "0029_roots_follow"
down_revision = "0028_tracking_note"
branch_labels = None
depends_on = None

COLUMNS = ("id", "title", "start_date", "end_date", "version")
ITEM = sa.table("work_item", *map(sa.column, COLUMNS))
PPA = sa.table(
    "ppa",
    *map(sa.column, ("id", "title", "start_date", "target_end_date", "execution_project_id")),
)
FOLLOWED = {"title": "title", "start_date": "start_date", "end_date": "target_end_date"}


def upgrade() -> None:
    bind = op.get_bind()
    over = sa.text("distributed > allocated_budget")
    op.create_index(
        "ix_work_item_over", "work_item", ["ppa_id"], postgresql_where=over, sqlite_where=over
    )
    asked = [
        column
        for own, name in FOLLOWED.items()
        for column in (ITEM.c[own].label(f"is_{own}"), PPA.c[name].label(f"new_{own}"))
    ]
    query = sa.select(ITEM.c.id, ITEM.c.version, PPA.c.id.label("ppa_id"), *asked)
    joined = query.join(PPA, PPA.c.execution_project_id == ITEM.c.id).order_by(ITEM.c.id)
    for row in bind.execute(joined).mappings().all():
        changes = {
            own: [row[f"is_{own}"], row[f"new_{own}"]]
            for own in FOLLOWED
            if row[f"is_{own}"] != row[f"new_{own}"]
        }
        if changes:
            changes["version"] = [row["version"], row["version"] + 1]
            new = {own: pair[1] for own, pair in changes.items()}
            bind.execute(ITEM.update().where(ITEM.c.id == row["id"]).values(**new))
            written = {own: [_text(value) for value in pair] for own, pair in changes.items()}
            record(revision, "work_item", row["id"], "update", written, row["ppa_id"])


def _text(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)


def downgrade() -> None:
    """Titles and dates stay; the older revisions hold the same ones."""
    op.drop_index("ix_work_item_over", "work_item")
