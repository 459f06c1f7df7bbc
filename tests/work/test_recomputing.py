"""Recomputing whole trees: what is voided does not come back, and only settings that exist."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.spending.expenditures import void_expenditure
from obcms.spending.models import Expenditure
from obcms.work.sync import sync_ppa
from obcms.work.tracking import Tracking, enable_tracking
from tests.support.factories import make_ppa, spend, track


def test_a_voided_line_stays_out_of_a_recomputed_tree(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    spend(items["Core work"], "100.00")
    void_expenditure(SYSTEM, db.session.scalars(select(Expenditure)).one(), "Entered twice")
    spend(items["Core work"], "0.01")
    assert not sync_ppa(SYSTEM, ppa)
    db.session.expire_all()
    assert items["root"].spent_total == items["Core work"].spent_here == Decimal("0.01")


def test_an_unknown_policy_is_refused_at_its_field_and_makes_no_tree(app: Flask) -> None:
    ppa = make_ppa()
    with pytest.raises(Invalid, match="“fairly” is not a distribution policy") as refusal:
        enable_tracking(SYSTEM, ppa, Tracking(policy="fairly"))
    assert [problem.pointer for problem in refusal.value.problems] == ["budget_distribution_policy"]
    assert not ppa.has_work_tree
