"""What PPAs add to every flush: their codes' rule, and one version for all parts (SPEC 2)."""

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from obcms.kernel.audit.wording import LABELS, RECORD_NAMES, SILENT
from obcms.kernel.db.constraints import PROBLEMS
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.flush import Stage, add_step
from obcms.organizations.models import Organization
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.models import PPA, Milestone
from obcms.ppas.reads import wrong_code
from obcms.ppas.rules.consistency import CODE_TAKEN, MOA_MISSING
from obcms.ppas.rules.order import ORDERED

NOT_NEGATIVE = ("budget_ceiling", "budget_allocation", "obc_share", "total_slots", "obc_slots")
NAMING = ("code", "implementing_moa_id", "implementing_moa")


def refuse_foreign_codes(session: Session, _context: object) -> None:
    """Refuses a code that is not its ministry's, where code or MOA is set past the verbs, too."""
    with session.no_autoflush:
        for record in (*session.new, *session.dirty):
            if isinstance(record, PPA) and (problems := _wrong_anew(session, record)):
                raise Invalid(problems)


def _wrong_anew(session: Session, ppa: PPA) -> list[Problem]:
    histories = (inspect(ppa).attrs[name].history for name in NAMING)
    if any(one.has_changes() and one.added != one.deleted for one in histories):
        return wrong_code(ppa, _moa_to_be(session, ppa))
    return []


def _moa_to_be(session: Session, ppa: PPA) -> Organization | None:
    if inspect(ppa).attrs.implementing_moa.history.has_changes():
        return ppa.implementing_moa  # its id follows with the flush
    number = ppa.implementing_moa_id
    return session.get(Organization, number) if number else None


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
# After the guards, so that what is frozen is refused for that.
add_step(Stage.STAMP, refuse_foreign_codes)

PROBLEMS |= {f"ck_ppa_{one.name}": one.problem for one in ORDERED}
PROBLEMS |= {
    f"ck_ppa_{field.name}_positive": Problem(field.message, field.name)
    for field in PPA_FIELDS
    if field.name in NOT_NEGATIVE
}
PROBLEMS |= {
    "uq_ppa_code": CODE_TAKEN,
    "ix_ppa_code_key": CODE_TAKEN,
    "ck_ppa_moa_ppa_has_moa": MOA_MISSING,
}
LABELS |= {field.name: field.label for field in PPA_FIELDS if field.label}
LABELS |= {
    "delivery_flag": "Warning",
    "over_distributed": "Over-distributed by",
    "enable_workitem_tracking": "Tracked",
    "tracking_note": "Why tracking was disabled",
}
RECORD_NAMES |= {
    "ppa": "the PPA",
    "ppa_milestone": "milestone",
    "ppa_supporting_organization": "supporting organization",
}
SILENT |= {"position", "created_by_id", "updated_by_id"}
