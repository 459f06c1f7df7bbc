"""Any record as of any moment: the trail replayed backwards over random histories (SPEC 9).

The changes come through services, admin forms, plain sessions, bulk writes of the roll-up, jobs and
imports; the rows are noted after each commit by reading the tables themselves.
"""

import random
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from obcms.approval.guard import action_between
from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.audit.fingerprints import is_fingerprint
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.audit.past import current_rows, entries_after, one_moment, undo, whole
from obcms.kernel.audit.registry import audited_tables
from obcms.kernel.db.relations import loaded
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db, unit_of_work
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.jobs.schedule import manual_slot
from obcms.kernel.permissions import SYSTEM, Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.people.users import set_password
from obcms.ppas.models import PPA, Milestone
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.spending.expenditures import void_expenditure
from obcms.spending.models import Expenditure
from obcms.work import work_items
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.rules.choices import DistributionMethod, WorkStatus, WorkType
from obcms.work.tracking import disable_tracking, enable_tracking
from tests.support.factories import make_ppa, spend, track
from tests.support.html_form import edit_form
from tests.support.imports import import_ppas, parse_file

CSV = "Code,Title,Appropriation\n{code},{title},{amount}\n"
Change = Callable[[random.Random, Any], None]


def some(model: type[db.Model], dice: random.Random, *where: Any) -> Any:
    found = db.session.scalars(select(model).where(*where).order_by(model.id)).all()
    return dice.choice(found) if found else None


def edit_item(dice: random.Random, _client: Any) -> None:
    item = some(WorkItem, dice, WorkItem.parent_id.is_not(None))
    values = {"progress": Decimal(dice.randrange(101)), "title": f"Item {dice.random()}"}
    work_items.edit_item(SYSTEM, item, values)


def assign(dice: random.Random, _client: Any) -> None:
    item = some(WorkItem, dice)
    loaded(item, "assignees")[:] = dice.sample(db.session.scalars(select(User)).all(), 2)


def add_and_delete(dice: random.Random, _client: Any) -> None:
    parent = some(WorkItem, dice, WorkItem.work_type == WorkType.ACTIVITY)
    work_items.create_item(SYSTEM, parent, {"title": "New"})
    gone = some(WorkItem, dice, WorkItem.parent_id.is_not(None), WorkItem.spent_total == 0)
    work_items.delete_item(SYSTEM, gone)


def move(dice: random.Random, _client: Any) -> None:
    item = some(WorkItem, dice, WorkItem.work_type == WorkType.TASK)
    parent = some(WorkItem, dice, WorkItem.ppa_id == item.ppa_id, WorkItem.id != item.id)
    move_item(SYSTEM, item, parent, 0)


def post_and_void(dice: random.Random, _client: Any) -> None:
    spend(some(WorkItem, dice), f"{dice.randrange(1, 99)}.25")
    line = some(Expenditure, dice, Expenditure.voided_at.is_(None))
    if dice.random() < 0.5:
        void_expenditure(SYSTEM, line, "Entered twice")


def distribute(dice: random.Random, _client: Any) -> None:
    ppa = some(PPA, dice, PPA.enable_workitem_tracking)
    if ppa is None:
        return
    request = Request(DistributionMethod.EQUAL, cascade=True)
    version = distribution.preview(SYSTEM, ppa, request).version
    distribution.apply(SYSTEM, ppa, request, version)


def by_form(dice: random.Random, client: Any) -> None:
    item = some(WorkItem, dice, WorkItem.parent_id.is_not(None))
    address = f"/admin/ppa/{item.ppa_id}/items/{item.id}/edit"
    db.session.rollback()
    if client.get(address).status_code == 200:
        edit_form(client, address, title="By form", progress=str(dice.randrange(101)))


def by_session(dice: random.Random, _client: Any) -> None:
    ppa = some(PPA, dice)
    ppa.summary, ppa.start_date = f"Text {dice.random()}", date(2031, 1, dice.randrange(1, 28))
    loaded(ppa, "milestones")[:] = [Milestone(title="One"), Milestone(title="Two")][
        : dice.randrange(3)
    ]
    everyone = db.session.scalars(select(Organization).limit(9)).all()
    loaded(ppa, "supporting_organizations")[:] = dice.sample(everyone, dice.randrange(4))
    some(WorkItem, dice).status = dice.choice(list(WorkStatus))


