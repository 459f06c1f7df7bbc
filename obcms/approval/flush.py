"""What approval adds to every flush."""

from collections.abc import Mapping

from sqlalchemy import select

from obcms.approval.guard import hold_approval
from obcms.approval.models import ApprovalStep, ApprovalWriter
from obcms.approval.rules.approved import APPROVED_FIELDS
from obcms.approval.writers import keep_writers
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.ppas.delete import KEEPERS, REMOVERS
from obcms.ppas.frozen import FREEZERS
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus

add_step(Stage.GUARD, hold_approval)
add_step(Stage.SETTLE, keep_writers)


def _keep_submitted(ppa: PPA) -> None:
    steps = select(ApprovalStep.id).where(ApprovalStep.ppa_id == ppa.id).limit(1)
    if db.session.scalar(steps) is not None:
        raise Conflict("This PPA was submitted before, and its approval history is kept.")


KEEPERS.append(_keep_submitted)


def _remove_writers(ppa: PPA) -> None:
    query = select(ApprovalWriter).where(ApprovalWriter.ppa_id == ppa.id)
    for one in db.session.scalars(query).all():
        db.session.delete(one)


REMOVERS.append(_remove_writers)


def _submitted(ppa: PPA) -> Mapping[str, str]:
    # These change once the PPA is a draft again, or on the Approval tab with a reason.
    return {} if ppa.approval_status is ApprovalStatus.DRAFT else APPROVED_FIELDS


FREEZERS.append(_submitted)
