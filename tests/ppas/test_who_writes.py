"""Who makes, edits and deletes a PPA, and which PPA may go (SPEC 2, 8)."""

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.approval.rules.steps import Action
from obcms.approval.steps import take_step
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Forbidden, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.delete import delete_ppa
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from tests.approval.test_steps import user, walk
from tests.support.factories import make_ppa
from tests.support.refusals import NOT_ALLOWED


@pytest.fixture
def ppa(app: Flask) -> PPA:
    ppa = make_ppa()
    db.session.commit()
    return ppa


@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_delete_it_deletes_nothing(
    people, ppa: PPA, who: str, refusal: type[ObcmsError], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        delete_ppa(db.session.get_one(User, getattr(people, who)), ppa)
    assert db.session.scalar(select(PPA.id)) == ppa.id


def test_who_may_not_make_one_makes_none(people) -> None:
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        create_ppa(user(people, "executive"), {"title": "Roads"})


def test_a_ministry_does_not_give_its_own_away(people, ppa: PPA) -> None:
    other = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one()
    given = {"implementing_moa_id": other.id, "code": "MAFAR-2031-009"}
    with pytest.raises(Forbidden, match="You can only keep PPAs of your own ministry"):
        edit_ppa(user(people, "moa_staff"), ppa, given)


def test_it_tells_who_changed_it_last(people, ppa: PPA) -> None:
    edit_ppa(user(people, "moa_staff"), ppa, {"title": "Roads"})
    assert ppa.updated_by_id == people.moa_staff
    edit_ppa(user(people, "oobc_staff"), ppa, {"title": "Roads"})  # which changes nothing
    assert loaded(ppa, "updated_by").id == people.moa_staff


def test_only_a_draft_that_was_never_submitted_is_deleted(people, ppa: PPA) -> None:
    walk(people, ppa, 1)
    assert ppa.approval_status is not ApprovalStatus.DRAFT
    with pytest.raises(Conflict, match="Only a draft can be deleted"):
        delete_ppa(SYSTEM, ppa)
    take_step(user(people, "bpda_planner"), ppa, Action.RETURN, "Too much.")
    assert ppa.approval_status is ApprovalStatus.DRAFT
    with pytest.raises(Conflict, match="its approval history is kept"):
        delete_ppa(SYSTEM, ppa)
