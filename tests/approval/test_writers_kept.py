"""Who wrote any of it stays known: imported, archived, or written long ago."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.approval.amendments import amend_ppa
from obcms.approval.models import ApprovalWriter
from obcms.approval.reads.changed import changed_since
from obcms.approval.reads.makers import has_written
from obcms.approval.reads.queue import count_waiting
from obcms.approval.rules.steps import Action
from obcms.approval.steps import steps_of, take_step, why_not
from obcms.history.reads.entries import of_ppa
from obcms.history.reads.timeline import timeline
from obcms.kernel.audit.archive import archive
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.relations import loaded
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.ppas.delete import delete_ppa
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from tests.approval.test_steps import user, walk
from tests.kernel.audit.tampering import add_entries, seal_all
from tests.support.factories import make_ppa

WROTE = "You wrote some of what is approved"


def drafted(**values: object) -> PPA:
    ppa = make_ppa(milestones=[], supporting_organizations=[], **values)
    db.session.commit()
    return ppa


def move_trail_to_files(folder: Path) -> None:
    """All entries but the last, which is of something else."""
    add_entries(1)
    seal_all()
    archive(db.session(), folder, utc_now() + timedelta(days=1))
    db.session.commit()
    left = select(AuditEntry.table_name).distinct()
    assert db.session.scalars(left).all() == ["former_table"]


def refuse(people, ppa: PPA) -> None:
    walk(people, ppa, 3)
    staff = user(people, "oobc_staff")
    with pytest.raises(Forbidden, match=WROTE):
        take_step(staff, ppa, Action.ENDORSE)
    db.session.rollback()
    assert count_waiting(staff) == 0
    assert WROTE in why_not(staff, ppa, steps_of(ppa))


@pytest.mark.parametrize("is_submitted", [False, True])
def test_who_wrote_it_is_known_once_the_trail_is_in_files(
    app, people, tmp_path, is_submitted: bool
) -> None:
    ppa = drafted()
    edit_ppa(user(people, "oobc_staff"), ppa, {"title": "By OOBC"})
    if is_submitted:
        walk(people, ppa, 1)
        take_step(user(people, "bpda_planner"), ppa, Action.RETURN, "Too much.")
        db.session.commit()
    move_trail_to_files(tmp_path)
    refuse(people, ppa)


def test_who_added_it_is_known_once_the_trail_is_in_files(app, people, tmp_path) -> None:
    moh = db.session.scalars(select(Organization).filter_by(acronym="MOH")).one()
    values = {
        "code": "MOH-2031-B50",
        "title": "Wells",
        "implementing_moa_id": moh.id,
        "fiscal_year": 2031,
    }
    ppa = create_ppa(user(people, "oobc_staff"), values)
    db.session.commit()
    move_trail_to_files(tmp_path)
    refuse(people, ppa)


def test_what_is_written_after_the_submission_is_kept_too(app, people, tmp_path) -> None:
    ppa = drafted()
    walk(people, ppa, 5)
    analyst = user(people, "mfbm_analyst")
    amend_ppa(analyst, ppa, {"title": "Another"}, "BAA 90")
    db.session.commit()
    move_trail_to_files(tmp_path)
    with pytest.raises(Forbidden, match=WROTE):
        take_step(analyst, ppa, Action.ENACT)


def test_whoever_is_signed_in_writes_whatever_program_does_it(app: Flask, people) -> None:
    ppa = drafted()
    with acting(Origin(people.oobc_staff, "oobc_staff")):
        ppa.budget_allocation = 5
        db.session.commit()
        mine = PPA(code="MOH-2031-B51", title="Roads", fiscal_year=2031)
        mine.implementing_moa = loaded(ppa, "implementing_moa")
        db.session.add(mine)
        db.session.commit()
    assert has_written(people.oobc_staff, ppa)
    assert has_written(people.oobc_staff, mine)
    assert not has_written(people.moa_head, ppa)


def test_a_second_change_by_the_same_hand_counts_after_a_remark(app: Flask, people) -> None:
    ppa = drafted()
    staff = user(people, "oobc_staff")
    edit_ppa(staff, ppa, {"remarks": "Fine"})
    db.session.commit()
    assert not has_written(staff.id, ppa)
    edit_ppa(staff, ppa, {"title": "By OOBC"})
    edit_ppa(staff, ppa, {"title": "By OOBC again"})
    db.session.commit()
    assert has_written(staff.id, ppa)


def test_writers_are_audited_and_say_nothing_in_the_history(app: Flask, people) -> None:
    ppa = drafted()
    before = len(timeline(of_ppa(ppa.id)))
    edit_ppa(user(people, "oobc_staff"), ppa, {"title": "By OOBC"})
    db.session.commit()
    keys = select(AuditEntry.row_key).where(AuditEntry.table_name == "approval_writer")
    assert db.session.scalars(keys).all() == [f"{ppa.id}/{people.oobc_staff}"]
    newest, *older = timeline(of_ppa(ppa.id))
    assert [one.verb for one in newest.changes] == ["changed the PPA"]
    assert (newest.untold, len(older)) == (0, before)


def test_a_draft_is_deleted_with_its_writers(app: Flask, people) -> None:
    ppa = drafted()
    edit_ppa(user(people, "oobc_staff"), ppa, {"title": "By OOBC"})
    delete_ppa(SYSTEM, ppa)
    db.session.commit()
    assert db.session.scalars(select(ApprovalWriter)).all() == []


def test_another_ministry_by_its_object_is_frozen_and_written_as_well(app: Flask, people) -> None:
    ppa = drafted()
    mafar = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one()
    walk(people, ppa, 1)
    ppa.implementing_moa = mafar
    with pytest.raises(Invalid, match="implementing MOA cannot change"):
        db.session.flush()


def test_the_dialog_tells_what_changed_once_the_step_is_in_files(app, people, tmp_path) -> None:
    ppa = drafted()
    walk(people, ppa, 1)
    move_trail_to_files(tmp_path)
    take_step(user(people, "bpda_planner"), ppa, Action.RETURN, "Too much.")
    edit_ppa(user(people, "moa_head"), ppa, {"title": "Another"})
    take_step(user(people, "moa_staff"), ppa, Action.SUBMIT)
    found = changed_since(ppa, steps_of(ppa))
    assert [(one.label, one.new) for one in found.differences] == [("Title", "Another")]
