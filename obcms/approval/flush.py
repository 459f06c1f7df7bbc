"""What approval adds to every flush."""

from collections.abc import Mapping

from sqlalchemy import select

from obcms.approval.guard import APPROPRIATION_FIELDS, SETTLED_FIELDS, hold_approval
from obcms.approval.models import ApprovalStep
from obcms.approval.rules.steps import SETTLED
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.ppas.delete import KEEPERS
from obcms.ppas.frozen import FREEZERS
from obcms.ppas.models import PPA

add_step(Stage.GUARD, hold_approval)


def _keep_submitted(ppa: PPA) -> None:
    steps = select(ApprovalStep.id).where(ApprovalStep.ppa_id == ppa.id).limit(1)
    if db.session.scalar(steps) is not None:
        raise Conflict("This PPA was submitted before, and its approval history is kept.")


KEEPERS.append(_keep_submitted)


def _settled(ppa: PPA) -> Mapping[str, str]:
    # These change on the Approval tab with a reason, or not at all.
    return SETTLED_FIELDS | APPROPRIATION_FIELDS if ppa.approval_status in SETTLED else {}


FREEZERS.append(_settled)
