"""The History tab, the audit trail and its seal."""

from flask import Flask

from obcms.history.screens import history
from obcms.history.screens.seal import AuditSealView
from obcms.history.screens.trail import AuditView
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.screens import ADMINISTRATION, add_view

__all__ = ["history"]


def init_app(app: Flask) -> None:
    """Adds the trail and its seal; the tab adds itself to the page of a PPA."""
    where = {"endpoint": "audit_entry", "url": "/admin/audit"}
    view = AuditView(AuditEntry, db, name="Audit trail", category=ADMINISTRATION, **where)
    add_view(app, view, 97)
    where = {"endpoint": "audit_seal", "url": "/admin/audit-seal"}
    add_view(app, AuditSealView(name="Audit seal", category=ADMINISTRATION, **where), 98)
