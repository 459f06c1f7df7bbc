"""Entries to seal, and what only a superuser can do to them: changes with the triggers off."""

from dataclasses import replace

from sqlalchemy import insert, text

from obcms.kernel.audit.archive import _lift_guard
from obcms.kernel.audit.baseline import catch_up
from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.audit.seal import Sealed, seal
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db

TABLES = ("audit_entry", "audit_seal", "audit_archive")


def add_entries(count: int) -> None:
    rows = [
        {
            "at": utc_now(),
            "table_name": "former_table",
            "row_key": str(number),
            "action": AuditAction.UPDATE,
            "changes": {"title": ["ñ", f"“{number}”"], "budget_allocation": ["0.00", "1.50"]},
            "actor_name": "amina",
        }
        for number in range(count)
    ]
    db.session.execute(insert(AuditEntry.__table__), rows)
    db.session.commit()


def seal_all() -> Sealed:
    """Seals whatever there is, batch by batch, as the job does."""
    sealed = 0
    while (done := seal(db.session())).sealed:
        db.session.commit()
        sealed += done.sealed
    db.session.commit()
    return replace(done, sealed=sealed)


def tamper(*statements: str) -> None:
    """Runs the statements with every trigger off, as a superuser can."""
    if db.engine.dialect.name == "sqlite":
        for trigger in list(
            db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        ):
            db.session.execute(text(f"DROP TRIGGER {trigger}"))
    else:
        for table in TABLES:
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


def forget_trail() -> None:
    """Empties the trail, in which migrations have entered what they made; ids begin at 1 again."""
    restore = _lift_guard(db.session())
    db.session.execute(text("DELETE FROM audit_entry"))
    for statement in restore:
        db.session.execute(text(statement))
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ALTER SEQUENCE audit_entry_id_seq RESTART"))
    db.session.commit()


def enter_rows() -> None:
    """Enters what stands in the tables, as an upgrade does for what migrations have made."""
    catch_up(db.session())
    db.session.commit()
