"""Uploads are read by workers, in turn; on SQLite no number at all is given twice.

Pages, links and forms name rows by number. A page on somebody's screen must not come to mean
another row, once the row that it showed is deleted.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from ddl import changing, constraints, moment, one_of, recreate, with_autoincrement

revision = "0034_uploads_in_turn"
down_revision = "0033_one_form"
branch_labels = None
depends_on = None

# Those whose numbers SQLite gave again after a deletion. The trail's own tables are not among
# them: nothing but an archive takes entries away, and the seals know which numbers there were.
TABLES = (
    "approval_step",
    "assessment",
    "distribution_batch",
    "expenditure",
    "import_upload",
    "job_run",
    "policy_recommendation",
    "ppa_amendment",
    "receipt",
    "recovery_code",
    "user_account",
)
STATE = one_of("state", "waiting", "reading", "read", "refused")
UPLOAD = sa.table(
    "import_upload",
    *map(sa.column, ("id", "user_id", "content", "party", "sha256")),
)
USER = sa.table("user_account", sa.column("id"), sa.column("organization_id"))


def upgrade() -> None:
    with changing("import_upload") as batch:
        batch.add_column(sa.Column("party", sa.String(32), nullable=False, server_default=""))
        batch.add_column(sa.Column("sha256", sa.String(64), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("state", sa.String(32), nullable=False, server_default="waiting")
        )
        batch.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("began_at", moment()))
        batch.add_column(sa.Column("problem", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("parsed", sa.JSON()))
        batch.drop_column("preview")
        batch.drop_column("previewed_at")
        for check in constraints("import_upload", [STATE]):
            batch.create_check_constraint(check.name, check.sqltext)
    _fill()
    with changing("import_upload") as batch:
        for name, kind in (
            ("party", sa.String(32)),
            ("sha256", sa.String(64)),
            ("state", sa.String(32)),
        ):
            batch.alter_column(name, existing_type=kind, server_default=None)
    where = sa.text("state = 'reading'")
    op.create_index(
        "uq_import_upload_reading",
        "import_upload",
        ["party"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_index("ix_import_upload_created_at", "import_upload", ["created_at"])
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            recreate(table, with_autoincrement)
            _go_on_after_deleted(table)


def _fill() -> None:
    """What waits between preview and import is read once more, by a worker."""
    bind = op.get_bind()
    joined = sa.select(UPLOAD.c.id, UPLOAD.c.content, USER).join(
        USER, USER.c.id == UPLOAD.c.user_id
    )
    for upload_id, content, user_id, moa_id in bind.execute(joined).all():
        party = f"user {user_id}" if moa_id is None else f"ministry {moa_id}"
        sha256 = hashlib.sha256(content).hexdigest()
        change = UPLOAD.update().where(UPLOAD.c.id == upload_id)
        bind.execute(change.values(party=party, sha256=sha256))


def _go_on_after_deleted(table: str) -> None:
    """Counts on from the newest row that the trail knows of, which may be deleted by now."""
    bind = op.get_bind()
    newest = sa.text(
        "SELECT max(CAST(row_key AS INTEGER)) FROM audit_entry WHERE table_name = :table"
    )
    known = bind.scalar(newest, {"table": table}) or 0
    given = bind.scalar(
        sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table}
    )
    if given is None:
        statement = "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :seq)"
    else:
        statement = "UPDATE sqlite_sequence SET seq = :seq WHERE name = :table"
    bind.execute(sa.text(statement), {"table": table, "seq": max(known, given or 0)})


def downgrade() -> None:
    """Uploads stay, with their files, which the older code reads again for each preview."""
    if op.get_bind().dialect.name == "sqlite":
        for table in reversed(TABLES):
            recreate(table, _without_autoincrement)
    op.drop_index("ix_import_upload_created_at", "import_upload")
    op.drop_index("uq_import_upload_reading", "import_upload")
    with changing("import_upload") as batch:
        batch.drop_constraint(op.f("ck_import_upload_state"), type_="check")
        for name in ("party", "sha256", "state", "attempts", "began_at", "problem", "parsed"):
            batch.drop_column(name)
        batch.add_column(sa.Column("preview", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("previewed_at", moment()))
    with changing("import_upload") as batch:
        batch.alter_column("preview", existing_type=sa.String(64), server_default=None)


def _without_autoincrement(table: str, definition: str) -> str:
    plain = definition.replace(" PRIMARY KEY AUTOINCREMENT", "", 1).rstrip()
    return f"{plain.removesuffix(')').rstrip()},\n CONSTRAINT pk_{table} PRIMARY KEY (id)\n)"
