"""A PPA's distribution policy goes on naming its template when that is renamed (SPEC 3)."""

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from obcms.kernel.db.before import value_before
from obcms.kernel.errors import Invalid
from obcms.ppas.models import PPA
from obcms.work.models import StructureTemplate
from obcms.work.rules.shipped_templates import name_problem


def follow_renamed_templates(session: Session, _context: object) -> None:
    """Before a flush: the PPAs that name a template by its old name name it by the new one.

    Raises Invalid for a name that it may not have, whoever gives it.
    """
    with session.no_autoflush:
        for record in (*session.new, *session.dirty):
            if not isinstance(record, StructureTemplate):
                continue
            old = value_before(record, "name") if inspect(record).persistent else None
            if old == record.name:
                continue
            if problem := name_problem(old, record.name):
                raise Invalid([problem])
            if old is not None:
                _name_anew(session, old, record.name)


def _name_anew(session: Session, old: str, new: str) -> None:
    for ppa in session.scalars(select(PPA).where(PPA.budget_distribution_policy == old)):
        ppa.budget_distribution_policy = new
