"""Entries in the audit trail for what a revision itself changes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from obcms.kernel.db.types import utc_now

ENTRY = sa.table(
    "audit_entry",
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("table_name"),
    sa.column("ppa_id"),
    sa.column("row_key"),
    sa.column("action"),
    sa.column("changes", sa.JSON()),
    sa.column("actor_name"),
)


def record(
    revision: str,
    table: str,
    row_key: object,
    action: str,
    changes: dict[str, list[Any]],
    ppa_id: int | None = None,
) -> None:
    """One row's change, as done by the revision; of a PPA where it is one's."""
    op.get_bind().execute(
        ENTRY.insert().values(
            at=utc_now(),
            table_name=table,
            ppa_id=ppa_id,
            row_key=str(row_key),
            action=action,
            changes=changes,
            actor_name=f"revision {revision}"[:255],
        )
    )
