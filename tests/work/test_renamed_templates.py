"""A PPA goes on naming the template of its policy when that gets another name (SPEC 3)."""

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.records.rename import rename
from obcms.ppas.models import PPA
from obcms.work.cli import NAMES
from obcms.work.models import StructureTemplate
from obcms.work.rules.choices import DistributionMethod
from obcms.work.template_record import STRUCTURE_TEMPLATES
from obcms.work.tracking import Tracking, enable_tracking
from tests.support.factories import make_ppa


def by_verb(old: str, new: str) -> None:
    template = db.session.scalars(select(StructureTemplate).filter_by(name=old)).one()
    STRUCTURE_TEMPLATES.edit(SYSTEM, template, {"name": new})


def by_assignment(old: str, new: str) -> None:
    template = db.session.scalars(select(StructureTemplate).filter_by(name=old)).one()
    db.session.expire(template)  # as after a rollback
    template.name = new


def by_command(old: str, new: str) -> None:
    rename(SYSTEM, NAMES, old, new)


@pytest.mark.parametrize("call", [by_verb, by_assignment, by_command])
def test_the_policies_follow_with_an_entry_each(app: Flask, call) -> None:
    ppa, other = make_ppa(budget_distribution_policy="program"), make_ppa()
    db.session.commit()
    version = ppa.version
    db.session.commit()
    call("program", "Programme")
    db.session.commit()
    assert [one.budget_distribution_policy for one in (ppa, other)] == ["Programme", "activity"]
    assert (ppa.version, other.version) == (version + 1, 1)
    entries = select(AuditEntry).where(AuditEntry.table_name == "ppa", AuditEntry.ppa_id == ppa.id)
    last = db.session.scalars(entries.order_by(AuditEntry.id.desc()).limit(1)).one()
    assert last.changes["budget_distribution_policy"] == ["program", "Programme"]
    root = enable_tracking(SYSTEM, ppa, Tracking())
    titles = {child.title for child in loaded(root, "children")}
    assert titles >= {"Planning and design", "Implementation"}


@pytest.mark.parametrize("call", [by_verb, by_command])
def test_the_template_taken_unasked_keeps_its_name(app: Flask, call) -> None:
    ppa = make_ppa()
    db.session.commit()
    with pytest.raises(Invalid, match="so its name stays"):
        call("activity", "Activities")
    db.session.rollback()
    assert db.session.scalars(select(PPA.budget_distribution_policy)).all() == ["activity"]
    assert loaded(enable_tracking(SYSTEM, ppa, Tracking()), "children")


@pytest.mark.parametrize(
    "name", [*DistributionMethod, "Equal", " MANUAL ", "tem\u200bplate", "Ｅqual"]
)
@pytest.mark.parametrize("call", [by_verb, by_command])
def test_no_template_takes_the_name_of_a_method(app: Flask, call, name: str) -> None:
    db.session.commit()
    with pytest.raises(Invalid, match="is a way to distribute a budget"):
        call("program", name)
    db.session.rollback()
    call("program", "equal parts")


def test_a_new_one_does_not_either_whoever_adds_it(app: Flask, people) -> None:
    given = {"name": "weighted", "title": "Ours", "outline": "task Work 100/100"}
    with pytest.raises(Invalid, match="is a way to distribute a budget"):
        STRUCTURE_TEMPLATES.create(SYSTEM, given | {"kind": "outline"})
    db.session.rollback()
    db.session.add(StructureTemplate(**given))
    with pytest.raises(Invalid, match="is a way to distribute a budget"):
        db.session.flush()
    db.session.rollback()
    db.session.scalars(select(StructureTemplate).filter_by(name="program")).one().name = "equal"
    with pytest.raises(Invalid, match="is a way to distribute a budget"):
        db.session.flush()
