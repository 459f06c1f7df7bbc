"""To which PPA an audit entry belongs, for its history; entries made before are told as well."""

import sqlalchemy as sa
from alembic import op

from losses import refuse_loss

revision = "0011_audit_subject"
down_revision = "0010_approval"
branch_labels = None
depends_on = None

TRIGGERS = ("audit_entry_no_update", "audit_entry_no_delete")
OF_ITEM = "(SELECT w.ppa_id FROM work_item w WHERE CAST(w.id AS VARCHAR) = {key})"
SUBJECTS = {
    "ppa": "CAST(row_key AS INTEGER)",
    "work_item": OF_ITEM.format(key="audit_entry.row_key"),
    "ppa_milestone": "(SELECT m.ppa_id FROM ppa_milestone m "
    "WHERE CAST(m.id AS VARCHAR) = audit_entry.row_key)",
    "distribution_batch": "(SELECT d.ppa_id FROM distribution_batch d "
    "WHERE CAST(d.id AS VARCHAR) = audit_entry.row_key)",
    "expenditure": "(SELECT w.ppa_id FROM expenditure e JOIN work_item w ON w.id = e.work_item_id "
    "WHERE CAST(e.id AS VARCHAR) = audit_entry.row_key)",
    "ppa_supporting_organization": "CAST(substr(row_key, 1, {slash} - 1) AS INTEGER)",
    "work_item_assignee": OF_ITEM.format(key="substr(audit_entry.row_key, 1, {slash} - 1)"),
}


def upgrade() -> None:
    # Not in a batch: SQLite would copy the table, and with it lose the triggers that guard it.
    op.add_column("audit_entry", sa.Column("ppa_id", sa.Integer()))
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    slash = "instr(row_key, '/')" if on_sqlite else "strpos(row_key, '/')"
    guard = _lift_on_sqlite() if on_sqlite else _lift_on_postgresql()
    for table, subject in SUBJECTS.items():
        op.execute(
            f"UPDATE audit_entry SET ppa_id = {subject.replace('{slash}', slash)} "
            f"WHERE table_name = '{table}'"
        )
    for statement in guard:
        op.execute(statement)
    op.create_index("ix_audit_entry_ppa_id_id", "audit_entry", ["ppa_id", "id"])


def _lift_on_sqlite() -> list[str]:
    """Lets entries be changed; returns what puts the guard back."""
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    guard = [op.get_bind().scalar(query, {"name": name}) for name in TRIGGERS]
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    return guard


def _lift_on_postgresql() -> list[str]:
    op.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")
    return ["ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_no_change"]


def downgrade() -> None:
    refuse_loss(revision, {"audit_entry": "ppa_id IS NOT NULL"})
    op.drop_index("ix_audit_entry_ppa_id_id", "audit_entry")
    op.drop_column("audit_entry", "ppa_id")
