"""The History speaks in words: no number of a record, no bare position, no JSON (SPEC 9)."""

import re
from collections.abc import Callable
from decimal import Decimal

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from obcms.approval.amendments import amend_ppa, cut_allocation, realign
from obcms.approval.cancellation import cancel_ppa, resume_ppa
from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.history.reads.comparison import compare
from obcms.history.reads.entries import of_ppa
from obcms.history.reads.timeline import timeline
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.needs.models import Assessment
from obcms.policy.models import PolicyRecommendation
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass
from obcms.spending.expenditures import void_expenditure
from obcms.work import work_items
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.rules.choices import DistributionMethod
from tests.approval.test_steps import user, walk
from tests.support.factories import make_ppa, spend, track

Said = list[tuple[str, str, list[tuple[str, str | None, str]]]]
RAW = re.compile(r"#\d|[{}\[\]]|\bposition\b", re.IGNORECASE)


def tracked(**values: object) -> tuple[PPA, dict[str, WorkItem]]:
    ppa = make_ppa(milestones=[], supporting_organizations=[], **values)
    items = track(ppa)
    db.session.commit()
    return ppa, items


def newest(ppa: PPA) -> Said:
    """What the last act on the PPA says that somebody did."""
    db.session.commit()
    return [
        (one.verb, one.name, [(each.label, each.old, each.new) for each in one.details])
        for one in timeline(of_ppa(ppa.id))[0].changes
    ]


def move_to_completion(items: dict[str, WorkItem]) -> None:
    """Without its budget, for which there is no room."""
    work_items.edit_item(SYSTEM, items["Logistics"], {"allocated_budget": Decimal(0)})
    db.session.commit()
    move_item(SYSTEM, items["Logistics"], items["Completion"], 0)


def test_a_move_below_another_parent_is_told_by_titles(app: Flask) -> None:
    ppa, items = tracked()
    move_to_completion(items)
    assert newest(ppa) == [
        ("moved work item", "“Logistics”", [("Parent", "“Execution”", "“Completion”")])
    ]


def test_a_move_among_siblings_is_told_without_a_number(app: Flask) -> None:
    ppa, items = tracked()
    move_item(SYSTEM, items["Logistics"], items["Execution"], 0)
    assert newest(ppa) == [("moved work item", "“Logistics”", [])]


def test_a_milestone_is_told_by_its_title(app: Flask) -> None:
    ppa, _ = tracked()
    two = [{"title": "Opening"}, {"title": "Closing"}]
    edit_ppa(SYSTEM, ppa, {"milestones": two})
    db.session.commit()
    edit_ppa(SYSTEM, ppa, {"milestones": two[::-1]})
    said = newest(ppa)
    assert ("moved milestone", "“Closing”", []) in said
    edit_ppa(SYSTEM, ppa, {"milestones": [{"title": "Closing", "due_date": "2031-05-01"}]})
    said = newest(ppa)
    assert [one[:2] for one in said if "milestone" in one[0] and one[0].startswith("removed")]
    assert any(name == "“Closing”" for _, name, details in said if details)


def test_a_distribution_and_its_undoing_name_the_item(app: Flask, people) -> None:
    ppa, items = tracked()
    request = Request(DistributionMethod.TEMPLATE)
    version = distribution.preview(SYSTEM, ppa, request).version
    batch = distribution.apply(SYSTEM, ppa, request, version).batch
    title = f"“{items['root'].title}”"
    assert ("distributed the budget of", title, [("Method", None, "Template")]) in newest(ppa)
    distribution.undo(SYSTEM, batch)
    assert ("undid the distribution over", title, []) in newest(ppa)


def test_a_voided_expenditure_is_told_with_its_amount(app: Flask) -> None:
    ppa, items = tracked()
    line = spend(items["Logistics"], "1000.25")
    assert newest(ppa)[0][:2] == ("added expenditure", "₱1,000.25 on “Logistics”")
    void_expenditure(SYSTEM, line, "Entered twice")
    assert newest(ppa) == [
        (
            "voided expenditure",
            "₱1,000.25 on “Logistics”",
            [("Void reason", "—", "Entered twice")],
        )
    ]


def test_steps_and_amendments_are_sentences(app: Flask, people) -> None:
    values = {"appropriation_class": AppropriationClass.MOOE}
    ppa = make_ppa(milestones=[], supporting_organizations=[], **values)
    other = make_ppa(budget_ceiling=Decimal(2_000_000), **values)
    for one in (ppa, other):
        walk(people, one, 5)
    analyst = user(people, "mfbm_analyst")

    def last() -> Said:
        return [one for one in newest(ppa) if one[0] != "changed the PPA"]

    reason = [("Reason", None, "BAA 90")]
    assert last() == [("approved it", "Executive approval → Approved", [])]
    amend_ppa(analyst, ppa, {"title": "Wells"}, "BAA 90")
    assert last() == [("amended what was approved", "", reason)]
    cut_allocation(analyst, ppa, Decimal(900_000), "BAA 90")
    assert last() == [("cut the allocation by law", "", reason)]
    realign(analyst, ppa, other, Decimal(5), "BAA 90")
    assert last() == [("realigned allocation with another PPA", "", reason)]
    cancel_ppa(analyst, ppa, "BAA 90")
    assert last() == [("cancelled the approved PPA", "", reason)]
    resume_ppa(analyst, ppa, "BAA 90")
    assert last() == [("took the cancellation back", "", reason)]


def link(items: dict[str, WorkItem]) -> None:
    need, policy = Assessment(title="Water"), PolicyRecommendation(title="Wells for all")
    db.session.add_all([need, policy])
    db.session.flush()
    values = {"assessment_id": need.id, "policy_recommendation_id": policy.id}
    work_items.edit_item(SYSTEM, items["Logistics"], values)


def test_what_an_item_is_linked_to_is_told_by_its_title(app: Flask) -> None:
    ppa, items = tracked()
    link(items)
    assert newest(ppa) == [
        (
            "changed work item",
            "“Logistics”",
            [("Assessment", "—", "“Water”"), ("Policy recommendation", "—", "“Wells for all”")],
        )
    ]


@pytest.mark.parametrize("address", ["history", "history?from=2020-01-01"])
def test_no_page_of_the_history_shows_a_number_of_a_record(
    app: Flask, people, sign_in_as: Callable[[int], FlaskClient], address: str
) -> None:
    start = utc_now()
    ppa, items = tracked()
    ppa_id = ppa.id
    link(items)
    edit_ppa(SYSTEM, ppa, {"milestones": [{"title": "Opening"}]})
    db.session.commit()
    edit_ppa(SYSTEM, ppa, {"milestones": []})
    move_to_completion(items)
    void_expenditure(SYSTEM, spend(items["Logistics"], "10.00"), "Entered twice")
    db.session.commit()
    work_items.delete_item(SYSTEM, items["Lessons learned"])
    db.session.commit()
    walk(people, ppa, 6)
    amend_ppa(user(people, "mfbm_analyst"), ppa, {"title": "Wells"}, "BAA 90")
    db.session.commit()
    assert compare(ppa_id, start, utc_now()).fields is not None
    page = sign_in_as(people.coa_auditor).get(f"/admin/ppa/{ppa_id}/{address}").text
    (main,) = lxml.html.fromstring(page).xpath("//main")
    for script in main.xpath(".//script|.//template"):
        script.drop_tree()
    assert not RAW.findall(main.text_content())
    project = select(PPA.execution_project_id).where(PPA.id == ppa_id)
    assert f"Execution project: — → {db.session.scalar(project)}" not in main.text_content()
