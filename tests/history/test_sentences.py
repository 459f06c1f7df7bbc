"""The History speaks in words: no number of a record, no bare position, no JSON (SPEC 9)."""

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from obcms.approval.amendments import amend_ppa, cut_allocation
from obcms.approval.cancellation import cancel_ppa, resume_ppa
from obcms.approval.moved import move_allocation
from obcms.approval.rules.steps import Action
from obcms.approval.steps import take_step
from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.history.reads.comparison import compare
from obcms.history.reads.entries import of_ppa
from obcms.history.reads.timeline import timeline
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.needs.models import Assessment
from obcms.policy.models import PolicyRecommendation
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass
from obcms.spending.expenditures import void_expenditure
from obcms.spending.models import Expenditure
from obcms.work import work_items
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.rules.choices import DistributionMethod
from tests.approval.test_steps import user, walk
from tests.support.factories import make_ppa, realigned_once, spend, track

_numbers = count(1)
Said = list[tuple[str, str, list[tuple[str, str | None, str]]]]
RAW = re.compile(r"#\d|[{}\[\]]|\bposition\b", re.IGNORECASE)


def tracked(**values: object) -> tuple[PPA, dict[str, WorkItem]]:
    ppa = make_ppa(milestones=[], supporting_organizations=[], **values)
    items = track(ppa)
    db.session.commit()
    return ppa, items


def told(ppa: PPA, do: Callable[[], object]) -> Said:
    """What the History says that somebody did by one request."""
    with acting(Origin(None, "clerk", None, f"request-{next(_numbers)}")):
        do()
        db.session.commit()
    return [
        (one.verb, one.name, [(each.label, each.old, each.new) for each in one.details])
        for one in timeline(of_ppa(ppa.id))[0].changes
    ]


def without_budget(items: dict[str, WorkItem]) -> WorkItem:
    """An item for which there is room anywhere."""
    work_items.edit_item(SYSTEM, items["Logistics"], {"allocated_budget": Decimal(0)})
    db.session.commit()
    return items["Logistics"]


def test_a_move_below_another_parent_is_told_by_titles(app: Flask) -> None:
    ppa, items = tracked()
    item = without_budget(items)
    assert told(ppa, lambda: move_item(SYSTEM, item, items["Completion"], 0)) == [
        ("moved work item", "“Logistics”", [("Parent", "“Execution”", "“Completion”")])
    ]


def test_a_move_among_siblings_is_told_without_a_number(app: Flask) -> None:
    ppa, items = tracked()
    assert told(ppa, lambda: move_item(SYSTEM, items["Logistics"], items["Execution"], 0)) == [
        ("moved work item", "“Logistics”", [])
    ]


def test_a_milestone_is_told_by_its_title(app: Flask) -> None:
    ppa, _ = tracked()
    three = [{"title": title} for title in ("Opening", "Report", "Closing")]

    def put(milestones: list[dict[str, str]]) -> Callable[[], object]:
        return lambda: edit_ppa(SYSTEM, ppa, {"milestones": milestones})

    names = [name for verb, name, _ in told(ppa, put(three)) if verb == "added milestone"]
    assert sorted(names) == ["“Closing”", "“Opening”", "“Report”"]
    moved = told(ppa, put(three[::-1]))
    assert ("moved milestone", "“Closing”", []) in moved
    dated = told(ppa, put([three[2] | {"due_date": "2031-05-01"}, *three[1::-1]]))
    assert [one for one in dated if one[1] == "“Closing”" and one[2]]
    removed = told(ppa, put([]))
    assert sorted(name for verb, name, _ in removed if verb == "removed milestone") == [
        "“Closing”",
        "“Opening”",
        "“Report”",
    ]


def test_a_distribution_and_its_undoing_name_the_item(app: Flask) -> None:
    ppa, items = tracked()
    request = Request(DistributionMethod.TEMPLATE)
    title = f"“{items['root'].title}”"
    made = []

    def distribute() -> None:
        version = distribution.preview(SYSTEM, ppa, request).version
        made.append(distribution.apply(SYSTEM, ppa, request, version).batch)

    said = ("distributed the budget of", title, [("Method", None, "Template")])
    assert said in told(ppa, distribute)
    undone = told(ppa, lambda: distribution.undo(SYSTEM, made[0]))
    assert ("undid the distribution over", title, []) in undone


def void() -> None:
    line = db.session.scalars(select(Expenditure)).one()
    void_expenditure(SYSTEM, line, "Entered twice")


def test_a_voided_expenditure_is_told_with_its_amount(app: Flask) -> None:
    ppa, items = tracked()
    posted = told(ppa, lambda: spend(items["Logistics"], "1000.25"))
    assert posted[0][:2] == ("added expenditure", "₱1,000.25 on “Logistics”")
    assert told(ppa, void) == [
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
    walk(people, ppa, 4)
    walk(people, other, 5)
    analyst = user(people, "mfbm_analyst")

    def last(do: Callable[[], object]) -> Said:
        return [one for one in told(ppa, do) if one[0] != "changed the PPA"]

    reason, law = [("Reason", None, "BAA 90")], "BAA 90"
    approve = last(lambda: take_step(user(people, "executive"), ppa, Action.APPROVE, "Fine"))
    assert approve == [
        ("approved it", "Executive approval → Approved", [("Comment", None, "Fine")])
    ]
    amended = last(lambda: amend_ppa(analyst, ppa, {"title": "Wells"}, law))
    assert amended == [("amended what was approved", "", reason)]
    cut = last(lambda: cut_allocation(analyst, ppa, Decimal(900_000), law))
    assert cut == [("cut the allocation by law", "", reason)]
    moved = last(lambda: move_allocation(analyst, ppa, Decimal(-5), "Transfer TR-1"))
    told_by_it = [("Reason", None, "Transfer TR-1 moved −₱5.00.")]
    assert moved == [("posted a document that moves money", "", told_by_it)]
    realigned = last(lambda: realigned_once(ppa, other, law))
    assert realigned == [("realigned allocation with another PPA", "", reason)]
    cancelled = last(lambda: cancel_ppa(analyst, ppa, law))
    assert cancelled == [("cancelled the approved PPA", "", reason)]
    resumed = last(lambda: resume_ppa(analyst, ppa, law))
    assert resumed == [("took the cancellation back", "", reason)]


def link(items: dict[str, WorkItem]) -> None:
    need, policy = Assessment(title="Water"), PolicyRecommendation(title="Wells for all")
    db.session.add_all([need, policy])
    db.session.flush()
    values = {"assessment_id": need.id, "policy_recommendation_id": policy.id}
    work_items.edit_item(SYSTEM, items["Logistics"], values)


def test_what_an_item_is_linked_to_is_told_by_its_title(app: Flask) -> None:
    ppa, items = tracked()
    assert told(ppa, lambda: link(items)) == [
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
    move_item(SYSTEM, without_budget(items), items["Completion"], 0)
    spend(items["Logistics"], "10.00")
    void()
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
