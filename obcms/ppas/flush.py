"""What PPAs add to every flush: a PPA and its parts are one record with one version (SPEC 2)."""

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from obcms.kernel.db.types import utc_now
from obcms.kernel.flush import Stage, add_step
from obcms.ppas.models import PPA, Milestone


def raise_version_with_parts(session: Session, _context: object) -> None:
    """Dates a PPA anew where a milestone is added, changed or deleted, whoever does it and how.

    Its version rises with that. The PPA's own lists change the PPA itself.
    """
    with session.no_autoflush:
        changed = [one for one in session.dirty if session.is_modified(one)]
        for part in (*session.new, *changed, *session.deleted):
            if isinstance(part, Milestone):
                _date_anew(session, part)


def _date_anew(session: Session, part: Milestone) -> None:
    ppa = session.get(PPA, part.ppa_id) if part.ppa_id else None
    if ppa is not None and inspect(ppa).persistent and ppa not in session.deleted:
        ppa.updated_at = utc_now()


add_step(Stage.SETTLE, raise_version_with_parts)
