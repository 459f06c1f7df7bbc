"""What the database refuses is refused in the words of the rule that says the same."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, UniqueConstraint, select, text
from sqlalchemy.exc import IntegrityError

from obcms.calendar.record import PROCLAIMED_DAYS, PROCLAIMED_MONTHS
from obcms.kernel.db.constraints import PROBLEMS, RACE, explain
from obcms.kernel.errors import Conflict, Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ledger.acts import create_act
from obcms.organizations.models import Organization
from obcms.organizations.record import ORGANIZATIONS
from obcms.people.record import USERS
from obcms.ppas.edit import edit_ppa
from obcms.spending.models import Expenditure
from obcms.work.models import StructureTemplate
from obcms.work.template_record import STRUCTURE_TEMPLATES
from obcms.work.work_items import edit_item
from tests.support.factories import make_ppa, spend, track
from tests.support.ledger import MFBM, make_act

MADE_BY_THE_SYSTEM = "The system alone makes what it is about."
COUNTED = "It counts what is posted; the rule says how much is free, which the database cannot."
TOLD_AS_A_RACE = "The rule names what is there already; who comes between is told so (RACE)."
# The constraints that need no sentence of their own.
WITHOUT = {
    "uq_audit_archive_file_name": MADE_BY_THE_SYSTEM,
    "uq_audit_seal_entry_id": MADE_BY_THE_SYSTEM,
    "uq_job_run_job_slot": MADE_BY_THE_SYSTEM,
    "uq_kept_answer_key": MADE_BY_THE_SYSTEM,
    "ck_ledger_period_one_row": MADE_BY_THE_SYSTEM,
    "uq_user_session_key_hash": MADE_BY_THE_SYSTEM,
    "uq_alert_open": MADE_BY_THE_SYSTEM,
    "uq_notification_event_about_recipient_threshold": MADE_BY_THE_SYSTEM,
    "uq_work_item_tree_key_id": MADE_BY_THE_SYSTEM,
    "uq_expenditure_receipt_id": MADE_BY_THE_SYSTEM,
    "ix_ppa_execution_project_id": MADE_BY_THE_SYSTEM,
    "ck_ppa_tracked_has_project": MADE_BY_THE_SYSTEM,
    "ck_ppa_progress_range": "It is the roll-up's.",
    "ck_ppa_over_distributed_positive": "It is the roll-up's.",
    "ck_work_item_not_own_parent": "The rule names the item that was moved below itself.",
    "ck_threshold_value_positive": "The rule names the limits that the slice declared.",
    "ck_fund_entry_document_before_posting": "The rule names the document's date.",
    "ck_fund_total_quarter_of_the_year": COUNTED,
    "ck_fund_balance_allotted_within_appropriated": COUNTED,
    "ck_fund_balance_obligated_within_allotted": COUNTED,
    "ck_fund_balance_payable_within_obligated": COUNTED,
    "ck_fund_balance_disbursed_within_payable": COUNTED,
    "ck_fund_balance_disbursed_not_negative": COUNTED,
    "ck_fund_balance_allotted_not_negative": COUNTED,
    "ck_fund_balance_excess_not_negative": COUNTED,
    "ck_obligation_payable_within_obligated": COUNTED,
    "ck_obligation_disbursed_within_payable": COUNTED,
    "ck_obligation_disbursed_not_negative": COUNTED,
    "uq_fund_balance_line_id_appropriation_class_fund_cluster": MADE_BY_THE_SYSTEM,
    "uq_fund_entry_voids_id": TOLD_AS_A_RACE,
    "uq_budget_line_of_office": TOLD_AS_A_RACE,
    "uq_budget_line_of_none": TOLD_AS_A_RACE,
    "uq_obligation_number": TOLD_AS_A_RACE,
    "uq_threshold_key": TOLD_AS_A_RACE,
    "uq_import_upload_reading": TOLD_AS_A_RACE,
    "uq_confirmed_reading_organization_id_import_name_headings": TOLD_AS_A_RACE,
    "uq_confirmed_reading_of_none": TOLD_AS_A_RACE,
    "uq_notification_preference_user_id_event": TOLD_AS_A_RACE,
    "uq_proclaimed_month_hijri_year_hijri_month": TOLD_AS_A_RACE,
}


def constraints() -> set[str]:
    """Every check and everything that may be there only once; choice lists are read before."""
    found = set()
    for table in db.metadata.tables.values():
        for one in table.constraints:
            is_choice_list = isinstance(one, CheckConstraint) and one._type_bound
            if isinstance(one, CheckConstraint | UniqueConstraint) and not is_choice_list:
                found.add(str(one.name))
        found |= {str(index.name) for index in table.indexes if index.unique}
    return found


def test_every_constraint_has_its_sentence_or_a_reason_to_have_none(app) -> None:
    tables = db.metadata.tables.values()
    keys = {str(one.name) for table in tables for one in table.foreign_key_constraints}
    assert constraints() - PROBLEMS.keys() == WITHOUT.keys()
    assert PROBLEMS.keys() <= constraints() | keys


def refused_by_database(statement: str) -> Problem:
    """What is told where nothing but the database looks."""
    with pytest.raises(IntegrityError) as refused:
        db.session.execute(text(statement))
    db.session.rollback()
    told = explain(refused.value)
    assert isinstance(told, Invalid), told
    (problem,) = told.problems
    return problem


def refused_by_rule(verb: Callable[..., object], *given: Any) -> tuple[Problem, ...]:
    """What the verb says of the same."""
    with pytest.raises(Invalid) as refused:
        verb(SYSTEM, *given)
    db.session.rollback()
    return tuple(refused.value.problems)


PPA = [
    ({"budget_ceiling": "-1"}, "budget_ceiling = -1, budget_allocation = NULL"),
    ({"budget_allocation": "-1"}, "budget_allocation = -1, budget_ceiling = NULL"),
    ({"obc_share": "-1"}, "obc_share = -1"),
    ({"total_slots": -1}, "total_slots = -1"),
    ({"obc_slots": -1}, "obc_slots = -1"),
    ({"budget_ceiling": "1.00"}, "budget_ceiling = 1"),
    ({"obc_share": "1000000.01"}, "obc_share = budget_allocation + 1"),
    ({"total_slots": 1, "obc_slots": 2}, "total_slots = 1, obc_slots = 2"),
    ({"target_end_date": "2030-12-31"}, "target_end_date = '2030-12-31'"),
    ({"actual_end_date": "2030-12-31"}, "actual_end_date = '2030-12-31'"),
    ({"implementing_moa_id": None}, "implementing_moa_id = NULL"),
    ({"code": "MOH-2031-OLD"}, "code = 'MOH-2031-OLD'"),
    ({"code": "moh-2031-old"}, "code_key = (SELECT code_key FROM ppa WHERE code LIKE '%OLD')"),
]


@pytest.mark.parametrize(("typed", "written"), PPA, ids=lambda one: str(one))
def test_of_a_ppa_rule_and_database_say_the_same(app, typed: Any, written: str) -> None:
    make_ppa(code="MOH-2031-OLD")
    ppa = make_ppa()
    db.session.commit()
    said = refused_by_rule(edit_ppa, ppa, typed)
    told = refused_by_database(f"UPDATE ppa SET {written} WHERE id = {ppa.id}")
    same_sentence(told, said)


WORK_ITEM = [
    ({"allocated_budget": "-1"}, "allocated_budget = -1"),
    ({"progress": "101"}, "progress = 101"),
    ({"start_date": "2031-05-02", "end_date": "2031-05-01"}, "end_date = '2001-05-01'"),
]


@pytest.mark.parametrize(("typed", "written"), WORK_ITEM, ids=lambda one: str(one))
def test_of_a_work_item_rule_and_database_say_the_same(app, typed: Any, written: str) -> None:
    item = track(make_ppa())["Resources"]
    db.session.commit()
    said = refused_by_rule(edit_item, item, typed)
    told = refused_by_database(f"UPDATE work_item SET {written} WHERE id = {item.id}")
    same_sentence(told, said)


TAKEN = [
    (ORGANIZATIONS, Organization, {"acronym": "MOH"}, "acronym = 'MOH'"),
    (ORGANIZATIONS, Organization, {"acronym": "moh"}, "acronym_key = 'moh'"),
    (ORGANIZATIONS, Organization, {"name": "Ministry of Health"}, "name_key = 'ministryofhealth'"),
    (STRUCTURE_TEMPLATES, StructureTemplate, {"name": "Minimal"}, "name_key = 'minimal'"),
    (STRUCTURE_TEMPLATES, StructureTemplate, {"name": "minimal"}, "name = 'minimal'"),
]


@pytest.mark.parametrize(
    ("record", "model", "typed", "written"), TAKEN, ids=[written for *_, written in TAKEN]
)
def test_of_a_name_that_is_taken_rule_and_database_say_the_same(
    app, record: Any, model: Any, typed: Any, written: str
) -> None:
    named = Organization.acronym == "MAFAR" if model is Organization else model.name == "program"
    one = db.session.scalars(select(model).where(named)).one()
    said = refused_by_rule(record.edit, one, typed)
    table = model.__tablename__
    key = written.partition(" ")[0]
    if key.endswith("_key"):  # as the other one has it
        name = "acronym = 'MOH'" if model is Organization else "name = 'minimal'"
        written = f"{key} = (SELECT {key} FROM {table} WHERE {name})"
    same_sentence(refused_by_database(f"UPDATE {table} SET {written} WHERE id = {one.id}"), said)


def test_of_a_user_name_that_is_taken_rule_and_database_say_the_same(people) -> None:
    said = refused_by_rule(USERS.create, {"username": "Executive", "role": "executive"})
    told = refused_by_database(
        f"UPDATE user_account SET username = 'executive' WHERE id = {people.outsider}"
    )
    same_sentence(told, said)


def test_of_an_expenditure_rule_and_database_say_the_same(app) -> None:
    item = track(make_ppa())["Resources"]
    db.session.commit()
    said = refused_by_rule(lambda _actor: spend(item, "0"))
    spend(item, "5.00")
    db.session.commit()
    (line,) = db.session.scalars(select(Expenditure.id))
    told = refused_by_database(f"UPDATE expenditure SET amount = 0 WHERE id = {line}")
    same_sentence(told, said)


def test_of_what_is_proclaimed_rule_and_database_say_the_same(app) -> None:
    day = PROCLAIMED_DAYS.example | {"in_force": True}
    one = PROCLAIMED_DAYS.create(SYSTEM, day)
    other = PROCLAIMED_DAYS.create(SYSTEM, day | {"name": "Another day"})
    month = PROCLAIMED_MONTHS.create(SYSTEM, PROCLAIMED_MONTHS.example | {"in_force": True})
    db.session.commit()
    said = refused_by_rule(PROCLAIMED_DAYS.create, day)
    told = refused_by_database(
        f"UPDATE proclaimed_day SET name = '{one.name}' WHERE id = {other.id}"
    )
    same_sentence(told, said)
    for column in ("hijri_year", "hijri_month"):
        said = refused_by_rule(PROCLAIMED_MONTHS.edit, month, {column: 0})
        told = refused_by_database(f"UPDATE proclaimed_month SET {column} = 0")
        same_sentence(told, said)


def test_of_an_act_rule_and_database_say_the_same(app) -> None:
    act, other = make_act(number="BAA 90"), make_act()
    db.session.commit()
    usual = {"number": "BAA 91", "fiscal_year": 2031, "effectivity": date(2031, 1, 1)}
    for number, column in (("baa 90", "code_key"), ("BAA 90", "number")):
        double = usual | {"number": number}
        said = refused_by_rule(lambda _, double=double: create_act(MFBM, double))
        same = f"(SELECT {column} FROM act WHERE id = {act.id})"
        told = refused_by_database(f"UPDATE act SET {column} = {same} WHERE id = {other.id}")
        same_sentence(told, said)
    for name in ("last_day_first", "last_day_other"):
        early = usual | {name: date(2030, 12, 31)}
        said = refused_by_rule(lambda _, early=early: create_act(MFBM, early))
        told = refused_by_database(f"UPDATE act SET {name} = '2001-01-01' WHERE id = {act.id}")
        same_sentence(told, said)


def test_of_the_others_who_came_between_is_told(app) -> None:
    values = "('overspent', 90, '2031-01-01'), ('overspent', 80, '2031-01-01')"
    twice = text(f"INSERT INTO threshold (key, value, changed_at) VALUES {values}")
    with pytest.raises(IntegrityError) as refused:
        db.session.execute(twice)
    db.session.rollback()
    told = explain(refused.value)
    assert isinstance(told, Conflict)
    assert str(told) == RACE


def same_sentence(told: Problem, said: tuple[Problem, ...]) -> None:
    """The rule may add what was typed, and what else is wrong."""
    fields = {problem.pointer: problem.message for problem in said}
    assert told.pointer in fields
    assert told.message in fields[told.pointer]
