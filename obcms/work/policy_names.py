"""A PPA's distribution policy goes on naming its template when that is renamed (SPEC 3)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from obcms.kernel.db.before import value_before
from obcms.ppas.models import PPA
from obcms.work.models import StructureTemplate


def follow_renamed_templates(session: Session, _context: object) -> None:
    """Before a flush: the PPAs that name a template by its old name name it by the new one."""
    with session.no_autoflush:
        for record in list(session.dirty):
            if isinstance(record, StructureTemplate):
                old = value_before(record, "name")
                if old != record.name:
                    _name_anew(session, old, record.name)


def _name_anew(session: Session, old: str, new: str) -> None:
    for ppa in session.scalars(select(PPA).where(PPA.budget_distribution_policy == old)):
        ppa.budget_distribution_policy = new
