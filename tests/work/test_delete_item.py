"""Deleting a work item takes all below it, and frees its budget; money that was posted keeps it."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.delete import delete_ppa
from obcms.ppas.models import PPA
from obcms.spending.expenditures import void_expenditure
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from obcms.work.work_items import delete_item
from tests.support.factories import make_ppa, spend, track
from tests.support.growth import SIZES, Counting, at_two_sizes
from tests.support.refusals import NOT_ALLOWED
from tests.work.trees import branch

pytestmark = pytest.mark.usefixtures("app")


def count(*where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(WorkItem).where(*where)) or 0


@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_change_the_tree_deletes_nothing(
    people, who: str, refusal: type[ObcmsError], said: str
) -> None:
    item = track(make_ppa())["Preparation"]
    with pytest.raises(refusal, match=said):
        delete_item(db.session.get_one(User, getattr(people, who)), item)
    assert count(WorkItem.id == item.id) == 1


def test_all_below_goes_too_and_the_parents_follow() -> None:
    ppa = make_ppa()
    items = track(ppa)
    for title in ("Preparation", "Execution"):
        for child in loaded(items[title], "children"):
            child.progress = Decimal(100)
    db.session.flush()
    before = count(WorkItem.ppa_id == ppa.id)
    assert (ppa.progress, items["root"].distributed) == (Decimal("66.67"), 1_000_000)
    gone = delete_item(SYSTEM, items["Completion"])
    assert gone == before - count(WorkItem.ppa_id == ppa.id) == 3
    assert (ppa.progress, items["root"].distributed) == (100, 900_000)


def test_each_entry_holds_the_whole_row_and_each_assignment_has_its_own(people) -> None:
    items = track(make_ppa())
    loaded(items["Resources"], "assignees")[:] = [db.session.get_one(User, people.moa_staff)]
    db.session.commit()  # every attribute of every object is expired now
    ids = {str(items[title].id) for title in ("Preparation", "Resources")}
    user_id, budget = people.moa_staff, str(items["Resources"].allocated_budget)
    db.session.commit()
    delete_item(SYSTEM, items["Preparation"])
    query = select(AuditEntry).where(AuditEntry.action == AuditAction.DELETE)
    told = {(one.table_name, one.row_key): one.changes for one in db.session.scalars(query)}
    assert {("work_item", key) for key in ids} < told.keys()
    resources = next(one for one in told.values() if one.get("title") == ["Resources", None])
    assert resources["allocated_budget"] == [budget, None]
    assert len(resources) > 20
    assert [one for table, one in told if table == "work_item_assignee"] == [
        f"{items['Resources'].id}/{user_id}"
    ]


def test_an_item_with_a_posted_line_below_it_stays_even_where_that_is_voided() -> None:
    ppa = make_ppa()
    items = track(ppa)
    spend(items["Core work"], "100.00")
    void_expenditure(SYSTEM, db.session.scalars(select(Expenditure)).one(), "Entered twice")
    db.session.commit()
    before = count(WorkItem.ppa_id == ppa.id)
    with pytest.raises(Conflict, match="“Core work” has posted expenditure"):
        delete_item(SYSTEM, items["Execution"])
    db.session.rollback()
    assert count(WorkItem.ppa_id == ppa.id) == before


def test_the_execution_project_stays() -> None:
    items = track(make_ppa())
    db.session.commit()
    with pytest.raises(Conflict, match="Disable tracking there instead"):
        delete_item(SYSTEM, items["root"])
    db.session.rollback()
    assert count(WorkItem.id == items["root"].id) == 1


def test_deleting_takes_no_more_queries_for_more_items(count_queries: Counting) -> None:
    def work(item_id: int) -> None:
        delete_item(SYSTEM, db.session.get_one(WorkItem, item_id))

    small, large = at_two_sizes(count_queries, lambda size: branch(size).id, work)
    assert small == large <= 16


def test_items_that_the_session_knew_are_not_read_again_one_by_one(
    app: Flask, count_queries: Counting
) -> None:
    taken = []
    for size in SIZES:
        top = branch(size)
        # What is held stays in the session, whenever the collector runs.
        known = [
            one
            for kind in (WorkItem, PPA, Organization)
            for one in db.session.scalars(select(kind))
        ]
        db.session.commit()  # all attributes are expired, the relationships too
        with count_queries() as sent:
            delete_item(SYSTEM, top)
        taken.append(len(sent))
        assert len(known) >= size
        db.session.commit()
    assert taken[0] == taken[1] <= 18


def test_deleting_a_ppa_takes_no_more_queries_for_more_items(
    app: Flask, count_queries: Counting
) -> None:
    def work(ppa_id: int) -> None:
        delete_ppa(SYSTEM, db.session.get_one(PPA, ppa_id))
        gone.append(count(WorkItem.ppa_id == ppa_id))

    gone: list[int] = []
    small, large = at_two_sizes(count_queries, lambda size: branch(size).ppa_id, work)
    assert small == large <= 28
    assert gone == [0, 0]
