"""The audit trail tells who changed what, from where, and from which value to which (SPEC 9)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.audit.registry import EXCLUDED_COLUMNS
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from tests.support.factories import make_ppa, spend, track

WHO = Origin(7, "amina", "10.1.2.3", "request-1")


def entries(table: str, row_id: object = None) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.table_name == table).order_by(AuditEntry.id)
    if row_id is not None:
        query = query.where(AuditEntry.row_key == str(row_id))
    return list(db.session.scalars(query))


def test_an_update_names_its_actor_its_origin_and_both_values(app: Flask) -> None:
    db.session.add(User(id=7, username="amina", role=Role.MFBM_ANALYST, password_hash="none"))
    ppa = make_ppa()
    db.session.commit()  # expires every attribute: the old value has to be read again
    with acting(WHO):
        ppa.title = "Community health"
        ppa.budget_allocation = Decimal("2500000.5")
        db.session.commit()
    entry = entries("ppa", ppa.id)[-1]
    assert (entry.actor_id, entry.actor_name) == (7, "amina")
    assert (entry.ip_address, entry.request_id) == ("10.1.2.3", "request-1")
    assert entry.action is AuditAction.UPDATE
    assert entry.changes["title"] == ["Barangay health workers", "Community health"]
    assert entry.changes["budget_allocation"] == ["1000000.00", "2500000.50"]
    assert entry.changes["version"] == [1, 2]
    assert set(entry.changes) == {"title", "budget_allocation", "version", "updated_at"}


def test_setting_a_value_twice_keeps_the_first_old_value(app: Flask) -> None:
    ppa = make_ppa()
    db.session.commit()
    ppa.title = "First thought"
    ppa.title = "Second thought"
    db.session.commit()
    change = entries("ppa", ppa.id)[-1].changes["title"]
    assert change == ["Barangay health workers", "Second thought"]


def test_inserts_and_deletes_hold_the_whole_row(app: Flask) -> None:
    items = track(make_ppa())
    db.session.commit()
    item = items["Resources"]
    columns = {c.name for c in WorkItem.__table__.columns if c.name not in EXCLUDED_COLUMNS}
    inserted = entries("work_item", item.id)[0]
    assert inserted.action is AuditAction.INSERT
    assert set(inserted.changes) == columns
    db.session.delete(item)
    db.session.commit()
    deleted = entries("work_item", item.id)[-1]
    assert deleted.action is AuditAction.DELETE
    assert set(deleted.changes) == columns
    assert deleted.changes["title"] == ["Resources", None]
    assert deleted.changes["allocated_budget"] == ["75000.00", None]


def test_the_entry_of_a_deleted_row_holds_what_the_session_had_let_go_of(app: Flask) -> None:
    moa = Organization(acronym="MTI", name="Trade")
    db.session.add(moa)
    db.session.commit()
    key = moa.id
    db.session.expire(moa, ["name"])
    db.session.delete(moa)
    db.session.commit()
    deleted = entries("organization", key)[-1].changes
    assert (deleted["acronym"], deleted["name"]) == (["MTI", None], ["Trade", None])


def test_association_rows_and_orphans_are_in_it_too(app: Flask) -> None:
    ppa = make_ppa()
    mafar = db.session.scalars(select(Organization).where(Organization.acronym == "MAFAR")).one()
    loaded(ppa, "supporting_organizations")[:] = [mafar]
    db.session.commit()
    loaded(ppa, "supporting_organizations").clear()
    db.session.commit()
    actions = [
        (entry.action.value, entry.row_key) for entry in entries("ppa_supporting_organization")
    ]
    assert actions == [("insert", f"{ppa.id}/{mafar.id}"), ("delete", f"{ppa.id}/{mafar.id}")]


def test_what_follows_from_a_change_is_in_it(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    db.session.commit()
    spend(items["Core work"], "1000.25")
    db.session.commit()
    for item in (items["Core work"], items["Execution"], items["root"]):
        change = entries("work_item", item.id)[-1].changes["spent_total"]
        assert change == ["0.00", "1000.25"]
    [line] = entries("expenditure")
    assert line.changes["amount"] == [None, "1000.25"]


def test_secrets_are_left_out(app: Flask, people) -> None:
    user = db.session.get_one(User, people.viewer)
    user.set_password("another long password")
    db.session.commit()
    for entry in entries("user_account"):
        assert "password_hash" not in entry.changes
    assert "password_changed_at" in entries("user_account", user.id)[-1].changes


def test_replaying_it_backwards_gives_the_row_as_it_was(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    db.session.commit()
    item = items["Core work"]

    def row() -> dict[str, Any]:
        db.session.expire_all()
        return {
            name: str(getattr(item, name))
            for name in ("title", "status", "progress", "allocated_budget", "version", "end_date")
        }

    moments = [row()]
    for change in (
        {"progress": Decimal(30)},
        {"title": "Main work", "end_date": date(2031, 8, 1)},
        {"allocated_budget": Decimal("1.00")},
        {"progress": Decimal(100)},
    ):
        for name, value in change.items():
            setattr(item, name, value)
        db.session.commit()
        moments.append(row())
    state = row()
    for entry in reversed(entries("work_item", item.id)):
        if moments and state == moments[-1]:
            moments.pop()
        state |= {name: str(old) for name, (old, _) in entry.changes.items() if name in state}
    assert moments == []


def test_it_is_undone_with_the_change(app: Flask) -> None:
    ppa = make_ppa()
    db.session.commit()
    known = len(entries("ppa"))
    ppa.title = "Never mind"
    db.session.flush()
    assert len(entries("ppa")) == known + 1
    db.session.rollback()
    assert len(entries("ppa")) == known
    ppa.budget_allocation = Decimal(-1)
    with pytest.raises(DatabaseError, match="ck_ppa_budget_allocation_positive"):
        db.session.flush()
    db.session.rollback()
    assert len(entries("ppa")) == known


def test_a_refusal_that_is_swallowed_cannot_be_committed(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    db.session.commit()
    items["Resources"].allocated_budget = Decimal("1000000.00")
    with pytest.raises(Invalid, match=r"would hold ₱1,075,000\.00"):
        db.session.flush()
    db.session.rollback()
    db.session.commit()
    assert items["Resources"].allocated_budget == Decimal("75000.00")


def test_a_change_in_the_browser_has_the_users_name_and_address(
    app: Flask, people, sign_in_as
) -> None:
    ppa = make_ppa()
    ppa_id = ppa.id
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    answer = client.post(
        f"/admin/ppa/{ppa_id}/enable",
        data={"template": "program"},
        environ_base={"REMOTE_ADDR": "10.9.8.7"},
    )
    assert answer.status_code == 302
    made = entries("work_item")
    assert len([entry for entry in made if entry.action is AuditAction.INSERT]) == 13
    assert {(entry.actor_name, entry.ip_address) for entry in made} == {("moa_staff", "10.9.8.7")}
    assert len({entry.request_id for entry in made}) == 1
    assert db.session.get_one(PPA, ppa_id).enable_workitem_tracking


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor_name = 'nobody'", "DELETE FROM audit_entry"]
)
def test_the_database_refuses_to_change_it(app: Flask, statement: str) -> None:
    make_ppa()
    db.session.commit()
    with pytest.raises(DatabaseError, match="audit trail cannot be changed"):
        db.session.execute(text(statement))
    db.session.rollback()
