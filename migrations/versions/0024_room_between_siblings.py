"""A work item's position is any number.

Moving an item then gives it one between its new neighbors', where whole numbers had to be given
anew to all that follow. The positions that are there stay as they are, and so does what the audit
trail says of them.
"""

import re

import sqlalchemy as sa
from alembic import op

from ddl import recreate
from losses import refuse_loss

revision = "0024_room_between_siblings"
down_revision = "0023_audit_not_replaced"
branch_labels = None
depends_on = None

OF_PARENT = "ix_work_item_parent_id"
IN_ORDER = "ix_work_item_parent_id_position_id"
BETWEEN = "position <> CAST(position AS INTEGER)"
COUNTED = f"""UPDATE work_item SET position = (
    SELECT counted.place FROM (
        SELECT id, row_number() OVER (PARTITION BY parent_id ORDER BY position, id) - 1 AS place
        FROM work_item
    ) AS counted WHERE counted.id = work_item.id
)
WHERE parent_id IN (SELECT parent_id FROM work_item WHERE {BETWEEN})"""


def upgrade() -> None:
    _change("INTEGER", "DOUBLE", sa.Double())
    op.drop_index(OF_PARENT, "work_item")
    op.create_index(IN_ORDER, "work_item", ["parent_id", "position", "id"])


def downgrade() -> None:
    refuse_loss(revision, {"work_item": BETWEEN})
    op.execute(COUNTED)
    op.drop_index(IN_ORDER, "work_item")
    op.create_index(OF_PARENT, "work_item", ["parent_id"])
    _change("DOUBLE", "INTEGER", sa.Integer())


def _change(old: str, new: str, kind: sa.types.TypeEngine[object]) -> None:
    def of_position(_table: str, definition: str) -> str:
        changed, found = re.subn(rf"\bposition {old}\b", f"position {new}", definition)
        assert found == 1
        return changed

    if op.get_bind().dialect.name == "sqlite":
        recreate("work_item", of_position)
    else:
        op.alter_column("work_item", "position", type_=kind)
