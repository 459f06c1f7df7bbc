"""What approval adds to every flush."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from obcms.approval.amendments import REASON
from obcms.approval.guard import hold_approval
from obcms.approval.models import ApprovalStep, ApprovalWriter
from obcms.approval.rules.approved import APPROVED_FIELDS, why_frozen
from obcms.approval.writers import keep_writers
from obcms.kernel.audit.wording import RECORD_NAMES
from obcms.kernel.db.constraints import PROBLEMS
from obcms.kernel.errors import Conflict, Problem
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.ppas.delete import KEEPERS, REMOVERS
from obcms.ppas.frozen import FREEZERS
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus

add_step(Stage.GUARD, hold_approval)
add_step(Stage.SETTLE, keep_writers)
PROBLEMS["ck_ppa_amendment_has_reason"] = Problem(REASON.required, REASON.name)
RECORD_NAMES["ppa_amendment"] = "amendment"


def _keep_submitted(ppas: Sequence[PPA]) -> None:
    ids = [ppa.id for ppa in ppas]
    steps = select(ApprovalStep.id).where(ApprovalStep.ppa_id.in_(ids))
    if db.session.scalar(steps.limit(1)) is not None:
        raise Conflict("This PPA was submitted before, and its approval history is kept.")


KEEPERS.append(_keep_submitted)


def _remove_writers(ppas: Sequence[PPA]) -> None:
    ids = [ppa.id for ppa in ppas]
    query = select(ApprovalWriter).where(ApprovalWriter.ppa_id.in_(ids))
    for one in db.session.scalars(query).all():
        db.session.delete(one)


REMOVERS.append(_remove_writers)


def _submitted(ppa: Any) -> Mapping[str, str]:
    # These change once the PPA is a draft again, or on the Approval tab with a reason.
    status = ppa.approval_status
    if status is ApprovalStatus.DRAFT:
        return {}
    return {name: why_frozen(ppa.code, status, label) for name, label in APPROVED_FIELDS.items()}


FREEZERS.append(_submitted)
