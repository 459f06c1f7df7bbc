"""Several kinds of imports, what each wrote, and the cells of a file that is read anew."""

import sqlalchemy as sa
from alembic import op

from ddl import changing, moment, text_column
from losses import refuse_loss

revision = "0046_imports"
down_revision = "0045_kept_answers"
branch_labels = None
depends_on = None

OLD_KEY = "uq_confirmed_reading_organization_id_headings"
NEW_KEY = "uq_confirmed_reading_organization_id_import_name_headings"


def upgrade() -> None:
    with changing("import_upload") as batch:
        batch.add_column(_named())
        batch.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("cells", sa.LargeBinary()))
    with changing("import_upload") as batch:
        batch.alter_column("import_name", server_default=None)
    with changing("confirmed_reading") as batch:
        batch.add_column(_named())
        batch.drop_constraint(OLD_KEY, type_="unique")
        batch.create_unique_constraint(NEW_KEY, ["organization_id", "import_name", "headings"])
    with changing("confirmed_reading") as batch:
        batch.alter_column("import_name", server_default=None)
    _create_batches()


def _named() -> sa.Column[str]:
    """What was imported so far were PPAs."""
    return sa.Column("import_name", sa.String(32), nullable=False, server_default="ppas")


def _create_batches() -> None:
    users = "user_account.id"
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("import_name", sa.String(32), nullable=False),
        sa.Column("party", sa.String(32), nullable=False, index=True),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("new", "changed", "unchanged", "refused", "last_entry")
        ),
        sa.Column("applied_by_id", sa.Integer(), sa.ForeignKey(users), index=True),
        sa.Column("applied_at", moment(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), sa.ForeignKey(users), index=True),
        sa.Column("undone_at", moment()),
        text_column("undo_reason"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "imported_record",
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("import_batch.id"), primary_key=True),
        sa.Column("record_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    refuse_loss(revision, {"import_batch": ""})
    op.drop_table("imported_record")
    op.drop_table("import_batch")
    with changing("confirmed_reading") as batch:
        batch.drop_constraint(NEW_KEY, type_="unique")
        batch.create_unique_constraint(OLD_KEY, ["organization_id", "headings"])
        batch.drop_column("import_name")
    with changing("import_upload") as batch:
        for name in ("cells", "options", "import_name"):
            batch.drop_column(name)
