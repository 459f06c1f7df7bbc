"""The History tab: the timeline, the PPA as of a moment, and what changed in between (SPEC 9)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import or_, select

from obcms.approval.rules.steps import Action
from obcms.approval.steps import take_step
from obcms.history.reads.comparison import compare
from obcms.history.reads.entries import of_item, of_ppa
from obcms.history.reads.past import ppa_as_of
from obcms.history.reads.timeline import timeline
from obcms.kernel.audit.archive import archive
from obcms.kernel.audit.models import ENTRIES
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work import work_items
from obcms.work.models import WorkItem
from tests.kernel.audit.tampering import seal_all
from tests.support.factories import make_ppa, spend, track

MARCH = datetime(2031, 3, 1, 8, tzinfo=UTC)
HISTORY = "/admin/ppa/{}/history"


@pytest.fixture
def ppa(app: Flask, people) -> Iterator[PPA]:
    """Made on 1 March, changed by two people on 10 and 20 March."""
    with time_machine.travel(MARCH, tick=False) as clock:
        ppa = make_ppa()
        items = track(ppa)
        db.session.commit()
        clock.shift(timedelta(days=9))
        with acting(Origin(people.moa_staff, "moa_staff", "10.1.2.3", "first")):
            work_items.edit_item(SYSTEM, items["Core work"], {"progress": Decimal(40)})
            spend(items["Core work"], "1000.25")
            db.session.commit()
        clock.shift(timedelta(days=10))
        with acting(Origin(people.oobc_staff, "oobc_staff", "10.1.2.4", "second")):
            work_items.edit_item(SYSTEM, items["Core work"], {"title": "Main work"})
            work_items.delete_item(SYSTEM, items["Lessons learned"])
            work_items.create_item(SYSTEM, items["Completion"], {"title": "Handing over"})
            ppa.summary = "Now with a summary"
            db.session.commit()
            take_step(db.session.get_one(User, people.oobc_staff), ppa, Action.SUBMIT, "Ready")
            db.session.commit()
        clock.shift(timedelta(days=1))
        yield ppa


def test_the_outsider_finds_no_history(ppa: PPA, people, sign_in_as) -> None:
    ppa_id = ppa.id
    address = HISTORY.format(ppa_id)
    item = db.session.query(WorkItem).first().id
    client = sign_in_as(people.outsider)
    assert client.get(address).status_code == 404
    assert client.get(f"/admin/ppa/{ppa_id}/items/{item}/history").status_code == 404


def test_the_timeline_tells_acts_newest_first(ppa: PPA) -> None:
    second, first, *made = timeline(of_ppa(ppa.id))
    assert (second.actor, second.ip_address) == ("oobc_staff", "10.1.2.4")
    said = [(line.verb, line.name) for line in second.changes]
    assert ("changed work item", "“Main work”") in said
    assert ("removed work item", "“Lessons learned”") in said
    assert ("added work item", "“Handing over”") in said
    assert ("submitted the PPA", "Draft → Technical review") in said
    [renamed] = [line for line in second.changes if line.name == "“Main work”"]
    assert [(one.label, one.old, one.new) for one in renamed.details] == [
        ("Title", "Core work", "Main work")
    ]
    assert ("added expenditure", "₱1,000.25 on “Main work”") in [
        (line.verb, line.name) for line in first.changes
    ]
    assert len(first.followed) >= 3  # the ancestors and the PPA
    assert len(made) >= 1


def test_an_items_history_is_its_own(ppa: PPA) -> None:
    item = db.session.query(WorkItem).filter_by(title="Main work").one()
    change_sets = timeline(of_item(item.id))
    verbs = [line.verb for change_set in change_sets for line in change_set.changes]
    assert verbs[:3] == ["changed work item", "changed work item", "added expenditure"]


def test_an_items_history_has_no_assignment_of_an_item_whose_number_begins_alike(
    ppa: PPA, people
) -> None:
    items = db.session.scalars(select(WorkItem).where(WorkItem.ppa_id == ppa.id)).all()
    user_id = people.moa_staff
    for item in items:
        work_items.edit_item(SYSTEM, item, {"assignees": [user_id]})
    ids = [str(item.id) for item in items]
    assert any(one != other and other.startswith(one) for one in ids for other in ids)
    for key in ids:
        found = select(ENTRIES.c.row_key).where(
            or_(*of_item(int(key))), ENTRIES.c.table_name == "work_item_assignee"
        )
        assert db.session.scalars(found).all() == [f"{key}/{user_id}"]


def test_pages_of_the_timeline_leave_nothing_out(ppa: PPA) -> None:
    for number in range(60):
        with acting(Origin(None, "clerk", None, f"request-{number}")):
            ppa.remarks = f"Remark {number}"
            db.session.commit()
    seen, before = [], None
    while change_sets := timeline(of_ppa(ppa.id), before):
        seen += [change_set.request_id for change_set in change_sets]
        before = change_sets[-1].position
    assert [one for one in seen if one and one.startswith("request-")] == [
        f"request-{number}" for number in reversed(range(60))
    ]


def test_as_of_a_moment_everything_is_as_it_was(ppa: PPA) -> None:
    state = ppa_as_of(ppa.id, MARCH + timedelta(days=5))
    items = {item.title: item for item in state.items}
    assert (state.ppa.summary, state.ppa.approval_status) == ("", ApprovalStatus.DRAFT)
    assert (state.spent, items["Core work"].progress) == (Decimal(0), Decimal(0))
    assert "Lessons learned" in items
    assert "Handing over" not in items
    later = ppa_as_of(ppa.id, MARCH + timedelta(days=15))
    assert later.spent == Decimal("1000.25")
    assert {item.title: item for item in later.items}["Core work"].progress == 40
    assert ppa_as_of(ppa.id, MARCH - timedelta(days=1)).ppa is None


def test_a_comparison_tells_what_changed_in_between(ppa: PPA) -> None:
    found = compare(ppa.id, MARCH + timedelta(days=5), MARCH + timedelta(days=25))
    assert found.spent == Decimal("1000.25")
    fields = {one.label: (one.before, one.after) for one in found.fields}
    assert fields["Summary"] == ("—", "Now with a summary")
    assert fields["Approval status"] == ("Draft", "Technical review")
    kinds = {item.title: item.became for item in found.items}
    assert kinds["Lessons learned"] == "removed"
    assert kinds["Handing over"] == "added"
    [core] = [item for item in found.items if item.title == "Main work"]
    changed = {one.label: (one.before, one.after, one.change) for one in core.differences}
    assert changed["Title"] == ("Core work", "Main work", None)
    assert changed["Progress"] == ("0%", "40%", None)
    assert changed["Spent here and below"] == ("₱0.00", "₱1,000.25", Decimal("1000.25"))
    nothing = compare(ppa.id, MARCH + timedelta(days=11), MARCH + timedelta(days=12))
    assert (nothing.fields, nothing.items, nothing.spent) == ([], [], 0)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "Handing over"),
        ("?at=2031-03-05T10:00", "As it was on 5 Mar 2031, 10:00"),
        ("?at=2030-01-01T10:00", "did not exist yet"),
        ("?from=2031-03-05&to=2031-03-25", "1 added"),
        ("?from=2031-03-12&to=2031-03-13", "Nothing changed in between"),
        ("?from=2031-03-20&to=2031-03-05", "The second day is before the first"),
        ("?at=yesterday", "Choose a day from the calendar"),
        ("?from=9999-12-31&to=9999-12-31", "Choose a day from the calendar"),
        ("?at=0001-01-01T00:00", "Choose a day from the calendar"),
        ("?at=2031-03-05T10:00%2B08:00", "Choose a day from the calendar"),
        ("?before=99999999999999999999", "Handing over"),
        ("?before=1", "Nothing was recorded before this"),
    ],
)
def test_the_tab_answers_any_address(ppa: PPA, people, sign_in_as, query: str, text: str) -> None:
    answer = sign_in_as(people.moa_staff).get(HISTORY.format(ppa.id) + query)
    assert answer.status_code == 200
    assert text in answer.text


def test_addresses_are_for_those_who_see_the_audit_trail(ppa: PPA, people, sign_in_as) -> None:
    address = HISTORY.format(ppa.id)
    assert "10.1.2.3" not in sign_in_as(people.moa_staff).get(address).text
    assert "10.1.2.3" in sign_in_as(people.coa_auditor).get(address).text


def test_queries_do_not_grow_with_the_history(ppa: PPA, people, sign_in_as, count_queries) -> None:
    client = sign_in_as(people.moa_staff)
    ppa_id = ppa.id
    counts = []
    for size in (1, 30):
        for number in range(size):
            db.session.get_one(PPA, ppa_id).remarks = f"{size} {number}"
            db.session.commit()
        for query in ("", "?at=2031-03-05T10:00", "?from=2031-03-05&to=2031-03-25"):
            with count_queries() as sent:
                assert client.get(HISTORY.format(ppa_id) + query).status_code == 200
            counts.append(len(sent))
    assert counts[:3] == counts[3:]


def test_what_is_archived_is_not_guessed(ppa: PPA, people, sign_in_as, tmp_path: Path) -> None:
    seal_all()
    archive(db.session(), tmp_path, MARCH + timedelta(days=15))
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    for query in ("?at=2031-03-02T10:00", "?from=2031-03-02&to=2031-03-25"):
        assert "is archived in files" in client.get(HISTORY.format(ppa.id) + query).text
    assert "As it was on" in client.get(HISTORY.format(ppa.id) + "?at=2031-03-18T10:00").text
