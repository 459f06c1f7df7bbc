"""An execution project is written in sets, with the figures that a roll-up would derive."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.models import Milestone
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.models import WorkItem
from obcms.work.project import template_names
from obcms.work.rules.choices import WorkType
from obcms.work.sync import sync_ppa
from obcms.work.tracking import Tracking, enable_tracking
from tests.support.factories import make_ppa

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("policy", ["equal", "weighted", "manual"])
def test_what_is_written_is_what_a_roll_up_finds(policy: str) -> None:
    for template, _ in template_names():
        ppa = make_ppa("1000000.01")
        root = enable_tracking(SYSTEM, ppa, Tracking(template=template, policy=policy))
        before = root.version
        assert not sync_ppa(SYSTEM, ppa)
        assert root.version == before == 1


def test_a_budget_spreads_by_the_shares_of_the_template_to_the_centavo() -> None:
    for template, _ in template_names():
        ppa = make_ppa("1000000.01")
        root = enable_tracking(SYSTEM, ppa, Tracking(template=template))
        for item in (items := [root]):  # grows while it is worked off
            items += (children := loaded(item, "children"))
            if children:
                below = [child.allocated_budget for child in children]
                assert sum(below) == item.allocated_budget
    ppa = make_ppa("1000000.00")
    root = enable_tracking(SYSTEM, ppa, Tracking(template="activity"))
    assert [(child.title, child.allocated_budget) for child in loaded(root, "children")] == [
        ("Preparation", Decimal(150_000)),
        ("Execution", Decimal(750_000)),
        ("Completion", Decimal(100_000)),
    ]
    second = loaded(root, "children")[1]
    within = [child.allocated_budget for child in loaded(second, "children")]
    assert within == [Decimal(600_000), Decimal(150_000)]


def test_the_project_of_an_enacted_ppa_is_in_progress() -> None:
    ppa = make_ppa()
    for status in list(ApprovalStatus)[1:-1]:
        ppa.approval_status = status
        db.session.flush()
    root = enable_tracking(SYSTEM, ppa, Tracking(template="activity"))
    assert (root.status, root.version) == ("in_progress", 1)
    assert not sync_ppa(SYSTEM, ppa)


def test_every_item_has_its_entry_and_the_next_one_its_own_number() -> None:
    ppa = make_ppa()
    root = enable_tracking(SYSTEM, ppa, Tracking(template="activity"))
    keys = db.session.scalars(select(WorkItem.id).where(WorkItem.ppa_id == ppa.id)).all()
    entries = select(AuditEntry.row_key).where(
        AuditEntry.table_name == "work_item", AuditEntry.ppa_id == ppa.id
    )
    assert sorted(map(int, db.session.scalars(entries))) == sorted(keys)
    one = WorkItem(parent=root, ppa_id=ppa.id, work_type=WorkType.ACTIVITY, title="Later")
    db.session.add(one)
    db.session.flush()
    assert one.id == max(keys) + 1


def test_a_thousand_milestones_take_no_more_queries_than_ten(
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    taken = []
    for number in (10, 1_000):
        ppa = make_ppa()
        loaded(ppa, "milestones")[:] = [
            Milestone(title=f"Step {step}", due_date=date(2031, 3, 1)) for step in range(number)
        ]
        db.session.commit()
        with count_queries() as sent:
            enable_tracking(SYSTEM, ppa, Tracking(template="milestone"))
        taken.append(len(sent))
    assert taken[0] == taken[1] <= 16


HOSTILE = (
    "tab\there",
    "two\nlines\r\n",
    r"\N",
    r"\.",
    "\\",
    r"\t \x41 \\",
    "'; --",
    '"a","b"',
    "{ñ}",
    "(?)",
)


def test_any_title_is_written_as_it_is() -> None:
    ppa = make_ppa()
    loaded(ppa, "milestones")[:] = [Milestone(title=title, due_date=None) for title in HOSTILE]
    db.session.commit()
    enable_tracking(SYSTEM, ppa, Tracking(template="milestone"))
    written = select(WorkItem.title).where(
        WorkItem.ppa_id == ppa.id, WorkItem.parent_id.isnot(None)
    )
    assert tuple(db.session.scalars(written.order_by(WorkItem.position))) == HOSTILE
    entries = select(AuditEntry.changes).where(
        AuditEntry.table_name == "work_item", AuditEntry.ppa_id == ppa.id
    )
    told = [changes["title"][1] for changes in db.session.scalars(entries.order_by(AuditEntry.id))]
    assert tuple(told[1:]) == HOSTILE
