"""Who wrote any of what is approved takes no later step on it (SPEC 7)."""

from decimal import Decimal

import pytest
from flask import Flask

from obcms.approval.amendments import amend_ppa
from obcms.approval.reads.queue import count_waiting
from obcms.approval.rules.steps import Action
from obcms.approval.steps import open_actions, steps_of, take_step, why_not
from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.errors import Forbidden
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.rules.choices import DistributionMethod
from tests.approval.test_steps import user, walk
from tests.support.factories import make_ppa, track

S, A = ApprovalStatus, Action
WROTE = "You wrote some of what is approved"


def by_the_verb(app: Flask, people, ppa: PPA, call_as) -> None:
    edit_ppa(user(people, "oobc_staff"), ppa, {"title": "By OOBC"})


def by_the_api(app: Flask, people, ppa: PPA, call_as) -> None:
    client = call_as(people.oobc_staff)
    assert client.patch(f"/api/monitoring/entries/{ppa.id}/", json={"obc_share": "5"}).json


@pytest.mark.parametrize("write", [by_the_verb, by_the_api])
def test_who_wrote_it_in_the_draft_does_not_endorse_it(app: Flask, people, call_as, write) -> None:
    ppa = make_ppa(milestones=[], supporting_organizations=[])
    db.session.commit()
    number = ppa.id
    write(app, people, ppa, call_as)
    db.session.commit()
    ppa = db.session.get_one(PPA, number)
    walk(people, ppa, 3)
    staff = user(people, "oobc_staff")
    for action in (A.ENDORSE, A.RETURN, A.REJECT):
        with pytest.raises(Forbidden, match=WROTE):
            take_step(staff, ppa, action, "Fine.")
    db.session.rollback()
    assert open_actions(staff, ppa, steps_of(ppa)) == []
    assert WROTE in why_not(staff, ppa, steps_of(ppa))
    assert count_waiting(staff) == 0
    assert ppa.approval_status is S.STAKEHOLDER_CONSULTATION


def test_who_added_it_does_not_endorse_it(app: Flask, people) -> None:
    values = {
        "code": "MOH-2031-B50",
        "title": "Wells",
        "implementing_moa_id": make_ppa().implementing_moa_id,
        "fiscal_year": 2031,
        "budget_allocation": Decimal(5),
    }
    ppa = create_ppa(user(people, "oobc_staff"), values)
    walk(people, ppa, 3)
    with pytest.raises(Forbidden, match=WROTE):
        take_step(user(people, "oobc_staff"), ppa, A.ENDORSE)


def test_what_was_written_before_a_return_counts_too(app: Flask, people) -> None:
    ppa = make_ppa()
    edit_ppa(user(people, "oobc_staff"), ppa, {"title": "By OOBC"})
    walk(people, ppa, 2)
    take_step(user(people, "mfbm_analyst"), ppa, A.RETURN, "Too much.")
    edit_ppa(user(people, "moa_head"), ppa, {"budget_allocation": Decimal(900000)})
    walk(people, ppa, 3)
    with pytest.raises(Forbidden, match=WROTE):
        take_step(user(people, "oobc_staff"), ppa, A.ENDORSE)


def test_texts_milestones_and_a_distribution_are_not_what_is_approved(app, people) -> None:
    ppa = make_ppa(milestones=[], supporting_organizations=[])
    staff = user(people, "oobc_staff")
    edit_ppa(staff, ppa, {"remarks": "Looks fine.", "milestones": [{"title": "Opening"}]})
    track(ppa)
    request = Request(DistributionMethod.TEMPLATE)
    version = distribution.preview(staff, ppa, request).version
    distribution.apply(staff, ppa, request, version)
    db.session.commit()
    walk(people, ppa, 3)
    assert count_waiting(staff) == 1
    take_step(staff, ppa, A.ENDORSE)


def test_commands_and_jobs_count_as_nobody(app: Flask, people) -> None:
    ppa = make_ppa()
    edit_ppa(user(people, "oobc_staff"), ppa, {"remarks": "Looks fine."})
    edit_ppa(SYSTEM, ppa, {"title": "By a command"})
    walk(people, ppa, 4)
    assert ppa.approval_status is S.EXECUTIVE_APPROVAL


def test_who_amends_an_approved_ppa_does_not_enact_it(app: Flask, people) -> None:
    ppa = make_ppa()
    walk(people, ppa, 5)
    amend_ppa(user(people, "mfbm_analyst"), ppa, {"title": "Another"}, "BAA 90")
    with pytest.raises(Forbidden, match=WROTE):
        take_step(user(people, "mfbm_analyst"), ppa, A.ENACT)
