"""A record and its parts have one version and one ETag, at every door."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Table, select

from obcms.kernel.audit.registry import audited_tables
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA, Milestone
from obcms.work.models import WorkItem
from obcms.work.move import move_by_one, move_item
from obcms.work.tracking import disable_tracking
from obcms.work.work_items import create_item, edit_item
from tests.support.factories import make_ppa, track

ENTRY, ITEM = "/api/monitoring/entries/", "/api/work-items/"


def milestones(ppa: PPA) -> list[Milestone]:
    return list(db.session.scalars(select(Milestone).where(Milestone.ppa_id == ppa.id)))


def rename(ppa: PPA, _item: WorkItem, _actor: User) -> None:
    milestones(ppa)[0].title = "Closing"


def remove(ppa: PPA, _item: WorkItem, _actor: User) -> None:
    db.session.delete(milestones(ppa)[0])


def add(ppa: PPA, _item: WorkItem, _actor: User) -> None:
    db.session.add(Milestone(ppa_id=ppa.id, title="Closing", position=1))


def edit_a_milestone(ppa: PPA, _item: WorkItem, actor: User) -> None:
    edit_ppa(actor, ppa, {"milestones": [{"title": "Opening", "due_date": "2031-03-01"}]})


def organizations() -> list[Organization]:
    return list(db.session.scalars(select(Organization).order_by(Organization.id)))


def support(ppa: PPA, _item: WorkItem, _actor: User) -> None:
    loaded(ppa, "supporting_organizations").append(organizations()[1])


def support_no_longer(ppa: PPA, _item: WorkItem, _actor: User) -> None:
    loaded(ppa, "supporting_organizations").clear()


def assign(_ppa: PPA, item: WorkItem, actor: User) -> None:
    edit_item(actor, item, {"assignees": [actor.id]})


def assign_directly(_ppa: PPA, item: WorkItem, actor: User) -> None:
    loaded(item, "assignees").append(actor)


def assign_no_longer(_ppa: PPA, item: WorkItem, _actor: User) -> None:
    loaded(item, "assignees").clear()


# Each table whose rows are part of another's record, with what may happen to them.
PARTS: dict[str, tuple[str, tuple[Callable[..., None], ...]]] = {
    "ppa_milestone": (ENTRY, (rename, remove, add, edit_a_milestone)),
    "ppa_supporting_organization": (ENTRY, (support, support_no_longer)),
    "work_item_assignee": (ITEM, (assign, assign_directly, assign_no_longer)),
}
# Each that belongs to another's record and is written, shown and compared without it.
OF_THEIR_OWN = {
    "act_extension",  # of an act of appropriations, posted like its entries
    "approval_writer",  # shown nowhere; it follows from who changed the PPA
    "approval_step",  # an act that is never changed; it moves the PPA's status, a column
    "confirmed_reading",  # how a ministry's lists are read, shown on an import's preview
    "distribution_batch",  # the same; it moves the items' budgets
    "expenditure",  # a voucher in its own list; it moves the item's figures
    "fund_entry",  # the ledger's own: entries that are never changed move balances
    "fund_movement",
    "import_batch",  # who imported, on a page of its own
    "notification_preference",  # the user's choice on a page of its own
    "ppa_amendment",  # an act that is never changed; it moves what it amends
    "quarter_closing",  # the same, of the ledger's quarters
    "recovery_code",  # the user's own door, shown nowhere
    "second_factor",
    "threshold",  # on a page of its own
}
CHANGES = [
    pytest.param(resource, change, id=change.__name__)
    for resource, changes in PARTS.values()
    for change in changes
]


def test_each_table_below_a_record_is_its_part_or_decided_not_to_be(app: Flask) -> None:
    assert {table.name for table in below_records()} == PARTS.keys() | OF_THEIR_OWN


def below_records() -> list[Table]:
    """The audited tables without a version that refer to one with a version."""
    audited = audited_tables()
    return [
        table
        for table in audited
        if "version" not in table.c
        and any("version" in key.column.table.c for key in table.foreign_keys)
    ]


def test_what_goes_with_its_record_is_its_part(app: Flask) -> None:
    going = {
        table.name
        for table in below_records()
        if any(key.ondelete == "CASCADE" for key in table.foreign_keys)
    }
    assert going == PARTS.keys()


@pytest.mark.parametrize(("resource", "change"), CHANGES)
def test_a_changed_part_is_another_version(
    app: Flask, people, call_as, resource: str, change: Callable[..., None]
) -> None:
    ppa = make_ppa(
        milestones=[Milestone(title="Opening")], supporting_organizations=organizations()[:1]
    )
    item = track(ppa, "minimal")["root"]
    loaded(item, "assignees").append(db.session.get_one(User, people.moa_head))
    db.session.commit()
    ppa_id, item_id = ppa.id, item.id
    path = f"{resource}{ppa_id if resource is ENTRY else item_id}/"
    client = call_as(people.moa_staff)
    before = client.get(path)
    change(
        db.session.get_one(PPA, ppa_id),
        db.session.get_one(WorkItem, item_id),
        db.session.get_one(User, people.moa_staff),
    )
    db.session.commit()
    tag = before.headers["ETag"]
    after = client.get(path, headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.json != before.json
    assert after.json["version"] > before.json["version"]
    stale = client.patch(path, json={"title": "Mine"}, headers={"If-Match": tag})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    "change",
    [
        lambda item: move_by_one(SYSTEM, item, up=True),
        lambda item: move_by_one(SYSTEM, sibling(item), up=False),
        lambda item: (
            create_item(SYSTEM, parent_of(item), {"title": "x"})
            and move_item(SYSTEM, newest(), parent_of(item), 0)
        ),
        lambda item: disable_tracking(SYSTEM, db.session.get_one(PPA, item.ppa_id)),
    ],
    ids=["moved", "a sibling moved", "one put before it", "no longer tracked"],
)
def test_what_an_item_shows_besides_is_in_its_tag(app: Flask, people, call_as, change) -> None:
    path = f"{ITEM}{track(make_ppa())['Execution'].id}/"
    db.session.commit()
    client = call_as(people.moa_staff)
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    change(db.session.get_one(WorkItem, item_id_of(path)))
    db.session.commit()
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def item_id_of(path: str) -> int:
    return int(path.split("/")[-2])


def sibling(item: WorkItem) -> WorkItem:
    earlier = select(WorkItem).where(
        WorkItem.parent_id == item.parent_id, WorkItem.position < item.position
    )
    return db.session.scalars(earlier).one()


def parent_of(item: WorkItem) -> WorkItem:
    return db.session.get_one(WorkItem, item.parent_id)


def newest() -> WorkItem:
    return db.session.scalars(select(WorkItem).order_by(WorkItem.id.desc())).first()


@pytest.mark.parametrize("resource", [ENTRY, ITEM])
def test_saving_what_stands_there_is_the_same_version(app, people, call_as, resource) -> None:
    ppa = make_ppa(milestones=[Milestone(title="Opening")], supporting_organizations=[])
    item = track(ppa, "minimal")["root"]
    db.session.commit()
    path = f"{resource}{ppa.id if resource is ENTRY else item.id}/"
    client = call_as(people.moa_staff)
    before = client.get(path)
    parts = ("milestones", "supporting_organizations", "assignees")
    same = {name: before.json[name] for name in parts if name in before.json}
    assert client.patch(path, json=same).status_code == 200
    assert client.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
