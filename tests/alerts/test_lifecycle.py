"""Alerts are raised, escalate, are lowered and resolve, with reasons in words (SPEC 10)."""

from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from obcms.alerts import detect
from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertKind, AlertLevel, AlertState
from obcms.approval.amendments import cut_allocation
from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db, unit_of_work
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.spending.expenditures import void_expenditure
from obcms.spending.models import Expenditure
from obcms.thresholds.change import change_thresholds
from obcms.work import work_items
from obcms.work.rules.choices import DistributionMethod
from obcms.work.tracking import disable_tracking
from tests.alerts.conftest import alerts
from tests.support.factories import make_ppa, spend, track

RESOURCES = "Resources"  # has 75,000


def void_all() -> None:
    for line in db.session.scalars(select(Expenditure).where(Expenditure.voided_at.is_(None))):
        void_expenditure(SYSTEM, line, "By mistake")


def test_twelve_percent_is_high_and_twenty_five_critical(items, look) -> None:
    spend(items[RESOURCES], "84000.00")
    spend(items["Planning and coordination"], "93750.00")
    summary = look()
    assert (summary["raised"], summary["errors"]) == (3, [])
    found = {one.title: one for one in alerts()}
    assert found[RESOURCES].level is AlertLevel.HIGH
    assert found[RESOURCES].figure_then == Decimal("12.00")
    assert found["Planning and coordination"].level is AlertLevel.CRITICAL
    # Both are below Preparation, which had 150,000 and has now cost 177,750.
    assert found["Preparation"].figure_now == Decimal("18.50")
    assert {one.kind for one in found.values()} == {AlertKind.OVERSPENT}
    assert look()["raised"] == 0


def test_an_alert_rises_falls_and_resolves_with_its_figures_then_and_now(items, look) -> None:
    item = items[RESOURCES]
    spend(item, "84000.00")
    look()
    spend(item, "9000.00")
    assert look()["escalated"] == 1
    [alert] = [one for one in alerts() if one.title == RESOURCES]
    assert (alert.level, alert.figure_then, alert.figure_now) == (
        AlertLevel.CRITICAL,
        Decimal("12.00"),
        Decimal("24.00"),
    )
    assert alert.escalated_at is not None
    line = db.session.scalars(select(Expenditure).order_by(Expenditure.id.desc())).first()
    void_expenditure(SYSTEM, line, "Entered twice")
    assert look()["lowered"] == 1
    void_all()
    assert look()["resolved"] >= 1
    [alert] = [one for one in alerts() if one.title == RESOURCES]
    assert alert.state is AlertState.RESOLVED
    assert alert.why_resolved == "Spending is back within the allocation."
    spend(item, "84000.00")
    assert look()["raised"] == 1
    assert len([one for one in alerts() if one.title == RESOURCES]) == 2


def test_a_figure_that_swings_around_its_threshold_raises_once(items, look) -> None:
    spend(items[RESOURCES], "82125.00")  # 9.5 % above
    raised = resolved = 0
    for _ in range(5):
        spend(items[RESOURCES], "750.00")  # 10.5 %
        first = look()
        newest = select(Expenditure).where(Expenditure.voided_at.is_(None))
        line = db.session.scalars(newest.order_by(Expenditure.id.desc())).first()
        void_expenditure(SYSTEM, line, "Swings back")
        second = look()
        raised += first["raised"] + second["raised"]
        resolved += first["resolved"] + second["resolved"]
    assert (raised, resolved) == (1, 0)


def test_a_changed_threshold_counts_from_the_next_run(items, look) -> None:
    spend(items[RESOURCES], "84000.00")
    change_thresholds(SYSTEM, {"overspent_high": "15"})
    assert look()["raised"] == 0
    change_thresholds(SYSTEM, {"overspent_high": None})
    assert look()["raised"] == 1
    change_thresholds(SYSTEM, {"overspent_high": "13"})
    look()
    assert alerts()[0].why_resolved == "Spending is a full point below the threshold of 13 %."
    with pytest.raises(Invalid, match="must be below “Overspent, critical”"):
        change_thresholds(SYSTEM, {"overspent_high": "20"})


def test_money_on_a_zero_allocation_is_critical_and_has_no_percent(items, look) -> None:
    work_items.edit_item(SYSTEM, items[RESOURCES], {"allocated_budget": "0"})
    spend(items[RESOURCES], "1.00")
    look()
    [alert] = alerts()
    assert (alert.level, alert.figure_now) == (AlertLevel.CRITICAL, None)


