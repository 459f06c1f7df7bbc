"""No structure template has the name of a way to distribute: a policy names either by one word."""

import sqlalchemy as sa
from alembic import op

from obcms.kernel.rules.folding import name_key

revision = "0039_reserved_names"
down_revision = "0038_approval_writers"
branch_labels = None
depends_on = None

RESERVED = {"equal", "weighted", "manual", "proportional", "template"}


def upgrade() -> None:
    """Refuses where a template has such a name, and says how to rename it."""
    named = sa.table("structure_template", sa.column("id"), sa.column("name"))
    told = [
        f"  “{name}”: flask structure-template rename number:{number} NEW-NAME"
        for number, name in op.get_bind().execute(sa.select(*named.c).order_by(named.c.id))
        if name_key(name) in RESERVED
    ]
    if told:
        heading = (
            "These structure templates have the name of a way to distribute a budget. Rename each, "
            "then upgrade again:"
        )
        raise RuntimeError("\n".join([heading, *told]))


def downgrade() -> None:
    """Nothing was changed."""
