"""Only the root of a work tree asks for its PPA.

An item below has its parent's tree key, and so its parent's PPA; a foreign key on every item asked
for the same PPA a thousand times when a tree of a thousand items was made.
"""

import sqlalchemy as sa
from alembic import op

from ddl import recreate

revision = "0019_root_of_ppa"
down_revision = "0018_lighter_work_items"
branch_labels = None
depends_on = None

ROOT, EVERY = "fk_work_item_root_ppa_id", "fk_work_item_ppa_id"
INDEX = "ix_work_item_root_ppa_id"
OF_ROOT = "CASE WHEN parent_id IS NULL THEN ppa_id END"
TREE_KEY = "tree_key INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(ppa_id, 0)) STORED, "
# On SQLite, in the definition of the table: what is for every item, and what for roots.
FOR_EVERY = (TREE_KEY, f"CONSTRAINT {EVERY} FOREIGN KEY(ppa_id)")
FOR_ROOTS = (
    f"{TREE_KEY}\n\troot_ppa_id INTEGER GENERATED ALWAYS AS ({OF_ROOT}) STORED, ",
    f"CONSTRAINT {ROOT} FOREIGN KEY(root_ppa_id)",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        recreate("work_item", _for_roots)
    else:
        computed = sa.Computed(OF_ROOT, persisted=True)
        op.add_column("work_item", sa.Column("root_ppa_id", sa.Integer(), computed))
        op.create_foreign_key(ROOT, "work_item", "ppa", ["root_ppa_id"], ["id"])
        op.drop_constraint(EVERY, "work_item", type_="foreignkey")
    given = sa.text("root_ppa_id IS NOT NULL")
    op.create_index(INDEX, "work_item", ["root_ppa_id"], postgresql_where=given, sqlite_where=given)


def downgrade() -> None:
    op.drop_index(INDEX, "work_item")
    if op.get_bind().dialect.name == "sqlite":
        recreate("work_item", _for_every)
    else:
        op.create_foreign_key(EVERY, "work_item", "ppa", ["ppa_id"], ["id"])
        op.drop_column("work_item", "root_ppa_id")


def _for_roots(_table: str, definition: str) -> str:
    return _replaced(definition, FOR_EVERY, FOR_ROOTS)


def _for_every(_table: str, definition: str) -> str:
    return _replaced(definition, FOR_ROOTS, FOR_EVERY)


def _replaced(definition: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    for before, after in zip(old, new, strict=True):
        assert before in definition
        definition = definition.replace(before, after)
    return definition
