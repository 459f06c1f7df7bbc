"""Work items cost less to write.

The foreign key on the parent and its tree implies the one on the parent alone. The indexes of two
references that most items do not have hold those that have one. On PostgreSQL a page keeps room, so
that a change of figures stays on it and leaves the indexes alone; this holds for rows written from
now on.
"""

import re

import sqlalchemy as sa
from alembic import op

from ddl import recreate

revision = "0018_lighter_work_items"
down_revision = "0017_password_changed"
branch_labels = None
depends_on = None

NAME = "fk_work_item_parent_id"
PARENT = f"CONSTRAINT {NAME} FOREIGN KEY(parent_id) REFERENCES work_item (id)"
REFERENCES = ("assessment_id", "policy_recommendation_id")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        recreate("work_item", _without_parent)
    else:
        op.drop_constraint(NAME, "work_item", type_="foreignkey")
        op.execute("ALTER TABLE work_item SET (fillfactor = 50)")
    for column in REFERENCES:
        _index(column, sa.text(f"{column} IS NOT NULL"))


def downgrade() -> None:
    for column in REFERENCES:
        _index(column, None)
    if op.get_bind().dialect.name == "sqlite":
        recreate("work_item", _with_parent)
    else:
        op.execute("ALTER TABLE work_item RESET (fillfactor)")
        op.create_foreign_key(NAME, "work_item", "work_item", ["parent_id"], ["id"])


def _index(column: str, where: sa.TextClause | None) -> None:
    name = f"ix_work_item_{column}"
    op.drop_index(name, "work_item")
    op.create_index(name, "work_item", [column], postgresql_where=where, sqlite_where=where)


def _without_parent(_table: str, definition: str) -> str:
    new, found = re.subn(rf",\s*{re.escape(PARENT)}", "", definition)
    assert found == 1
    return new


def _with_parent(_table: str, definition: str) -> str:
    return f"{definition.rstrip().removesuffix(')').rstrip()},\n {PARENT}\n)"
