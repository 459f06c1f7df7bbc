"""The seal of the audit trail: how far it goes, its head, and a check on demand."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import func, select

from obcms.history.reads.trail import check_trail, last_check
from obcms.kernel.audit.models import AuditArchive, AuditEntry, AuditSeal
from obcms.kernel.audit.seal import read_head
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.screens.base import ClosedView

LATEST = 10_000


class AuditSealView(ClosedView):
    """Read only; the check reads the chain and writes nothing."""

    styles = (("history", "seal.css"),)
    view_permission = Permission.AUDIT_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """How far the trail is sealed, and the head of its chain."""
        return self.render("history/audit_seal.html", latest=LATEST, **_figures())

    @expose("/check", methods=["POST"])
    def check(self) -> ResponseReturnValue:
        """Recomputes the latest seals and says whether they hold."""
        verdict = check_trail(latest=LATEST)
        if verdict.problem:
            flash(verdict.in_words(), "error")
        else:
            flash(f"The latest {verdict.checked:,} sealed entries are as they were.", "success")
        return redirect(url_for(".index"))


def _figures() -> dict[str, Any]:
    head = read_head(db.session())
    waiting = select(func.count()).where(AuditEntry.id > head.entry_id)
    newest = select(AuditSeal.sealed_at).order_by(AuditSeal.position.desc()).limit(1)
    archives = select(AuditArchive).order_by(AuditArchive.id.desc())
    return {
        "head": head,
        "archives": db.session.scalars(archives).all(),
        "entries": db.session.scalar(select(func.count()).select_from(AuditEntry)),
        "waiting": db.session.scalar(waiting),
        "sealed_at": db.session.scalar(newest),
        "last_check": last_check(),
    }
