"""What the approval's dialogs open for, and what its tab calls a step's digest (SPEC 5, 7)."""

import pytest

from obcms.kernel.extensions import db
from obcms.ppas.rules.choices import ApprovalStatus
from tests.approval.test_steps import walk
from tests.support.factories import make_ppa


@pytest.mark.parametrize("dialog", ["cut", "approval/amend"])
@pytest.mark.parametrize("status", [ApprovalStatus.DRAFT, ApprovalStatus.BUDGET_REVIEW])
def test_no_change_of_what_is_not_approved_is_offered(
    app, people, sign_in_as, dialog: str, status: ApprovalStatus
) -> None:
    ppa = make_ppa(approval_status=status)
    db.session.commit()
    answer = sign_in_as(people.mfbm_analyst).get(f"/admin/ppa/{ppa.id}/{dialog}")
    assert answer.status_code == 422
    assert "is not approved yet" in answer.text


@pytest.mark.parametrize(("steps", "counts"), [(4, (4, 0)), (6, (4, 2))])
def test_a_step_before_the_approval_is_of_what_was_submitted(
    app, people, sign_in_as, steps: int, counts: tuple[int, int]
) -> None:
    ppa = make_ppa(milestones=[], supporting_organizations=[])
    db.session.commit()
    walk(people, ppa, steps)
    page = sign_in_as(people.mfbm_analyst).get(f"/admin/ppa/{ppa.id}/approval").text
    assert (page.count("what was submitted:"), page.count("what was approved:")) == counts