def test_an_item_without_an_allocation_leaves_it_to_the_one_above(items, look) -> None:
    work_items.edit_item(SYSTEM, items[RESOURCES], {"allocated_budget": None})
    spend(items[RESOURCES], "160000.00")
    assert look()["raised"] == 0
    spend(items[RESOURCES], "6000.00")
    look()
    assert [one.title for one in alerts()] == ["Preparation"]


def test_the_ppa_stands_for_its_root(items, look) -> None:
    spend(items["root"], "1120000.00")
    look()
    [alert] = alerts()
    assert (alert.work_item_id, alert.subject) == (None, f"ppa {alert.ppa_id}")


def test_spending_ahead_of_time_is_an_alert_of_its_own(items, look) -> None:
    spend(items["root"], "300000.00")
    with time_machine.travel("2031-01-20T04:00:00Z", tick=False):
        assert look()["raised"] == 1
        [alert] = alerts()
        assert alert.kind is AlertKind.AHEAD_OF_TIME
        assert alert.figure_now == Decimal("25.69")  # 30 % spent, 15 of 348 days gone
    with time_machine.travel("2031-03-20T04:00:00Z", tick=False):
        look()
    assert alerts()[0].why_resolved == "Spending is no more than 24 points ahead of time."


def test_what_is_over_distributed_is_alerted_until_it_fits(look, people) -> None:
    ppa = make_ppa(approval_status=ApprovalStatus.APPROVED)
    track(ppa)
    analyst = db.session.get_one(User, people.mfbm_analyst)
    cut_allocation(analyst, ppa, Decimal("900000.00"), "BAA 90, section 5")
    assert look()["raised"] == 1
    [alert] = alerts()
    assert (alert.kind, alert.used_now) == (AlertKind.OVER_DISTRIBUTED, Decimal(1_000_000))
    request = Request(DistributionMethod.PROPORTIONAL, cascade=True)
    distribution.apply(SYSTEM, ppa, request, distribution.preview(SYSTEM, ppa, request).version)
    look()
    assert alerts()[0].why_resolved == "What is distributed is within the allocation again."


def test_an_alert_closes_with_its_subject(items, look) -> None:
    def after(change) -> str:  # type: ignore[no-untyped-def]
        tree = track(make_ppa())
        spend(tree[RESOURCES], "84000.00")
        look()
        newest = max(one.id for one in alerts())
        change(tree)
        look()
        return db.session.get_one(Alert, newest).why_resolved

    ppa = lambda tree: db.session.get_one(PPA, tree["root"].ppa_id)  # noqa: E731
    cancel = lambda name: lambda tree: work_items.cancel_item(SYSTEM, tree[name])  # noqa: E731
    assert after(cancel(RESOURCES)) == "The work item was cancelled."
    assert after(cancel("Preparation")) == "The work item was cancelled."
    assert after(lambda tree: disable_tracking(SYSTEM, ppa(tree), "Merged")) == (
        "Tracking of the PPA was disabled."
    )


def test_only_one_is_open_for_a_kind_and_subject(items, look) -> None:
    spend(items[RESOURCES], "84000.00")
    look()
    names = [c.name for c in Alert.__table__.c if c.name != "id"]
    copy = f"INSERT INTO alert ({', '.join(names)}) SELECT {', '.join(names)} FROM alert"
    with pytest.raises(IntegrityError, match=r"(?i)unique"), unit_of_work():
        db.session.execute(text(copy))
    db.session.rollback()


def test_one_ppa_that_fails_is_an_error_with_its_code(items, look, monkeypatch) -> None:
    bad = track(make_ppa())
    for tree in (items, bad):
        spend(tree[RESOURCES], "84000.00")
    code = db.session.get_one(PPA, bad["root"].ppa_id).code
    db.session.commit()
    measured = detect.measured

    def failing(subject, *more):  # type: ignore[no-untyped-def]
        if subject.code == code:
            raise Invalid("This one cannot be measured.")
        return measured(subject, *more)

    monkeypatch.setattr(detect, "measured", failing)
    summary = run_slot("detect_budget_variances", "20311231T0400Z")
    assert db.session.scalars(select(JobRun)).one().verdict == "completed with errors"
    assert summary["errors"] == [{"code": code, "error": "This one cannot be measured."}]
    assert (summary["processed"], summary["raised"]) == (2, 1)
    monkeypatch.undo()
    assert look()["raised"] == 1
