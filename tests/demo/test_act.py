"""The demonstration carries the whole act, to the centavo (SPEC 6)."""

import csv
import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from obcms.demo.ledger import LINES
from obcms.demo.load import SOURCE
from obcms.demo.stories import STORIES
from obcms.kernel.extensions import db
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.ledger.reads.last_days import last_day_of
from obcms.ledger.reads.statement import Authorization, fund_status
from obcms.ledger.rules.choices import CostStructure
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass, ApprovalStatus


def lines_by_id() -> dict[int, BudgetLine]:
    """With their acts and offices."""
    query = select(BudgetLine).options(
        joinedload(BudgetLine.organization), joinedload(BudgetLine.act)
    )
    return {one.id: one for one in db.session.scalars(query)}


def authorized() -> dict[tuple[str, str], Decimal]:
    """Column 3 by office and class; pesos."""
    lines = lines_by_id()
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in fund_status(2025, date(2025, 12, 31), Authorization.CURRENT):
        office = lines[row.line_id].organization
        key = office.acronym if office else "", row.appropriation_class.value
        found[key] += row.columns.authorized
    return {key: amount for key, amount in found.items() if amount}


def test_it_sums_to_section_1_by_office_and_class(demo: Flask) -> None:
    found = authorized()
    wanted: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with LINES.open() as file:
        for row in csv.DictReader(file):
            for of_class in AppropriationClass:
                wanted[row["moa_acronym"], of_class.value] += Decimal(row[of_class.value] or 0)
    assert found == {key: amount for key, amount in wanted.items() if amount}
    by_class: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (_, of_class), amount in found.items():
        by_class[of_class] += amount
    assert by_class == {
        "ps": Decimal("36993557108.00"),
        "mooe": Decimal("36624775203.74"),
        "co": Decimal("20793334544.50"),
    }
    assert sum(found.values()) == Decimal("94411666856.24")


def test_all_is_allotted_but_what_is_for_later_release(demo: Flask) -> None:
    lines = lines_by_id()
    act = db.session.scalars(select(AppropriationsAct)).one()
    assert "BAA 75" in act.remarks
    for row in fund_status(2025, date(2025, 1, 1), Authorization.CURRENT):
        later = lines[row.line_id].cost_structure is CostStructure.SPF
        assert row.columns.allotments_received == (0 if later else row.columns.authorized)
    unlimited = [
        one.title for one in lines.values() if last_day_of(one, AppropriationClass.MOOE) is None
    ]
    assert unlimited == ["Local Government Support Fund"]


def test_ppas_have_what_their_lines_have_and_two_say_that_they_have_none(demo: Flask) -> None:
    joined = set(db.session.scalars(select(BudgetLine.ppa_id)).all()) - {None}
    assert len(joined) == 209
    without = db.session.scalars(select(PPA).where(PPA.id.not_in(joined)).order_by(PPA.code)).all()
    assert [one.code for one in without] == ["OOBC-2025-001", "OOBC-2025-002"]
    assert all("OCM-2025-002" in one.remarks for one in without)
    total = select(func.sum(PPA.budget_allocation)).where(PPA.code.startswith("OCM-"))
    listed = sum(Decimal(row["amount"]) for row in _listed() if row["moa"] == "OCM")
    assert db.session.scalar(total) == listed + Decimal("207998184.00")


def _listed() -> list[dict[str, str]]:
    with SOURCE.open() as file:
        return list(csv.DictReader(file))


def test_the_list_of_ppas_changes_just_the_eleven_whose_amounts_it_has_in_part(
    demo: Flask, tmp_path: Path
) -> None:
    run = ["ppa", "import", str(SOURCE), "--dry-run", "--json"]
    told = json.loads(demo.test_cli_runner().invoke(args=run).output)
    assert (told["new"], told["changed"], told["unchanged"]) == (0, 11, 200)
    assert told["refused"] == []


@pytest.mark.usefixtures("demo")
def test_what_is_tracked_is_enacted() -> None:
    codes = [story.code for story in STORIES]
    enacted = select(PPA.code).where(PPA.approval_status == ApprovalStatus.ENACTED)
    assert sorted(db.session.scalars(enacted)) == sorted(codes)
    assert all(
        ppa.has_work_tree for ppa in db.session.scalars(select(PPA).where(PPA.code.in_(codes)))
    )