def approve(dice: random.Random, _client: Any) -> None:
    ppa = some(PPA, dice)
    targets = [one for one in ApprovalStatus if action_between(ppa.approval_status, one)]
    if targets:
        ppa.approval_status = dice.choice(targets)


def by_import(dice: random.Random, _client: Any) -> None:
    ppa = some(PPA, dice)
    content = CSV.format(code=ppa.code, title=f"Import {dice.random()}", amount=900000)
    import_ppas(SYSTEM, parse_file(BytesIO(content.encode()), "list.csv"), None, 2031)


def toggle(dice: random.Random, _client: Any) -> None:
    ppa = some(PPA, dice)
    if ppa.has_work_tree:
        disable_tracking(SYSTEM, ppa, "Ended")
    else:
        enable_tracking(SYSTEM, ppa)


def change_people(dice: random.Random, _client: Any) -> None:
    user = some(User, dice)
    user.full_name = f"Name {dice.random()}"
    set_password(SYSTEM, some(User, dice), "another long password")
    some(Organization, dice).name = f"Ministry {dice.random()}"


def by_job(dice: random.Random, _client: Any) -> None:
    item = some(WorkItem, dice)
    with unit_of_work():  # drift that no path of the system makes, past the trail as well
        drift = "UPDATE work_item SET spent_total = spent_total WHERE id = :id"
        db.session.execute(text(drift), {"id": item.id})
    db.session.commit()
    run_slot("auto_sync_ppa_progress", manual_slot(utc_now()))


CHANGES: list[Change] = [
    edit_item,
    assign,
    add_and_delete,
    move,
    post_and_void,
    distribute,
    by_form,
    by_session,
    approve,
    by_import,
    toggle,
    change_people,
    by_job,
]


def snapshot() -> dict[str, Any]:
    """All audited rows as they are now, by an own reading of the tables."""
    db.session.rollback()
    with one_moment(db.session()) as connection:
        rows = current_rows(connection, whole(audited_tables()), None)
    db.session.rollback()
    return rows


def newest() -> int:
    return db.session.scalar(select(func.coalesce(func.max(AuditEntry.id), 0)))


@pytest.mark.parametrize("seed", range(4))
def test_replaying_gives_every_moment_exactly(app: Flask, people, sign_in_as, seed: int) -> None:
    dice = random.Random(seed)
    for template in ("program", "activity"):
        track(make_ppa(), template)
    make_ppa()
    db.session.commit()
    client = sign_in_as(people.administrator)
    moments = []
    for _ in range(40):
        change = dice.choice(CHANGES)
        before = newest()
        try:
            change(dice, client)
            db.session.commit()
        except ObcmsError:
            db.session.rollback()
            assert newest() == before, f"{change.__name__} was refused and left a trace"
        moments.append((newest(), snapshot()))
    assert len({position for position, _ in moments}) > 15
    last = moments[-1][1]
    for position, rows in moments:
        with one_moment(db.session()) as connection:
            later = entries_after(connection, position, None, audited_tables())
            past = undo(deepcopy(last), whole(audited_tables()), later)
        assert past == rows
        db.session.rollback()


def test_every_change_of_a_row_has_its_entry(app: Flask, people) -> None:
    """Forwards as well: from nothing, the entries alone give every row."""
    track(make_ppa(), "program")
    db.session.add(User(username="noor", role=Role.VIEWER, password_hash="-"))
    db.session.commit()
    known = {table.name: {} for table in audited_tables()}
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        row = known[entry.table_name].setdefault(entry.row_key, {})
        told = {name: pair for name, pair in entry.changes.items() if not is_fingerprint(name)}
        row.update({name: new for name, (_, new) in told.items()})
    rows = snapshot()
    for table in ("ppa", "work_item", "user_account"):
        assert known[table] == rows[table]
