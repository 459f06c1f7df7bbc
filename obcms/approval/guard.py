"""Before a flush: what no path may do to a PPA's approval, and what follows from a step (SPEC 7).

The steps of the screens and the API come through `approval/steps.py`; this hook holds for a plain
assignment too, in a form or a shell: it refuses a step that the table does not have, records one
that was not recorded yet, and does what entering a stage brings with it.
"""

from sqlalchemy.orm import Session

from obcms.approval.models import Amendment, ApprovalStep
from obcms.approval.rules.approved import APPROVED_FIELDS, digest_of, why_frozen
from obcms.approval.rules.steps import action_between
from obcms.approval.writers import changed_columns
from obcms.kernel.audit.origin import current_origin
from obcms.kernel.db.before import value_before
from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.flush import Notes
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import SETTLED, ApprovalStatus, PPAStatus
from obcms.work.models import WorkItem
from obcms.work.project import create_project, missing_for_tracking
from obcms.work.rules.choices import WorkStatus

# Ids of the PPAs that are being amended or cancelled, by the verbs that may.
AMENDING: Notes[set[int]] = Notes(set)


def hold_approval(session: Session, _context: object) -> None:
    """Refuses what no path may do, and does what entering a stage brings with it."""
    with session.no_autoflush:
        for record in list(session.dirty):
            if isinstance(record, PPA) and session.is_modified(record):
                _keep_approved(session, record)
                _follow_step(session, record)
            elif isinstance(record, (ApprovalStep, Amendment)) and session.is_modified(record):
                raise Invalid("A step of an approval is never changed.")
        for record in session.new:
            if isinstance(record, PPA) and not record.execution_project_id:
                _refuse_skipping_project(record)
        for record in session.deleted:
            if isinstance(record, (ApprovalStep, Amendment)):
                raise Invalid("A step of an approval is never deleted.")


def _follow_step(session: Session, ppa: PPA) -> None:
    before = value_before(ppa, "approval_status")
    target = ApprovalStatus(ppa.approval_status)
    if before is None or before == target:
        return
    action = action_between(before, target)
    if action is None:
        raise Invalid(
            f"{ppa.code} cannot go from {before.label.lower()} to {target.label.lower()}.",
            "approval_status",
        )
    step = next((record for record in session.new if _is_step_of(record, ppa)), None)
    if step is None:
        origin = current_origin()
        step = ApprovalStep(
            ppa_id=ppa.id,
            action=action,
            from_status=before,
            to_status=target,
            taken_by_id=origin.actor_id,
            taken_by_name=origin.actor_name,
        )
        session.add(step)
    step.digest = digest_of({name: getattr(ppa, name) for name in APPROVED_FIELDS})
    if target is ApprovalStatus.TECHNICAL_REVIEW:
        _ensure_project(ppa)
    elif target is ApprovalStatus.ENACTED:
        _start(session, ppa)


def _is_step_of(record: object, ppa: PPA) -> bool:
    return isinstance(record, ApprovalStep) and record.ppa_id == ppa.id


def _ensure_project(ppa: PPA) -> None:
    if ppa.execution_project_id is not None or not ppa.enable_workitem_tracking:
        return
    if missing := missing_for_tracking(ppa):
        raise Invalid(missing)
    create_project(ppa, None)


def _refuse_skipping_project(ppa: PPA) -> None:
    beyond_draft = (ppa.approval_status or ApprovalStatus.DRAFT) != ApprovalStatus.DRAFT
    if ppa.enable_workitem_tracking and beyond_draft:
        raise Invalid(
            "Save the PPA as a draft first; its execution project is made when it is submitted.",
            "approval_status",
        )


def _start(session: Session, ppa: PPA) -> None:
    """Enactment starts the work: by the roll-up where the PPA follows its tree, else here."""
    if ppa.status == PPAStatus.PLANNING:
        ppa.status = PPAStatus.ONGOING
    if ppa.has_work_tree:
        root = session.get_one(WorkItem, ppa.execution_project_id)
        if root.status == WorkStatus.NOT_STARTED:
            root.status = WorkStatus.IN_PROGRESS


def _keep_approved(session: Session, ppa: PPA) -> None:
    """Refuses to change what was submitted, and to cancel what was approved, past the verbs."""
    status = value_before(ppa, "approval_status")
    if status in (None, ApprovalStatus.DRAFT) or ppa.id in AMENDING.of(session):
        return
    problems = [
        Problem(why_frozen(ppa.code, status, APPROVED_FIELDS[name]), name.removesuffix("_id"))
        for name in changed_columns(ppa)
    ]
    moved = (value_before(ppa, "status"), ppa.status)
    if status in SETTLED and moved[0] != moved[1] and PPAStatus.CANCELLED in moved:
        problems.append(
            Problem(
                f"{ppa.code} is approved, so only MFBM or the executive cancels it or takes that "
                "back, with a reason.",
                "status",
            )
        )
    if problems:
        raise Invalid(problems)
