"""The demonstration is approved by the verbs: right makers, right checkers, a digest each."""

import pytest
from sqlalchemy import select

from obcms.approval.models import ApprovalStep
from obcms.approval.reads.offices import STAGE_PERMISSIONS
from obcms.demo.stories import APPROVALS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import allows
from obcms.people.models import User
from obcms.ppas.models import PPA


@pytest.mark.usefixtures("demo")
def test_every_step_of_the_demonstration_was_its_offices() -> None:
    stages = {
        code: db.session.scalar(select(PPA.approval_status).where(PPA.code == code))
        for code in APPROVALS
    }
    assert stages == APPROVALS
    steps = db.session.scalars(select(ApprovalStep).order_by(ApprovalStep.id)).all()
    last: dict[int, int] = {}
    for step in steps:
        taker, ppa = (
            db.session.get_one(User, step.taken_by_id),
            db.session.get_one(PPA, step.ppa_id),
        )
        assert allows(taker, STAGE_PERMISSIONS[step.from_status], ppa)
        assert step.taken_by_id != last.get(step.ppa_id)
        assert len(step.digest) == 64
        last[step.ppa_id] = step.taken_by_id
    assert len(steps) == 1 + 1 + 2 + 3 + 4 + 5 + 5 * 6
